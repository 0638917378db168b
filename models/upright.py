"""Photographs as they are looked at: cameras note in EXIF how they were held."""

from __future__ import annotations

from PIL import Image, ImageOps


def upright(image: Image.Image) -> Image.Image:
    """Return a picture turned as its EXIF says; as it is where EXIF says nothing readable."""
    try:
        return ImageOps.exif_transpose(image)
    except Exception:  # Pillow's reader of EXIF raises almost anything on what is no EXIF
        return image
