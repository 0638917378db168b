"""Sound that was recorded or read from a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import soxr
from numpy.typing import NDArray

MAX_SECONDS = 60.0
"""The longest recording: a description takes a few seconds, and Whisper's time grows with it."""

_LARGEST_NUMBER = 2.0**32
"""No program gives larger numbers for sound: that of 32 bits is half of it."""

_BELOW_16_BITS = 4 / 32768
"""No voice that was recorded with 16 bits is fainter."""

_LARGEST_OFFSET = 0.005
"""No voice has a larger mean over a recording."""

_CANCELLED = 0.4
"""Channels whose mean is quieter than this share of the loudest one are not to be mixed; of a voice
in one of two channels it is half."""


@dataclass(frozen=True)
class Recording:
    """Sound of one voice.

    Attributes
    ----------
    samples : int16, shape ``(length,)``, one channel.
    rate : samples per second.
    is_file : whether it is from a file: then no advice about a microphone helps.
    """

    samples: NDArray[np.int16]
    rate: int
    is_file: bool = False

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
        """Root mean square of the samples about their mean, 0.0 to 1.0."""
        return float(self.as_float().std()) if len(self.samples) else 0.0

    def resampled(self, rate: int) -> Recording:
        """Return the same sound at another rate (Hz), band-limited so that nothing aliases."""
        if rate == self.rate:
            return self
        resampled = soxr.resample(self.samples, self.rate, rate, quality="HQ")
        return replace(self, samples=resampled, rate=rate)

    def as_float(self) -> NDArray[np.float32]:
        """Return the samples as float32 of shape ``(length,)`` between -1 and 1."""
        return self.samples.astype(np.float32) / np.float32(32768)

    def to_audio_data(self) -> Any:
        """Return the sound as SpeechRecognition's ``AudioData``."""
        from speech_recognition import AudioData

        return AudioData(self.samples.astype("<i2").tobytes(), self.rate, 2)

    @classmethod
    def from_file(cls, path: str | Path, *, max_seconds: float = MAX_SECONDS) -> Recording:
        """Read a sound file of any rate, a pipe or, as ``-``, the standard input.

        Raises
        ------
        SoundFileError
            When it cannot be opened, is empty, cut off, too long or not a sound.
        """
        from app.speech.files.reader import read_channels
        from app.speech.sound.voice_channel import with_voice

        channels, rate = read_channels(Path(path), max_seconds)
        return cls(one_voice(with_voice(made_usual(channels), rate)), rate, is_file=True)


def one_voice(channels: NDArray[np.float32]) -> NDArray[np.int16]:
    """Make one channel of several, without what is no sound.

    Parameters
    ----------
    channels : shape ``(length, channels)``, between -1 and 1; what is beyond is cut.

    Returns
    -------
    int16, shape ``(length,)``.
    """
    if not len(channels):
        return np.zeros(0, np.int16)
    # A constant offset of cheap electronics is no sound. What was written here once stays as it is.
    offset = np.median(channels, axis=0)
    channels = channels - np.where(np.abs(offset) > _LARGEST_OFFSET, offset, 0)
    mixed = channels.mean(axis=1)
    loudness = np.sqrt(np.square(channels).mean(axis=0))
    if np.sqrt(np.square(mixed).mean()) < _CANCELLED * loudness.max():
        # The channels cancel each other out, or all but one of many are silent.
        mixed = channels[:, loudness.argmax()]
    return np.clip(mixed * 32768, -32768, 32767).astype(np.int16)


def made_usual(channels: NDArray[np.float32]) -> NDArray[np.float32]:
    """Bring whatever numbers a program has written for sound between -1 and 1.

    Some write the numbers of 16 bits as floats, or as if they were of 32. What is no number is
    taken for silence.
    """
    channels = np.where(np.abs(channels) <= _LARGEST_NUMBER, channels, np.float32(0))  # nor NaN
    # A click is not taken for the loudest.
    loudest = float(np.quantile(np.abs(channels).max(axis=1), 0.999))
    if 0 < loudest < _BELOW_16_BITS or loudest > 1:
        return channels / np.float32(loudest)
    return channels
