"""Small copies of the kept pictures, made when they are first looked at."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable
from pathlib import Path

from PIL import Image, ImageOps

from app.files import make_private_folder, replacing
from app.gallery.entry import Entry
from app.pictures.picture_file import PictureError, read_picture, write_image

_log = logging.getLogger(__name__)

_SIDE = 256  # pixels: sharp on a screen of twice the usual density


class Thumbnails:
    """The folder of small copies; a copy's name says of which file, and of which state of it.

    Parameters
    ----------
    pictures : the gallery's folder; the copies are in ``thumbnails`` inside.
    """

    def __init__(self, pictures: Path) -> None:
        self._pictures = pictures
        self._folder = pictures / "thumbnails"

    def load(self, entry: Entry, side: int) -> Image.Image | None:
        """Return a picture ``side`` pixels wide and high; None when it cannot be read."""
        path = self._folder / _name(entry)
        try:
            with Image.open(path, formats=["JPEG"]) as image:
                image.draft("RGB", (side, side))  # decodes no more than is needed
                thumbnail = image.convert("RGB")
        except (OSError, SyntaxError, ValueError):
            made = self._make(entry, path)
            if made is None:
                return None
            thumbnail = made
        return thumbnail.resize((side, side), Image.Resampling.BICUBIC)

    def tidy(self, entries: Iterable[Entry]) -> None:
        """Remove the copies of pictures that are no longer there."""
        wanted = {_name(entry) for entry in entries}
        try:
            for name in os.listdir(self._folder):
                if name.endswith(".jpg") and name not in wanted:
                    (self._folder / name).unlink(missing_ok=True)
        except FileNotFoundError:
            pass  # no thumbnail was made yet
        except OSError as error:
            _log.warning("Old thumbnails cannot be removed: %s", error)

    def _make(self, entry: Entry, path: Path) -> Image.Image | None:
        try:
            thumbnail = read_picture(self._pictures / entry.name).image
        except PictureError as error:
            _log.warning("There is no thumbnail: %s", error)
            return None
        # One that somebody has cut since is no square any more.
        thumbnail = ImageOps.fit(thumbnail, (_SIDE, _SIDE), Image.Resampling.LANCZOS)
        try:
            make_private_folder(self._folder)
            with replacing(path) as temporary:
                write_image(thumbnail, temporary, format="JPEG", quality=90)
        except OSError as error:  # a full disk: it is made again the next time
            _log.warning("A thumbnail cannot be kept: %s", error)
        return thumbnail


def _name(entry: Entry) -> str:
    return f"{Path(entry.name).stem}-{entry.mtime_ns:x}.jpg"
