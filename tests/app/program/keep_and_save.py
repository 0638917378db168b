"""Keeps pictures in a gallery and saves files without end, until somebody kills it.

Run as ``python -m tests.app.program.keep_and_save``: with everything imported, it waits for a
folder on each line of its input, and starts a process of its own for it, whose number it writes to
its standard error, and "gone" once it has ended. That process writes a line of JSON for each
picture once it is kept or saved: its path and its sentence.
"""

from __future__ import annotations

import itertools
import json
import os
import sys
from pathlib import Path

import numpy as np
from PIL import Image

from app.gallery import Gallery
from app.pictures.picture_file import save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.speech.sound.recording import Recording
from models.drawing import Drawing
from models.request import DrawRequest

_SUFFIXES = (".png", ".jpg", ".webp")


def ready_picture() -> Image.Image:
    """Return a picture of 512 pixels, of tens of thousands of bytes as PNG."""
    coarse = Image.effect_noise((6, 6), 60).convert("RGB")
    return coarse.resize((512, 512), Image.Resampling.BICUBIC)


def keep_and_save(folder: Path, image: Image.Image, recording: Recording) -> None:
    """Never end."""
    gallery = Gallery(folder / "gallery")
    gallery.refresh()
    for number in itertools.count(os.getpid()):  # other names than the process before
        sentence = f"a red bird, the {number}. of process {os.getpid()}"
        drawing = Drawing(
            image,
            (image,),
            (),
            ("red",),
            (),
            DrawRequest(sentence, number, image.width),
            "test (0000)",
        )
        report(gallery.keep(drawing, recording if number % 3 == 0 else None), sentence)
        # Some new files, some that take the place of an older one.
        path = folder / f"bird-{number % 7}{_SUFFIXES[number % 3]}"
        save_picture(image, PictureMetadata.of(drawing), path)
        report(path, "a red bird")


def report(path: Path, beginning: str) -> None:
    """Say that a picture is safe, and how its sentence begins."""
    os.write(1, json.dumps([str(path), beginning]).encode() + b"\n")


def main() -> None:
    image = ready_picture()
    recording = Recording(np.zeros(8000, np.int16), 16_000)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            keep_and_save(Path(line.rstrip("\n")), image, recording)
        os.write(2, f"{child}\n".encode())
        os.waitpid(child, 0)
        os.write(2, b"gone\n")


if __name__ == "__main__":
    main()
