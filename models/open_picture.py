"""Opens picture files of any kind, and says of what kinds they cannot be read here."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from PIL import EpsImagePlugin, Image

from models.tiff_pages import full_page, is_preview

OF_UNREADABLE_KIND = (
    "a picture of a kind that cannot be read here; PNG, JPEG, WebP, GIF, TIFF, BMP, AVIF and most "
    "others can"
)
_ONLY_KNOWN = ("BUFR", "GRIB", "HDF5", "MPEG")  # Pillow reads how large they are, and no more


class UnreadablePictureError(Exception):
    """A picture that Pillow knows and cannot show; the text goes on behind "The file is"."""


@contextmanager
def open_picture(file: Path | IO[bytes]) -> Iterator[Image.Image]:
    """Open a picture as ``Image.open`` does; its pixels are read when they are asked for.

    Of a file that begins with a preview, it is the page that the preview is of.

    Raises
    ------
    UnreadablePictureError
        It is of a kind that cannot be read here, which may turn out while its pixels are read, or
        only a preview of it can be.
    Exception
        Whatever Pillow raises on what is damaged or no picture.
    """
    try:
        with Image.open(file) as image:
            if _needs_another_program(image):
                raise UnreadablePictureError(OF_UNREADABLE_KIND)
            page = full_page(image) if is_preview(image) else image
            if page is None:
                raise UnreadablePictureError(
                    "a camera's raw file, or another of which only a preview "
                    f"({image.width} x {image.height} pixels) can be read here; export the "
                    "photograph as JPEG or PNG"
                )
            yield page
    except NotImplementedError as error:  # what a kind's reader says of some of its files
        raise UnreadablePictureError(OF_UNREADABLE_KIND) from error


def _needs_another_program(image: Image.Image) -> bool:
    if image.format == "EPS":
        return not EpsImagePlugin.has_ghostscript()
    if image.format == "WMF":  # and EMF, which Windows itself draws
        return sys.platform != "win32"
    return image.format in _ONLY_KNOWN
