"""Sounds that somebody put one after the other into one file, of one kind or of several.

Who joins recordings with `cat` hears the first alone: each says where it ends. Ogg foresees it, but
libsndfile reads the first alone.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import BinaryIO

from app.speech.files.frames import frames_in
from app.speech.files.id3 import skip_tags
from app.speech.files.mp3 import is_mp3, mp3_starts
from app.speech.files.promised import MATROSKA, promised_bytes
from app.speech.files.wav import KINDS, NO_LENGTH

_LARGEST_FILE = 1 << 26  # bytes; a description has fewer, and a longer file is refused anyway
_LONGEST_BEGINNING = 32  # bytes
_HEADER = 256
"""Bytes in which nobody has said anything: a sound that begins so soon is a part of the header.

A film in Ogg has several streams, which begin together; WavPack and FLAC keep the header of a WAV.
"""


_AVI = b"AVI "


def _wav(begin: bytes) -> bool:
    return begin[8:12] in (b"WAVE", _AVI) and begin[12:15].isalnum()  # the first chunk's name


def _aiff(begin: bytes) -> bool:
    return begin[8:12] in (b"AIFF", b"AIFC")


def _flac(begin: bytes) -> bool:
    return begin[4:8] in (b"\0\0\0\x22", b"\x80\0\0\x22")  # what comes first, and its length


def _ogg(begin: bytes) -> bool:
    return begin[4:14] == b"\0\2" + bytes(8)  # a stream's first page, at its time 0


def _wavpack(begin: bytes) -> bool:
    # Every block looks alike: the first one is number 0, has samples, and is marked.
    return len(begin) > 25 and begin[16:20] == bytes(4) != begin[20:24] and bool(begin[25] & 8)


def _au(begin: bytes) -> bool:
    return begin[4:6] == b"\0\0" and begin[12:15] == b"\0\0\0"


def _caf(begin: bytes) -> bool:
    return begin[4:8] == b"\0\1\0\0"


def _mp4(begin: bytes) -> bool:
    # Covers may be pictures of the same build: of those no brand is one of sounds or films.
    return begin[4:8] in (b"M4A ", b"M4B ", b"isom", b"iso2", b"mp41", b"mp42", b"qt  ", b"3gp4")


def _matroska(begin: bytes) -> bool:
    return b"\x42\x86\x81\1" in begin[5:17]  # the first field, after its size


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
    b"OggS": (0, _ogg),
    b"wvpk": (0, _wavpack),
    b".snd": (0, _au),
    b"caff": (0, _caf),
    b"riff\x2e\x91\xcf\x11\xa5\xd6\x28\xdb\x04\xc1\0\0": (0, _any),  # W64
    b"#!AMR": (0, _any),
    b"NIST_1A\n   1024\n": (0, _any),
    b"Creative Voice File\x1a": (0, _any),
    b"TTA1\1\0": (0, _any),
    bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c"): (0, _any),  # WMA
    b"ftyp": (4, _mp4),
    MATROSKA: (0, _matroska),
}


def sounds_in(file: BinaryIO) -> list[BinaryIO]:
    """Return the sounds that were put one after the other; usually it is the file itself."""
    there = file.seek(0, io.SEEK_END)
    file.seek(0)
    if there > _LARGEST_FILE:
        return [file]
    content = file.read()
    file.seek(0)
    if not is_mp3(content[:3]) and next(_marks(content[:_HEADER]), None) != 0:
        return [file]  # a film, say, that tells of its sound as a file of that kind would
    starts = list(_starts(content))
    if len(starts) < 2:
        return [file]
    ends = [*starts[1:], there]
    return [io.BytesIO(content[start:end]) for start, end in zip(starts, ends, strict=True)]


def _starts(content: bytes) -> Iterator[int]:
    """Give where a sound begins, again and again; the first is at 0."""
    yield 0
    last = skip_tags(io.BytesIO(content))  # what begins there is what the tags belong to
    claimed, film = _claimed(content, 0), _is_film(content)
    frames = "any" if is_mp3(content[:3]) else None  # of which kind the current sound has some
    mp3, without_a_word = set(mp3_starts(content)), dict(frames_in(content))
    for start in sorted({*_marks(content), *mp3, *without_a_word}):
        kind = without_a_word.get(start)
        # MP3 may be within a WAV or a film, and its tags within other chunks; all kinds in a film.
        is_within = start < claimed and (film or start in mp3 or kind is not None)
        if kind and frames in ("any", kind) and (is_within or start not in mp3):
            frames = kind  # they go on behind a tag, or behind what is damaged
            continue
        if is_within:
            continue
        if start - last >= _HEADER:
            yield start
            claimed = start + _claimed(content, start)
            film = _is_film(content[start : start + _LONGEST_BEGINNING])
        last, frames = start, kind or ("any" if start in mp3 else None)


def _is_film(begin: bytes) -> bool:
    return begin.startswith(MATROSKA) or begin[8:12] == _AVI


def _claimed(content: bytes, start: int) -> int:
    """Return how many bytes a sound says that it has; 0 where it does not."""
    begin = content[start : start + 8]
    if begin[:4] in KINDS:
        riff = int.from_bytes(begin[4:], "little" if KINDS[begin[:4]] == "<" else "big")
        return 8 + riff if riff < NO_LENGTH else 0
    sound = io.BytesIO(content[start:])
    if (promised := promised_bytes(sound)) is None and begin.startswith(MATROSKA):
        return len(content)
    return promised or skip_tags(sound) + 1


def _marks(content: bytes) -> Iterator[int]:
    for mark, (before, fits) in _KINDS.items():
        at = content.find(mark)
        while at >= 0:
            if at >= before and fits(content[at : at + _LONGEST_BEGINNING]):
                yield at - before
            at = content.find(mark, at + 1)
