"""Pictures that were drawn: writing them with what they were drawn from, and reading that back.

A picture carries its sentence, seed, size, model and program version, so that it can be drawn
again years later. PNG keeps them in text chunks (``speech2bird``: JSON, the one that is read;
``parameters``: the same for people and for other programs), JPEG in its comment and EXIF.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import re
import secrets
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image, UnidentifiedImageError
from PIL.PngImagePlugin import PngInfo

from app import __version__
from app.errors import AppError
from app.settings import data_folder

if TYPE_CHECKING:
    from models import Drawing

SUFFIXES = (".png", ".jpg", ".jpeg")
_CHUNK = "speech2bird"
_EXIF_DESCRIPTION = 0x010E
_EXIF_SOFTWARE = 0x0131


class PictureError(AppError):
    """A picture could not be written, or could not be read back."""


@dataclasses.dataclass(frozen=True)
class PictureMetadata:
    """What a picture was drawn from.

    Attributes
    ----------
    sentence
        The description, as it was given.
    seed
        Seed of the noise.
    size
        Width and height in pixels.
    model
        Name of the model that drew it.
    version
        Version of speech2bird that drew it.
    created
        Local time with zone in ISO 8601, to the second.
    """

    sentence: str
    seed: int
    size: int
    model: str
    version: str = __version__
    created: str = dataclasses.field(
        default_factory=lambda: datetime.now().astimezone().isoformat(timespec="seconds")
    )

    @classmethod
    def of(cls, drawing: Drawing) -> PictureMetadata:
        """Describe a drawing that was just made."""
        return cls(drawing.sentence, drawing.seed, drawing.image.width, drawing.model_name)

    def to_json(self) -> str:
        """Return the metadata as one JSON object."""
        return json.dumps(dataclasses.asdict(self), ensure_ascii=False)

    def parameters(self) -> str:
        """Return the metadata for people: the sentence, then the rest on a line of its own."""
        return (
            f"{self.sentence}\nSeed: {self.seed}, Size: {self.size}x{self.size}, "
            f"Model: {self.model}, Version: speech2bird {self.version}"
        )


def check_picture_path(path: Path) -> None:
    """Refuse, before minutes of drawing, a path that no picture can be written to.

    Raises
    ------
    PictureError
        The suffix is neither PNG nor JPEG, the folder does not exist, or the path is a folder.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise PictureError(
            f"The name {path.name!r} must end in .png or .jpg, so that the picture's kind is clear."
        )
    if not path.parent.is_dir():
        raise PictureError(f"There is no folder {path.parent} to save the picture in.")
    if path.is_dir():
        raise PictureError(f"{path} is a folder; give the name of a picture.")
    if not os.access(path.parent, os.W_OK):
        raise PictureError(f"The folder {path.parent} cannot be written to.")


def save_picture(image: Image.Image, metadata: PictureMetadata, path: Path) -> None:
    """Write a picture with its metadata; an older file of that name is replaced in one step.

    Parameters
    ----------
    image
        RGB picture.
    metadata
        What it was drawn from.
    path
        Name ending in .png, .jpg or .jpeg, in a folder that exists.

    Raises
    ------
    PictureError
        The name does not fit, or the folder cannot be written to; no half file is left behind.
    """
    check_picture_path(path)
    try:
        with _replacing(path) as temporary:
            if path.suffix.lower() == ".png":
                image.save(temporary, format="PNG", pnginfo=_png_chunks(metadata))
            else:
                image.save(
                    temporary,
                    format="JPEG",
                    quality=95,
                    subsampling=0,
                    exif=_exif(metadata),
                    comment=metadata.to_json(),
                )
    except OSError as error:
        reason = error.strerror or str(error)
        raise PictureError(f"The picture cannot be saved as {path}: {reason}.") from error


def read_metadata(path: Path) -> PictureMetadata:
    """Read what a saved picture was drawn from.

    Raises
    ------
    PictureError
        There is no such file, it is no whole picture, or speech2bird did not draw it.
    """
    try:
        with Image.open(path) as image:
            image.load()  # reads to the end: finds chunks behind the pixels, and missing halves
            stored = image.info.get(_CHUNK) or image.info.get("comment")
    except FileNotFoundError as error:
        raise PictureError(f"There is no picture {path}.") from error
    except UnidentifiedImageError as error:
        raise PictureError(f"{path} is not a picture.") from error
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        reason = getattr(error, "strerror", None) or "it is damaged or incomplete"
        raise PictureError(f"The picture {path} cannot be read: {reason}.") from error
    metadata = _parse(stored)
    if metadata is None:
        raise PictureError(f"{path} does not say which sentence and seed it was drawn from.")
    return metadata


class Gallery:
    """The folder in which every drawn picture is kept, so that none is lost by drawing another.

    Parameters
    ----------
    folder
        Where the pictures are; None is ``gallery`` in the user's data folder. It is made when
        the first picture comes.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder or data_folder() / "gallery"

    def keep(self, drawing: Drawing) -> Path:
        """Write a drawing as PNG under a new name and return its path.

        Raises
        ------
        PictureError
            The folder cannot be made or written to.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PictureError(
                f"The folder {self.folder} for drawn pictures cannot be made: {error.strerror}."
            ) from error
        metadata = PictureMetadata.of(drawing)
        path = self._new_path(metadata)
        save_picture(drawing.image, metadata, path)
        return path

    def paths(self) -> list[Path]:
        """Return the kept pictures, newest first; names begin with the time they were drawn."""
        return sorted(self.folder.glob("*.png"), reverse=True)

    def _new_path(self, metadata: PictureMetadata) -> Path:
        time = re.sub(r"\D", "", metadata.created[:19])
        stem = f"{time[:8]}-{time[8:]}-{file_stem(metadata)}"
        path = self.folder / f"{stem}.png"
        number = 2
        while path.exists():
            path = self.folder / f"{stem}-{number}.png"
            number += 1
        return path


def file_stem(metadata: PictureMetadata) -> str:
    """Return a short file name without suffix: the sentence's first words and the seed."""
    words = re.findall(r"[a-z0-9]+", metadata.sentence.lower())
    return "-".join(words)[:48].strip("-") + f"-{metadata.seed}"


def _png_chunks(metadata: PictureMetadata) -> PngInfo:
    chunks = PngInfo()
    chunks.add_itxt(_CHUNK, metadata.to_json())
    chunks.add_itxt("parameters", metadata.parameters())
    # Keywords that the PNG specification itself gives a meaning.
    chunks.add_itxt("Description", metadata.sentence)
    chunks.add_text("Software", f"speech2bird {metadata.version}")
    return chunks


def _exif(metadata: PictureMetadata) -> Image.Exif:
    exif = Image.Exif()
    exif[_EXIF_DESCRIPTION] = metadata.parameters()
    exif[_EXIF_SOFTWARE] = f"speech2bird {metadata.version}"
    return exif


def _parse(stored: Any) -> PictureMetadata | None:
    """Read the JSON of a picture; None when it is absent or not ours."""
    if isinstance(stored, bytes):
        stored = stored.decode("utf-8", errors="replace")
    if not isinstance(stored, str):
        return None
    try:
        fields = json.loads(stored)
        return PictureMetadata(
            sentence=str(fields["sentence"]),
            seed=int(fields["seed"]),
            size=int(fields["size"]),
            model=str(fields["model"]),
            version=str(fields["version"]),
            created=str(fields["created"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Give a temporary name beside ``path`` that takes its place when all was written."""
    temporary = path.with_name(f".{path.stem[:40]}-{secrets.token_hex(4)}.part")
    try:
        yield temporary
        with open(temporary, "rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
