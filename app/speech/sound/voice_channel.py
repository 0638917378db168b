"""In which channel of a sound does somebody speak?"""

from __future__ import annotations

import numpy as np
import soxr
from numpy.typing import NDArray

from app.speech.sound.silero import RATE, WINDOW, speech_probabilities

_SILENT = 0.001
"""A channel that moves less (-60 dB) has no voice."""

_ALIKE = 0.5
"""Correlation of channels that have the same voice, each at its place, is larger."""


def with_voice(channels: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return the channel in which somebody speaks, if something else is in the others.

    A recorder of two tracks has a voice in one and music in the other. Where the channels are
    alike, or people speak in several of them, all are returned.

    Parameters
    ----------
    channels : shape ``(length, channels)``, between -1 and 1.
    rate : samples per second.

    Raises
    ------
    VoiceDetectorError
        The detector cannot be loaded.
    """
    heard = channels[:, np.ptp(channels, axis=0) > _SILENT] if len(channels) else channels
    if heard.shape[1] < 2 or _are_alike(heard):
        return channels
    each = [_seconds_of_voice(channel, rate) for channel in heard.T]
    together = _seconds_of_voice(channels.mean(axis=1), rate)
    best = int(np.argmax(each))
    return heard[:, [best]] if each[best] >= together else channels


def _are_alike(channels: NDArray[np.float32]) -> bool:
    return bool(np.abs(np.corrcoef(channels, rowvar=False)).min() > _ALIKE)


def _seconds_of_voice(sound: NDArray[np.float32], rate: int) -> float:
    probabilities = speech_probabilities(soxr.resample(sound, rate, RATE, quality="HQ"))
    return float(probabilities.sum()) * WINDOW / RATE
