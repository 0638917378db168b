"""Ogg files (RFC 3533): whether they are whole."""

from __future__ import annotations

import io
from typing import BinaryIO

_HEADER = 27  # bytes of a page before the sizes of its segments, whose number is the last of them
_LARGEST_PAGE = _HEADER + 255 + 255 * 255


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
