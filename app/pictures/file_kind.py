"""What a file is that a person hands over: a picture, a sound, or neither."""

from __future__ import annotations

import contextlib
import mimetypes
from pathlib import Path
from typing import Literal

from PIL import Image

Kind = Literal["picture", "sound", "other"]


# Formats that no sound can be mistaken for; headerless sound can look like some of the others.
_UNMISTAKABLE = ("PNG", "JPEG", "WEBP", "GIF", "TIFF")


def kind_of(path: Path) -> Kind:
    """Tell what a file is, by what is in it and by its name.

    It may be damaged, missing, or of a kind that is known and cannot be read here: whoever reads
    it then says so. Slow disks are waited for: not in Tk's thread.
    """
    named = _named(path)
    if path.is_file():
        if _is_picture(path, _UNMISTAKABLE if named == "sound" else None):
            return "picture"
        if named == "other" and _is_sound(path):
            return "sound"
    return named


def is_named_picture(path: Path) -> bool:
    """Whether a name is that of a picture, of any kind that there is."""
    return _named(path) == "picture"


def _named(path: Path) -> Kind:
    kind = (mimetypes.guess_type(path.name)[0] or "").partition("/")[0]
    if kind in ("audio", "video"):
        return "sound"
    format = Image.registered_extensions().get(path.suffix.lower())
    return "picture" if kind == "image" or format in Image.OPEN else "other"


def _is_picture(path: Path, formats: tuple[str, ...] | None) -> bool:
    """Whether Pillow knows the file by its beginning."""
    try:
        with Image.open(path, formats=formats):
            return True
    except Image.DecompressionBombError:
        return True
    except Exception:  # each format's reader has its own errors for what is none of its files
        return False


def _is_sound(path: Path) -> bool:
    import soundfile

    with contextlib.suppress(OSError, RuntimeError):  # libsndfile's errors are RuntimeErrors
        soundfile.info(path)
        return True
    return False
