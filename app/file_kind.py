"""What a file is that a person hands over: a picture, a sound, or neither."""

from __future__ import annotations

import contextlib
import mimetypes
import re
import warnings
from pathlib import Path
from typing import Literal

from PIL import Image

# Whoever reads a picture says that it is too large or damaged; Pillow's words are for programmers.
warnings.simplefilter("ignore", Image.DecompressionBombWarning)
warnings.filterwarnings("ignore", category=UserWarning, module=r"PIL\.")

Kind = Literal["picture", "sound", "other"]

SOUND_ENDINGS = (
    *(".wav", ".mp3", ".m4a", ".flac", ".ogg", ".opus", ".aiff", ".aif", ".aifc", ".caf", ".au"),
    *(".snd", ".w64", ".rf64", ".bwf", ".oga", ".aac", ".webm", ".wma", ".amr", ".3gp", ".mp4"),
    *(".mov", ".mka", ".mkv", ".mp2", ".mpga", ".ac3", ".ape", ".wv", ".tta", ".voc", ".m4b"),
    *(".m4r", ".eac3", ".vob", ".mts", ".m2ts"),
)
"""What names of files end in that can be read: sounds, and films that have one."""

# Formats that no sound can be mistaken for; headerless sound can look like some of the others.
_UNMISTAKABLE = ("PNG", "JPEG", "WEBP", "GIF", "TIFF")

# What libsndfile does not read, or not in silence: MP3, MP4 and its kin, Matroska, WMA, ADTS, AMR.
_BEGINNING_OF_SOUND = re.compile(
    rb"ID3[\x02-\x04]|....ftyp(?!hei|hev|mif|avi|msf|crx)|\x1aE\xdf\xa3"
    rb"|\x30\x26\xb2\x75\x8e\x66\xcf\x11|\xff[\xe2-\xe5\xf0-\xf5\xf8-\xfd]|#!AMR",
    re.DOTALL,
)
_LONGEST_BEGINNING = 12  # bytes


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
    if kind in ("audio", "video") or path.suffix.lower() in SOUND_ENDINGS:
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
        with path.open("rb") as file:
            if _BEGINNING_OF_SOUND.match(file.read(_LONGEST_BEGINNING)):
                return True
        with contextlib.suppress(TypeError):  # of a name.raw: it would have to be told the rate
            soundfile.info(path)
            return True
    return False
