"""WAV files whose header says something else than what is there, made whole.

A program that records does not know at first how long the sound will be. It writes zero, or a
huge number, and corrects that in the end, unless it writes to a pipe or is stopped; and some count
their header or a byte of padding, too.
"""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass, replace
from typing import BinaryIO

KINDS = {b"RIFF": "<", b"RIFX": ">", b"RF64": "<", b"BW64": "<"}
"""How the file begins, and the order of its bytes; the last two are for sounds beyond 4 GB."""

_HEADER = 12  # bytes: RIFF, the size, WAVE
_IN_DS64 = 0xFFFFFFFF  # the size is in the chunk "ds64"
NO_LENGTH = 1 << 30
"""No description has a gigabyte: what promises as much was never finished."""
MISCOUNTED = 128
"""Bytes that a header may count too much; of a sound that is cut off as late, nothing is lost."""


class CutOffError(Exception):
    """A part of the sound is missing."""


_USUAL = (b"LIST", b"fact", b"PEAK", b"bext", b"iXML", b"cue ", b"smpl", b"id3 ", b"JUNK", b"RIFF")
"""Chunks that are no sound, also where their end is missing."""
_FILES = (b"TAG", b"ID3", b"APETAGEX", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\3\4", b"%PDF")
"""How tags of programs for MP3 files begin, and other files that somebody put behind a sound."""
_LOOKED_AT = 256  # bytes, which sound never fills with text


@dataclass(frozen=True)
class _Data:
    """Where the samples are: what the header promises, and what there is.

    ``padded`` tells whether the chunks before are as they should be.
    """

    start: int
    promised: int
    there: int
    padded: bool


def whole_wav(file: BinaryIO, most_seconds: float) -> BinaryIO:
    """Return the WAV file if its header is right, else its sound with a header that is.

    Parameters
    ----------
    file : stands at its beginning, and does so again afterwards.
    most_seconds : more of the sound is not copied.

    Raises
    ------
    CutOffError
        The file is shorter than it says, and no mistake of a program explains it.
    """
    end = file.seek(0, io.SEEK_END)
    file.seek(0)
    kind, riff_size = file.read(4), file.read(4)
    order = KINDS[kind]
    (riff,) = struct.unpack(f"{order}I", riff_size.ljust(4, b"\0"))
    chunks, data = _read_chunks(file, order, end)
    file.seek(0)
    if (
        data is not None
        and data.promised == _IN_DS64
        and len(sizes := chunks.get(b"ds64", b"")) >= 16
    ):
        riff, promised = struct.unpack("<QQ", sizes[:16])
        data = replace(data, promised=promised)
    if data is None or b"fmt " not in chunks:
        if riff + 8 > end and riff < NO_LENGTH:
            raise CutOffError
        return file
    length = _true_length(file, order, data, riff, end)
    file.seek(0)
    if length == data.promised and riff + 8 <= end and data.padded:
        return file
    (bytes_a_second,) = struct.unpack(f"{order}I", chunks[b"fmt "][8:12].ljust(4, b"\0"))
    file.seek(data.start)
    sound = file.read(min(length, int(bytes_a_second * most_seconds) or length))
    file.seek(0)
    return _made_anew(order, chunks, sound)


def _read_chunks(file: BinaryIO, order: str, end: int) -> tuple[dict[bytes, bytes], _Data | None]:
    """Return the chunks that come before the samples, and where these are."""
    chunks: dict[bytes, bytes] = {}
    at, padded = _HEADER, True
    while at + 8 <= end:
        file.seek(at)
        name, size = struct.unpack(f"{order}4sI", file.read(8))
        if name == b"data":
            return chunks, _Data(at + 8, size, end - at - 8, padded)
        if name in (b"fmt ", b"fact", b"ds64"):
            chunks[name] = file.read(min(size, 1024))
        at += 8 + size
        # A chunk of odd size is followed by a byte of padding, which some programs forget.
        file.seek(at)
        if size % 2 and file.read(4) not in (b"data", b"fmt ", *_USUAL):
            at += 1
        elif size % 2:
            padded = False
    return chunks, None


def _true_length(file: BinaryIO, order: str, data: _Data, riff: int, end: int) -> int:
    """Return how many bytes of sound there are."""
    missing = data.promised - data.there
    if missing > 0:
        # Where the file as a whole is as long as it says, or does not say it, none is missing.
        shorter = end < riff + 8 < NO_LENGTH
        if missing > MISCOUNTED and data.promised < NO_LENGTH and shorter:
            raise CutOffError
        return data.there
    rest = data.start + data.promised
    if any(_are_chunks(file, order, at, end) for at in (rest + data.promised % 2, rest)):
        return data.promised
    return data.there


def _are_chunks(file: BinaryIO, order: str, at: int, end: int) -> bool:
    """Tell whether what follows the sound is something else, or nothing."""
    file.seek(at)
    begin = file.read(_LOOKED_AT)
    if begin.startswith(_FILES) or _is_text(begin):
        return True
    while at + 8 <= end:
        file.seek(at)
        name, size = struct.unpack(f"{order}4sI", file.read(8))
        if name in _USUAL:
            return True
        if not all(32 <= letter < 127 for letter in name) or at + 8 + size > end + 1:
            return False
        at += 8 + size + size % 2
    return True


def _is_text(begin: bytes) -> bool:
    """Tell whether these bytes are text; an end that cuts a character in two does not matter."""
    text = begin.decode(errors="ignore")
    return len(text.encode()) > len(begin) - 4 and all(c.isprintable() or c.isspace() for c in text)


def _made_anew(order: str, chunks: dict[bytes, bytes], sound: bytes) -> BinaryIO:
    kept = [(name, content) for name, content in chunks.items() if name != b"ds64"]
    body = b"".join(
        struct.pack(f"{order}4sI", name, len(content)) + content + b"\0" * (len(content) % 2)
        for name, content in (*kept, (b"data", sound))
    )
    kind = b"RIFF" if order == "<" else b"RIFX"
    return io.BytesIO(struct.pack(f"{order}4sI4s", kind, 4 + len(body), b"WAVE") + body)
