"""Music that a voice detector takes for a voice."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
_NOTES = (196, 220, 247, 262, 294, 330, 349, 392, 440)  # Hz
_NOTE_SECONDS = 0.25


def melody(seconds: float = 4.0, seed: int = 0) -> NDArray[np.float32]:
    """Return notes of eight partials with vibrato, each dying away, as a plucked string's."""
    chance = np.random.default_rng(seed)
    times = np.arange(int(_NOTE_SECONDS * SAMPLE_RATE)) / SAMPLE_RATE
    notes = []
    for _ in range(round(seconds / _NOTE_SECONDS)):
        hertz = chance.choice(_NOTES) * (1 + 0.01 * np.sin(2 * np.pi * 5 * times))
        phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
        partials = sum(np.sin(phase * number) / number for number in range(1, 9))
        notes.append(partials * np.exp(-3 * times))
    sound = np.concatenate(notes)
    return (0.2 * sound / np.abs(sound).max()).astype(np.float32)
