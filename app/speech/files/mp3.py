"""MP3 files: where one begins, and how long its first frame says that it is."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO

from app.speech.files.id3 import skip_tags

_BEGINNING = 1 << 16  # bytes behind the tags, in which the first frame is found
_TAG = re.compile(rb"ID3[\2-\4]\0")
# The first frame of most files has no sound, but one of these names and the number of frames.
_FIRST_FRAME = re.compile(
    rb"\xff([\xe2\xe3\xf2\xf3\xfa\xfb])..(?:.{9,34}?(?:Xing|Info)\0\0\0[\1\3\5\7\x09\x0b\x0d\x0f]"
    rb"|.{32}VBRI\0\1.{8})(.{4})",
    re.DOTALL,
)
_OF_MPEG_1 = b"\xfa\xfb"  # its frames have 1,152 samples, later ones half of them


def is_mp3(begin: bytes) -> bool:
    """Tell whether a file that begins so is MP3, as far as one can tell from so little."""
    return begin[:3] == b"ID3" or (begin[:1] == b"\xff" and begin[1:2] >= b"\xe0")


def mp3_starts(content: bytes) -> Iterator[int]:
    """Give where an MP3 file begins that has a tag, or says how long it is."""
    file = io.BytesIO(content)
    for tag in _TAG.finditer(content):
        skip_tags(file, tag.start())
        if is_mp3(file.read(2)):
            yield tag.start()
    for first in _FIRST_FRAME.finditer(content):
        yield first.start()


def seconds_of_mp3(file: BinaryIO, rate: int) -> float | None:
    """Return how long an MP3 file says that it is; None where it does not say it.

    FFmpeg would guess it from the file's size where a tag or another file follows the sound.
    """
    skip_tags(file)
    first = _FIRST_FRAME.search(file.read(_BEGINNING))
    if first is None:
        return None
    samples = 1152 if first[1] in _OF_MPEG_1 else 576
    return int.from_bytes(first[2], "big") * samples / rate
