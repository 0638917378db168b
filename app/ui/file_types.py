"""Which files the dialogs show: Tk's own looks at capitals."""

from __future__ import annotations

from collections.abc import Iterable

from app.picture_file import FORMATS

ALL_FILES = ("All files", "*")
DRAWN_HERE = (*FORMATS, ".apng")
"""The endings of all pictures that can be opened."""


def file_type(name: str, suffixes: Iterable[str]) -> tuple[str, str]:
    """Return a choice of a dialog: what the files are called, and their endings in either case."""
    patterns = [f"*{ending}" for suffix in suffixes for ending in (suffix, suffix.upper())]
    return name, " ".join(patterns)


PNG = file_type("PNG picture", (".png",))
JPEG = file_type("JPEG picture", (suffix for suffix, kind in FORMATS.items() if kind == "JPEG"))
WEBP = file_type("WebP picture", (".webp",))
ANIMATED_GIF = file_type("Animated GIF", (".gif",))
ANIMATED_PNG = file_type("Animated PNG", (".png",))
