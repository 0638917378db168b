"""Ogg files (RFC 3533): where they end, and where another sound begins in the same file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

_HEADER = 27  # bytes of a page before the sizes of its segments, whose number is the last of them
_BEGINS = 2  # the flag of a stream's first page
_LARGEST_PAGE = _HEADER + 255 + 255 * 255
_LARGEST_FILE = 1 << 26  # bytes; a description has fewer, and a longer file is refused anyway


def links(file: BinaryIO) -> list[BinaryIO]:
    """Return the sounds that were put one after the other; usually it is the file itself."""
    there = file.seek(0, io.SEEK_END)
    file.seek(0)
    starts, begun = [], False
    if there <= _LARGEST_FILE:
        content = file.read()
        file.seek(0)
        for start, begins in _pages(content):
            if begins and not begun:
                starts.append(start)
            begun = begins  # a film has several streams, which begin together
    if len(starts) < 2:
        return [file]
    ends = [*starts[1:], there]
    return [io.BytesIO(content[start:end]) for start, end in zip(starts, ends, strict=True)]


def _pages(content: bytes) -> Iterator[tuple[int, bool]]:
    """Give where each page begins, and whether a stream begins with it."""
    at = 0
    while content[at : at + 4] == b"OggS" and len(content) >= at + _HEADER:
        yield at, bool(content[at + 5] & _BEGINS)
        at += _size(content[at : at + _LARGEST_PAGE])


def _size(page: bytes) -> int:
    """Return how many bytes a page has that begins with these."""
    return _HEADER + page[_HEADER - 1] + sum(page[_HEADER : _HEADER + page[_HEADER - 1]])


def ends_within_a_page(file: BinaryIO) -> bool:
    """Tell whether the file ends before its last page does."""
    there = file.seek(0, io.SEEK_END)
    file.seek(max(0, there - _LARGEST_PAGE))
    tail = file.read()
    file.seek(0)
    page = tail[tail.rfind(b"OggS") :]
    return len(page) < _HEADER or len(page) < _size(page)
