"""Ogg files (RFC 3533): whether they are whole, from the first page to the last.

What decodes them passes over a page that is missing or damaged, without a word.
"""

from __future__ import annotations

import zlib
from typing import BinaryIO

from app.speech.files.wav import CutOffError

_MARK = b"OggS"  # every page begins so
_HEADER = 27  # bytes of a page before the sizes of its segments, whose number is the last of them
_FIRST = 2  # the flag of a stream's first page
_TIME = slice(6, 14)
_STREAM = slice(14, 18)
_NUMBER = slice(18, 22)
_CHECKSUM = slice(22, 26)
_MIRRORED = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))
_ALL = 0xFFFFFFFF


class DamagedError(Exception):
    """A part in the middle of the sound is missing or damaged."""


def check_pages(file: BinaryIO) -> None:
    """Look at all pages; what follows the last, as tags do, does not matter.

    Parameters
    ----------
    file : is left at its beginning.

    Raises
    ------
    CutOffError
        The file ends before its last page does.
    DamagedError
        A page is missing, or is not as it was written.
    """
    file.seek(0)
    pages: dict[bytes, tuple[int, bool]] = {}  # of each stream: its latest number, has it sound
    while (page := _next_page(file))[:4] == _MARK:
        if _checksum(page) != page[_CHECKSUM]:
            raise DamagedError
        stream, number = page[_STREAM], int.from_bytes(page[_NUMBER], "little")
        last, sounded = pages.get(stream, (-1, False))
        # A recording of a broadcast has the stream's beginning, and goes on later.
        if sounded and number != last + 1 and not page[5] & _FIRST:
            raise DamagedError
        pages[stream] = number, any(page[_TIME])
    if _MARK in page + file.read():
        raise DamagedError
    file.seek(0)


def _next_page(file: BinaryIO) -> bytes:
    """Return a page, or what stands in its place.

    Raises
    ------
    CutOffError
        It is the last one, and not whole.
    DamagedError
        It is not whole, but not the last one.
    """
    header = file.read(_HEADER)
    if header[:4] != _MARK:
        return header
    sizes = file.read(header[-1])
    page = header + sizes + file.read(sum(sizes))
    if len(header) == _HEADER and len(page) == _HEADER + header[-1] + sum(sizes):
        return page
    raise DamagedError if _MARK in page[1:] else CutOffError


def _checksum(page: bytes) -> bytes:
    """Return the checksum that a page should have.

    It is that of zlib, but from the highest bit to the lowest, and begins and ends with zeros.
    """
    unchecked = page[: _CHECKSUM.start] + bytes(4) + page[_CHECKSUM.stop :]
    mirrored = zlib.crc32(unchecked.translate(_MIRRORED), _ALL) ^ _ALL
    return mirrored.to_bytes(4, "big").translate(_MIRRORED)
