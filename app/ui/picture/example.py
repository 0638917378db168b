"""The bird that a newcomer sees before there is one of their own: it was drawn here once."""

from __future__ import annotations

from pathlib import Path

from app.pictures.picture_file import Picture, read_picture

_FILE = Path(__file__).with_name("example.jpg")
"""Drawn by the bundled weights of 30 November 2026; its sentence and seed are in it."""


def example_picture() -> Picture:
    """Read the picture; it takes some milliseconds.

    Raises
    ------
    PictureError
        The file is damaged or missing.
    """
    return read_picture(_FILE)
