"""Sounds that somebody put one after the other into one file, of kinds that do not foresee it.

Who joins recordings with `cat` hears the first alone: each says where it ends.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

_LARGEST_FILE = 1 << 26  # bytes; a description has fewer
_LONGEST_BEGINNING = 16  # bytes


def _wav(begin: bytes) -> bool:
    return begin[8:12] == b"WAVE"


def _aiff(begin: bytes) -> bool:
    return begin[8:12] in (b"AIFF", b"AIFC")


def _flac(begin: bytes) -> bool:
    return begin[4:8] in (b"\0\0\0\x22", b"\x80\0\0\x22")  # what comes first, and its length


def _au(begin: bytes) -> bool:
    return begin[4:6] == b"\0\0" and begin[12:15] == b"\0\0\0"


def _caf(begin: bytes) -> bool:
    return begin[4:8] == b"\0\1\0\0"


def _mp4(begin: bytes) -> bool:
    # Covers may be pictures of the same build: of those no brand is one of sounds or films.
    return begin[4:8] in (b"M4A ", b"M4B ", b"isom", b"iso2", b"mp41", b"mp42", b"qt  ", b"3gp4")


def _any(begin: bytes) -> bool:
    return True


# What a file begins with, after how many other bytes, and whether that is no chance.
_KINDS: dict[bytes, tuple[int, Callable[[bytes], bool]]] = {
    b"RIFF": (0, _wav),
    b"RIFX": (0, _wav),
    b"RF64": (0, _wav),
    b"BW64": (0, _wav),
    b"FORM": (0, _aiff),
    b"fLaC": (0, _flac),
    b".snd": (0, _au),
    b"caff": (0, _caf),
    b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0": (0, _any),  # W64
    b"#!AMR": (0, _any),
    b"TTA1\1\0": (0, _any),
    bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"): (0, _any),  # WMA
    b"ftyp": (4, _mp4),
}


def sounds_in(file: BinaryIO) -> list[BinaryIO]:
    """Return the sounds that were put one after the other; usually it is the file itself."""
    there = file.seek(0, io.SEEK_END)
    file.seek(0)
    if there > _LARGEST_FILE:
        return [file]
    content = file.read()
    file.seek(0)
    starts = list(_starts(content))
    if len(starts) < 2 or starts[0] != 0:
        return [file]
    ends = [*starts[1:], there]
    return [io.BytesIO(content[start:end]) for start, end in zip(starts, ends, strict=True)]


def _starts(content: bytes) -> Iterator[int]:
    """Give where a sound of the file's own kind begins, again and again."""
    for mark, (before, fits) in _KINDS.items():
        if content.startswith(mark, before):
            at = before
            while at >= 0:
                if fits(content[at : at + _LONGEST_BEGINNING]):
                    yield at - before
                at = content.find(mark, at + 1)
            return
