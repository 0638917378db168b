"""Sound that was recorded or read from a file."""

from __future__ import annotations

import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from app.errors import AppError

MAX_SECONDS = 60.0
"""The longest recording: a description takes a few seconds, and Whisper's time grows with it."""

_UNKNOWN_LENGTH = 2**63 - 1
"""What libsndfile says of a file whose header leaves the length out, written to a pipe."""

_LARGEST_PAGE = 27 + 255 + 255 * 255
"""Bytes of an Ogg file's largest page: header, sizes of 255 segments, and these."""


class SoundFileError(AppError):
    """A sound file cannot be used."""


@dataclass(frozen=True)
class Recording:
    """Sound of one voice.

    Attributes
    ----------
    samples:
        int16, shape ``(length,)``, one channel.
    rate:
        Samples per second.
    """

    samples: NDArray[np.int16]
    rate: int

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.samples) / self.rate

    @property
    def peak(self) -> float:
        """Loudest sample, 0.0 (silence) to 1.0 (as loud as can be recorded)."""
        if not len(self.samples):
            return 0.0
        return float(np.abs(self.samples.astype(np.int32)).max()) / 32768

    @property
    def loudness(self) -> float:
        """Root mean square of the samples, 0.0 to 1.0."""
        if not len(self.samples):
            return 0.0
        return float(np.sqrt(np.square(self.as_float()).mean()))

    def resampled(self, rate: int) -> Recording:
        """Return the same sound at another rate (Hz), band-limited so that nothing aliases."""
        if rate == self.rate:
            return self
        return Recording(soxr.resample(self.samples, self.rate, rate, quality="HQ"), rate)

    def as_float(self) -> NDArray[np.float32]:
        """Return the samples as float32 of shape ``(length,)`` between -1 and 1."""
        return self.samples.astype(np.float32) / np.float32(32768)

    def to_audio_data(self) -> Any:
        """Return the sound as SpeechRecognition's ``AudioData``."""
        from speech_recognition import AudioData

        return AudioData(self.samples.astype("<i2").tobytes(), self.rate, 2)

    @classmethod
    def from_file(cls, path: str | Path, *, max_seconds: float = MAX_SECONDS) -> Recording:
        """Read a WAV, AIFF or FLAC file (or another that libsndfile knows) of any rate.

        Several channels are mixed into one.

        Raises
        ------
        SoundFileError
            When the file cannot be opened, is empty, truncated, too long or not a sound.
        """
        path = Path(path)
        try:
            size = path.stat().st_size
            if path.is_file() and size == 0:
                raise SoundFileError(f"The sound file {path.name} is empty.")
            # Opened here so that "not found" and "not allowed" come as Python's own errors.
            with path.open("rb") as file:
                return _read(file, path.name, max_seconds)
        except (soundfile.LibsndfileError, TypeError) as error:  # TypeError: of a name.raw
            raise SoundFileError(
                f"{path.name} is not a sound file that can be read here, or it is damaged. "
                "WAV, AIFF and FLAC files work."
            ) from error
        except FileNotFoundError as error:
            raise SoundFileError(f"There is no file {path}.") from error
        except OSError as error:
            reason = (error.strerror or str(error)).lower()
            raise SoundFileError(f"The sound file {path} cannot be opened: {reason}.") from error


def _read(file: BinaryIO, name: str, max_seconds: float) -> Recording:
    cut_off = SoundFileError(f"{name} is cut off: a part of the sound is missing.")
    if _is_cut_off(file):
        raise cut_off
    with _SoundFile(file) as sound:
        promised, rate = sound.frames, int(sound.samplerate)
        most = int(max_seconds * rate)
        channels = sound.read(min(promised, most + 1), dtype="float32", always_2d=True)
        if len(channels) > most:
            known = promised != _UNKNOWN_LENGTH
            lasts = f"{promised / rate:.0f}" if known else f"more than {max_seconds:.0f}"
            raise SoundFileError(
                f"{name} lasts {lasts} seconds; {max_seconds:.0f} at most can be understood."
            )
        if not len(channels):
            raise SoundFileError(f"There is no sound in {name}.")
        if len(channels) < promised != _UNKNOWN_LENGTH:
            raise cut_off
        samples = np.clip(channels.mean(axis=1) * 32768, -32768, 32767).astype(np.int16)
        return Recording(samples, rate)


class _SoundFile(soundfile.SoundFile):
    """A file that is read once, from its beginning: soundfile need not seek in it.

    It would seek after every reading, which fails in a FLAC file that names no length.
    """

    def seekable(self) -> bool:
        return False


def _is_cut_off(file: BinaryIO) -> bool:
    """Tell whether a WAV, AIFF or Ogg file is shorter than it says; libsndfile hides it."""
    head = file.read(8)
    there = file.seek(0, io.SEEK_END)
    file.seek(0)
    if head[:4] == b"RIFF":
        promised = int.from_bytes(head[4:8], "little")
    elif head[:4] == b"FORM":
        promised = int.from_bytes(head[4:8], "big")
    elif head[:4] == b"OggS":
        return _ends_within_a_page(file)
    else:
        return False
    # Programs that write to a pipe do not know the length and promise a huge one.
    return there < promised + 8 and promised < 0x7FFF_0000


def _ends_within_a_page(file: BinaryIO) -> bool:
    """Tell whether an Ogg file (RFC 3533) ends before its last page does."""
    there = file.seek(0, io.SEEK_END)
    file.seek(max(0, there - _LARGEST_PAGE))
    tail = file.read()
    file.seek(0)
    page = tail[tail.rfind(b"OggS") :]
    segments = page[27 : 27 + page[26]] if len(page) > 26 else b""
    return len(page) < 27 or len(page) < 27 + page[26] + sum(segments)
