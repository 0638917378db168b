"""From a file, or a pipe, to its samples: all that common tools read, whole or refused."""

from __future__ import annotations

import contextlib
import errno
import io
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from app.file_kind import kind_of
from app.speech.files import SoundFileError
from app.speech.files.decoder import decode
from app.speech.files.id3 import skip_tags
from app.speech.files.mp3 import is_mp3
from app.speech.files.ogg import DamagedError, check_pages
from app.speech.files.promised import promised_bytes
from app.speech.files.several import sounds_in
from app.speech.files.wav import KINDS, MISCOUNTED, NO_LENGTH, CutOffError, whole_wav

STANDARD_INPUT = Path("-")

Channels = NDArray[np.float32]
"""Samples of shape ``(length, channels)``; usually, but not always, between -1 and 1."""

_UNKNOWN_LENGTH = 2**63 - 1
"""What libsndfile says of a file whose header leaves the length out, written to a pipe."""

_WHOLE_OR_REFUSED = (
    *("WAV", "WAVEX", "RF64", "AIFF", "AU", "CAF", "W64", "FLAC", "OGG", "NIST", "VOC", "SVX"),
    *("HTK", "MP3"),
)
"""What libsndfile reads and is known to be whole here. Of others, of samplers and laboratories, it
reads what there is, and nothing tells that their end is missing."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_LARGEST_PIPE = 1 << 28  # bytes
_RATES = (2_000, 1_000_000)  # samples a second; what a header says beyond is no sound
_A_PICTURE = (
    "{name} is a picture, not a sound. One that was drawn here is opened by the menu File, or "
    "drawn again by `draw --from`."
)


class _UnreadableError(SoundFileError):
    """Nothing that is known here."""


class _NeedsDecoderError(Exception):
    """libsndfile would not read all of it."""


def read_channels(path: Path, max_seconds: float) -> tuple[Channels, int]:
    """Read a sound file, a pipe or, as ``-``, the standard input.

    Returns
    -------
    The samples of all channels, and how many there are in a second.

    Raises
    ------
    SoundFileError
        When it cannot be opened, is empty, cut off, too long or not a sound.
    """
    try:
        with _opened(path) as (file, name):
            samples, rate = _read(file, name, max_seconds)
    except _UnreadableError as error:
        if kind_of(path) == "picture":
            raise SoundFileError(_A_PICTURE.format(name=name)) from error
        raise
    except FileNotFoundError as error:
        raise SoundFileError(f"There is no file {path}.") from error
    except OSError as error:
        reason = (error.strerror or str(error)).lower().rstrip(".")
        if error.errno in _FULL:
            raise SoundFileError(
                f"There is no room for a copy of {path} in {tempfile.gettempdir()}: {reason}."
            ) from error
        raise SoundFileError(f"The sound file {path} cannot be opened: {reason}.") from error
    if not len(samples):
        raise _no_sound(name)
    if len(samples) > max_seconds * rate:
        raise _too_long(name, None, max_seconds)
    return samples, rate


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[tuple[BinaryIO, str]]:
    """Give the file, in which one can go back, and what to call it."""
    with contextlib.ExitStack() as opened:
        name = path.name
        if path == STANDARD_INPUT:
            if sys.stdin is None:
                raise SoundFileError("There is no standard input to read a sound from.")
            name, file = "(standard input)", sys.stdin.buffer
        else:
            # Opened here so that "not found" and "not allowed" come as Python's own errors.
            file = opened.enter_context(path.open("rb"))
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            file = opened.enter_context(_spooled(file, name))
        if not file.seek(0, io.SEEK_END):
            raise SoundFileError(f"The sound file {name} is empty.")
        file.seek(0)
        yield file, name


@contextlib.contextmanager
def _spooled(pipe: BinaryIO, name: str) -> Iterator[BinaryIO]:
    """Keep what comes out of a pipe: a sound is looked at more than once."""
    with tempfile.TemporaryFile() as file:
        while block := pipe.read(1 << 20):
            file.write(block)
            if file.tell() > _LARGEST_PIPE:
                raise SoundFileError(f"{name} does not end: give a file of a minute at most.")
        yield cast(BinaryIO, file)


def _read(file: BinaryIO, name: str, max_seconds: float) -> tuple[Channels, int]:
    sounds = sounds_in(file)
    if len(sounds) > 1:
        return _joined((_read(sound, name, max_seconds) for sound in sounds), max_seconds)
    head, form = file.read(4), file.read(8)[4:]
    file.seek(0)
    if head[:3] == b"ID3" and _is_tag_of_another_kind(file):
        with _spooled(file, name) as rest:
            rest.seek(0)
            return _read(rest, name, max_seconds)
    problem: SoundFileError = _what_it_is(head, name)
    too_short = _cut_off(name)
    try:
        if head in KINDS:
            wav = whole_wav(file, max_seconds + 1)
            if form == b"WAVE":  # nothing is missing: its sound is of a kind that nobody knows
                problem = too_short = _unreadable_wav(name)
            return _with_libsndfile(wav, name, max_seconds)
        _refuse_what_is_missing(file, head)
        if not _needs_decoder(head, name):
            samples, rate = _with_libsndfile(file, name, max_seconds)
            if len(samples):
                return samples, rate
            problem = _no_sound(name)
    except CutOffError as error:
        raise _cut_off(name) from error
    except DamagedError as error:
        raise _damaged(name) from error
    except (_NeedsDecoderError, soundfile.LibsndfileError, TypeError):  # the last: of a name.raw
        pass  # FFmpeg knows more
    return _with_decoder(file, name, max_seconds, problem, too_short)


def _is_tag_of_another_kind(file: BinaryIO) -> bool:
    """Pass over a tag for MP3 files before another kind of sound, which nobody expects there."""
    start = skip_tags(file)
    begin = file.read(8)
    other = begin[:4] in (*KINDS, b"fLaC", b"OggS", b"FORM") or begin[4:] == b"ftyp"
    file.seek(start if other else 0)
    return other


def _needs_decoder(head: bytes, name: str) -> bool:
    """Tell whether libsndfile would leave out the end, without a word.

    It takes its guess of an MP3's length for the truth, and libmpg123 writes on the terminal.
    """
    return is_mp3(head) or name.lower().endswith((".mp3", ".mp2", ".mpga"))


def _with_libsndfile(file: BinaryIO, name: str, max_seconds: float) -> tuple[Channels, int]:
    with _SoundFile(file) as sound:
        if sound.format not in _WHOLE_OR_REFUSED:
            raise _rare(name, sound.format_info)
        if sound.subtype.startswith("MPEG"):  # an MP3 within a WAV: its length is a guess
            raise _NeedsDecoderError
        promised, rate = sound.frames, int(sound.samplerate)
        _check_rate(rate, name)
        most = int(max_seconds * rate)
        try:
            samples = sound.read(min(promised, most + 1), dtype="float32", always_2d=True)
        except soundfile.LibsndfileError as error:  # FFmpeg would pass over what is damaged
            raise _unreadable(name) from error
        known = promised != _UNKNOWN_LENGTH and not isinstance(file, io.BytesIO)
        if len(samples) > most:
            raise _too_long(name, promised / rate if known else None, max_seconds)
        if len(samples) < promised != _UNKNOWN_LENGTH:
            raise CutOffError
        return samples, rate


def _joined(parts: Iterator[tuple[Channels, int]], max_seconds: float) -> tuple[Channels, int]:
    """Put several sounds one after the other, at the rate of the first, until there is too much."""
    first, rate = next(parts)
    joined, length = [first], len(first)
    for samples, each in parts:
        if len(joined) == 1:  # they may differ in everything
            joined = [first.mean(axis=1, keepdims=True)]
        joined.append(soxr.resample(samples.mean(axis=1, keepdims=True), each, rate))
        length += len(joined[-1])
        if length > max_seconds * rate:
            break
    return np.concatenate(joined), rate


def _with_decoder(
    file: BinaryIO,
    name: str,
    max_seconds: float,
    problem: SoundFileError,
    too_short: SoundFileError,
) -> tuple[Channels, int]:
    decoded = decode(file, max_seconds)
    if decoded.samples is None:
        raise problem
    if len(decoded.samples) > max_seconds * decoded.rate:
        raise _too_long(name, decoded.promised, max_seconds)
    if decoded.cut_off:
        raise too_short
    if len(decoded.samples):
        _check_rate(decoded.rate, name)
    return decoded.samples, decoded.rate


class _SoundFile(soundfile.SoundFile):
    """A file that is read once, from its beginning: soundfile need not seek in it.

    It would seek after every reading, which fails in a FLAC file that names no length.
    """

    def seekable(self) -> bool:
        return False


def _unreadable(name: str) -> _UnreadableError:
    return _UnreadableError(
        f"{name} is not a sound file that can be read here, or it is damaged. WAV, MP3, M4A, FLAC, "
        "Ogg, Opus, AIFF and most others work."
    )


def _what_it_is(head: bytes, name: str) -> SoundFileError:
    """Say why a file cannot be read, where that is known by its first four bytes."""
    if head == b"PK\3\4":
        return _UnreadableError(f"{name} is an archive (ZIP): unpack it, and open what is in it.")
    if head == b"MThd":
        return _UnreadableError(f"{name} holds notes (MIDI), and no sound.")
    return _unreadable(name)


def _unreadable_wav(name: str) -> SoundFileError:
    return SoundFileError(
        f"{name} is a WAV of a kind that cannot be read here, or it is damaged. WAV with plain "
        "samples (PCM) works, as do MP3, M4A, FLAC, Ogg, Opus, AIFF and most others."
    )


def _rare(name: str, kind: str) -> SoundFileError:
    return SoundFileError(
        f"{name} is a sound of the kind {kind}, which is not read here: save it as WAV, MP3, M4A, "
        "FLAC, Ogg, Opus or AIFF."
    )


def _no_sound(name: str) -> SoundFileError:
    return SoundFileError(f"There is no sound in {name}.")


def _cut_off(name: str) -> SoundFileError:
    return SoundFileError(f"{name} is cut off: a part of the sound is missing.")


def _damaged(name: str) -> SoundFileError:
    return SoundFileError(f"{name} is damaged: a part of the sound is missing.")


def _too_long(name: str, seconds: float | None, most: float) -> SoundFileError:
    lasts = f"more than {most:.0f}" if seconds is None else f"{seconds:.0f}"
    return SoundFileError(f"{name} lasts {lasts} seconds; {most:.0f} at most can be understood.")


def _check_rate(rate: int, name: str) -> None:
    lowest, highest = _RATES
    if not lowest <= rate <= highest:
        raise SoundFileError(
            f"{name} says that it has {rate} samples a second, so it is damaged or no sound."
        )


def _refuse_what_is_missing(file: BinaryIO, head: bytes) -> None:
    """Raise ``CutOffError`` where a file is shorter than it says, or ``DamagedError``."""
    there = file.seek(0, io.SEEK_END)
    promised = promised_bytes(file)
    file.seek(0)
    if promised is not None and there + MISCOUNTED < promised < NO_LENGTH:
        raise CutOffError
    if head == b"OggS":
        check_pages(file)
