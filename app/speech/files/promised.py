"""How many bytes a sound file says that it has, where its beginning says it."""

from __future__ import annotations

import re
from typing import BinaryIO

from app.speech.files.wav import NO_LENGTH

_BEGINNING = 1 << 16  # bytes, in which the size is found
_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")  # WMA and WMV
_ASF_PROPERTIES = bytes.fromhex("a1dcab8c47a9cf118ee400c00c205365")
_CAF_HEADER = 8  # bytes
MATROSKA = b"\x1aE\xdf\xa3"
"""How a Matroska or WebM file begins."""
_SEGMENT = b"\x18S\x80g"  # in which all is
_VOC_UNFINISHED = 0xFFFFFF  # what a program writes that does not know yet


def promised_bytes(file: BinaryIO) -> int | None:
    """Return the size that an AIFF, AU, CAF, MP4, NIST, VOC, W64 or WMA file claims, else None.

    So do Matroska and WebM. One that was never finished claims nothing, or far too much.
    """
    file.seek(0)
    head = file.read(_BEGINNING)
    if head.startswith(b"FORM"):
        return 8 + int.from_bytes(head[4:8], "big")
    if head.startswith(b".snd"):
        return int.from_bytes(head[4:8], "big") + int.from_bytes(head[8:12], "big")
    if head.startswith(b"riff"):  # W64, in small letters
        return int.from_bytes(head[16:24], "little")
    if head.startswith(b"caff"):
        return _end_of_caf_data(head)
    if head.startswith(b"NIST_1A"):
        return _end_of_nist(head)
    if head.startswith(b"Creative Voice File\x1a"):
        return _end_of_voc_blocks(file, int.from_bytes(head[20:22], "little"))
    if head[4:8] == b"ftyp":
        return _end_of_mp4_sound(file)
    if head.startswith(MATROSKA):
        return _end_of_segment(head)
    if head.startswith(_ASF) and (at := head.find(_ASF_PROPERTIES)) >= 0:
        return int.from_bytes(head[at + 40 : at + 48], "little")
    return None


def _end_of_mp4_sound(file: BinaryIO) -> int | None:
    """Return where the last box with sound ends: a film of many parts tells its length nowhere."""
    at, end = 0, None
    while len(header := _bytes_at(file, at, 16)) >= 8:
        size, name = int.from_bytes(header[:4], "big"), header[4:8]
        if size == 1:  # it is longer than 4 GB, or could be
            size = int.from_bytes(header[8:], "big")
        if size < 8:  # to the end of the file, or no box
            break
        at += size
        if name == b"mdat":
            end = at
    return end


def _bytes_at(file: BinaryIO, at: int, count: int) -> bytes:
    file.seek(at)
    return file.read(count)


def _end_of_segment(head: bytes) -> int | None:
    """Return where a Matroska's segment ends; None where nobody knew when it was begun."""
    at, size = _ebml_size(head, len(MATROSKA))
    at += size
    if head[at : at + 4] != _SEGMENT:
        return None
    at, size = _ebml_size(head, at + 4)
    return at + size if size < NO_LENGTH else None


def _ebml_size(head: bytes, at: int) -> tuple[int, int]:
    """Return where a size ends, and the size: its leading zero bits tell how long it is."""
    length = 9 - head[at : at + 1].ljust(1, b"\x80")[0].bit_length()
    number = int.from_bytes(head[at : at + length], "big") & ((1 << 7 * length) - 1)
    unknown = number == (1 << 7 * length) - 1
    return at + length, NO_LENGTH if unknown else number


def _end_of_caf_data(head: bytes) -> int | None:
    at = _CAF_HEADER
    while at + 12 <= len(head):
        name, size = head[at : at + 4], int.from_bytes(head[at + 4 : at + 12], "big")
        at += 12 + size
        if name == b"data":
            return at
    return None


def _end_of_nist(head: bytes) -> int | None:
    """Return where the samples end; None where they are compressed, or their number is not said."""
    fields = dict(re.findall(rb"^(\w+) -\w+ ([^\n]*?) *$", head.partition(b"end_head")[0], re.M))
    if b"," in fields.get(b"sample_coding", b""):
        return None
    try:
        end = 1
        for name in (b"sample_count", b"channel_count", b"sample_n_bytes"):
            end *= int(fields[name])
        return end + int(head[8:16])
    except (KeyError, ValueError):
        return None


def _end_of_voc_blocks(file: BinaryIO, at: int) -> int | None:
    """Return where the last block ends; None where one does not say it."""
    while begin := _bytes_at(file, at, 4):
        kind, size = begin[0], int.from_bytes(begin[1:], "little")
        if kind == 0:  # the end
            break
        if kind > 9 or not 0 < size < _VOC_UNFINISHED:
            return None
        at += 4 + size
    return at
