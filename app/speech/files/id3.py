"""ID3v2 tags: what programs for MP3 files write before the sound, whatever kind it is."""

from __future__ import annotations

from typing import BinaryIO

_HEADER = 10  # bytes


def skip_tags(file: BinaryIO, start: int = 0) -> int:
    """Move from where a file's tags begin to where the sound begins; return where that is.

    A tag may hold pictures of megabytes, and there may be several.
    """
    while True:
        file.seek(start)
        header = file.read(_HEADER)
        if header[:3] != b"ID3" or len(header) < _HEADER:
            file.seek(start)
            return start
        size = 0
        for seven_bits in header[6:]:
            size = size << 7 | seven_bits & 127
        start += _HEADER + size
