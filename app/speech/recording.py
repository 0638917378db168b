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

    def to_wav(self) -> bytes:
        """Return the sound as the bytes of a 16-bit WAV file, for replaying or keeping it."""
        wav = io.BytesIO()
        soundfile.write(wav, self.samples, self.rate, format="WAV", subtype="PCM_16")
        return wav.getvalue()

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
        except soundfile.LibsndfileError as error:
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
    with soundfile.SoundFile(file) as sound:
        promised = sound.frames
        if promised / sound.samplerate > max_seconds:
            raise SoundFileError(
                f"{name} lasts {promised / sound.samplerate:.0f} seconds; "
                f"{max_seconds:.0f} at most can be understood."
            )
        channels = sound.read(dtype="float32", always_2d=True)
        if not len(channels):
            raise SoundFileError(f"There is no sound in {name}.")
        if len(channels) < promised:
            raise cut_off
        samples = np.clip(channels.mean(axis=1) * 32768, -32768, 32767).astype(np.int16)
        return Recording(samples, int(sound.samplerate))


def _is_cut_off(file: BinaryIO) -> bool:
    """Tell whether a WAV or AIFF file is shorter than its header says; libsndfile hides it."""
    head = file.read(8)
    there = file.seek(0, io.SEEK_END)
    file.seek(0)
    if head[:4] == b"RIFF":
        promised = int.from_bytes(head[4:8], "little")
    elif head[:4] == b"FORM":
        promised = int.from_bytes(head[4:8], "big")
    else:
        return False
    # Programs that write to a pipe do not know the length and promise a huge one.
    return there < promised + 8 and promised < 0x7FFF_0000
