"""Pictures in a gallery's folder, for the tests of the gallery."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

from app.gallery import Gallery
from app.pictures.picture_file import save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.speech.sound.recording import Recording
from models.checkpoints.header import describe_model
from models.drawing import Drawing
from models.request import DrawRequest


def drawing(sentence: str = "a red bird", seed: int = 1, size: int = 64) -> Drawing:
    """Return a drawing of noise, for what does not care what it shows."""
    image = Image.effect_noise((size, size), 60).convert("RGB")
    return Drawing(
        image,
        (image,),
        (),
        tuple(sentence.split()),
        (),
        DrawRequest(sentence, seed, image.width),
        describe_model().name,
    )


def recording() -> Recording:
    """Return half a second of noise, which no format makes small."""
    noise = np.random.default_rng(1).integers(-9000, 9000, 8000, dtype=np.int16)
    return Recording(noise, 16000)


def copy_in(gallery: Gallery, name: str, sentence: str, created: str = "2026-01-01") -> Path:
    """Put a picture into the folder as a person does: behind the gallery's back."""
    gallery.folder.mkdir(parents=True, exist_ok=True)
    metadata = PictureMetadata(
        DrawRequest(sentence, 1, 64), describe_model().name, "0.1.0", created
    )
    save_picture(Image.new("RGB", (64, 64)), metadata, gallery.folder / name)
    return gallery.folder / name


def names(gallery: Gallery) -> list[str]:
    return [entry.name for entry in gallery.find()]


def opened(folder: Path) -> Gallery:
    """Return the gallery as the program has it after its start."""
    gallery = Gallery(folder)
    gallery.refresh()
    return gallery
