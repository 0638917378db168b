"""Sounds that begin without a word, as MP3 and AAC may: frames, each of which says its length."""

from __future__ import annotations

import re
from collections.abc import Iterator

_ENOUGH = 4  # frames, each where the one before ends: that is no chance
_HEADER = 6  # bytes
# Of MPEG's second and third layers, and of AAC; no bit of theirs is one that nobody uses.
_FRAME = re.compile(rb"\xff(?:[\xf2-\xf5\xfa-\xfd\xe2-\xe5][\x10-\xef]|[\xf0\xf1\xf8\xf9].)", re.S)
_MPEG_1 = 3
_LAYER_2 = 2
_RATES = (44_100, 48_000, 32_000)  # halved in MPEG 2, and once more in MPEG 2.5
_KBIT = {
    (_MPEG_1, 1): (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320),
    (_MPEG_1, 2): (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384),
}
_KBIT_OF_MPEG_2 = (8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)


def frames_in(content: bytes) -> Iterator[tuple[int, str]]:
    """Give where frames begin that follow each other, and whether they are "mpeg" or "aac"."""
    end = 0
    for first in _FRAME.finditer(content):
        if first.start() < end:
            continue
        after, count = _follow(content, first.start())
        if count >= _ENOUGH:
            end = after
            yield first.start(), "aac" if _is_aac(content[first.start() + 1]) else "mpeg"


def _follow(content: bytes, at: int) -> tuple[int, int]:
    """Return where frames of one kind end, and how many there are."""
    first, count = _kind(content[at : at + _HEADER]), 0
    while len(header := content[at : at + _HEADER]) == _HEADER and _kind(header) == first:
        length = _length(header)
        if length < _HEADER:
            break
        at += length
        count += 1
    return at, count


def _kind(header: bytes) -> tuple[int, int, int]:
    """Return the bits that are the same in all frames of a sound."""
    return header[0], header[1], header[2] & (0xFC if _is_aac(header[1]) else 0x0C)


def _is_aac(second_byte: int) -> bool:
    return not second_byte & 6


def _length(header: bytes) -> int:
    """Return how many bytes a frame has; 0 if it is none."""
    if _is_aac(header[1]):
        return (header[3] & 3) << 11 | header[4] << 3 | header[5] >> 5
    version, layer = header[1] >> 3 & 3, header[1] >> 1 & 3
    kbit, rate, padding = header[2] >> 4, header[2] >> 2 & 3, header[2] >> 1 & 1
    if not 0 < kbit < 15 or rate == 3:
        return 0
    bits = 1000 * _KBIT.get((version, layer), _KBIT_OF_MPEG_2)[kbit - 1]
    samples = 1152 if version == _MPEG_1 or layer == _LAYER_2 else 576
    return samples // 8 * bits // (_RATES[rate] >> (4 - version) // 2) + padding
