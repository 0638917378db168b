"""What a room, a microphone and other people do to speech.

Functions of mono float32 samples at `SAMPLE_RATE`. They leave silence as it is, and scale their
result down where its peak would pass 1.
"""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from models.sound.log_mel import SAMPLE_RATE
from models.training.speech.backgrounds import BACKGROUNDS

Samples = NDArray[np.float32]

_FRAME = SAMPLE_RATE // 40
"""Samples in 25 ms, over which a level is taken."""

_ACTIVE_RANGE = 30.0
"""Frames this many dB below the loudest one, or more, are pauses."""


def active_level(samples: Samples) -> float:
    """Root mean square of speech without its pauses.

    A level over everything would call a sentence with a long pause quiet, and give it less noise
    than the same sentence without.

    Returns
    -------
    The root mean square of all 25 ms frames that are less than 30 dB below the loudest; 0 for
    silence.
    """
    if not np.any(samples):
        return 0.0
    frame = min(_FRAME, len(samples))
    whole = samples[: len(samples) // frame * frame].astype(np.float64)
    powers = np.square(whole.reshape(-1, frame)).mean(axis=1)
    active = powers[powers > powers.max() * 10 ** (-_ACTIVE_RANGE / 10)]
    return float(np.sqrt(active.mean())) if len(active) else 0.0


def limit(samples: NDArray[np.floating]) -> Samples:
    """Scale down what would clip, that is, has a peak above 1."""
    peak = np.abs(samples).max(initial=1.0)
    return (samples / peak).astype(np.float32)


def set_level(samples: Samples, decibels: float) -> Samples:
    """Bring speech to an active level, in dB relative to full scale (a constant 1)."""
    level = active_level(samples)
    if not level:
        return samples
    return limit(samples * (10 ** (decibels / 20) / level))


def add_pauses(samples: Samples, before: float, after: float) -> Samples:
    """Put silence around it, both in seconds."""
    return np.pad(samples, (round(before * SAMPLE_RATE), round(after * SAMPLE_RATE)))


def add_noise(samples: Samples, kind: str, decibels: float, rng: Generator) -> Samples:
    """Add a background of a kind in `BACKGROUNDS`, so many dB below the speech's active level."""
    level = active_level(samples)
    if not level:
        return samples
    noise = BACKGROUNDS[kind](samples, rng)
    power = np.sqrt(np.square(noise).mean())
    if not power:
        return samples
    return limit(samples + noise * (level * 10 ** (-decibels / 20) / power))


def add_echo(samples: Samples, seconds: float, direct: float, rng: Generator) -> Samples:
    """Let it sound in a room whose echo falls by 60 dB in so many seconds (RT60).

    The room's answer to an impulse is the impulse itself, then noise that decays exponentially
    (Moorer 1979), `direct` dB weaker in all: the farther away, the less. The result is longer than
    the speech by the echo.
    """
    response = room_response(seconds, direct, rng)
    length = len(samples) + len(response) - 1
    size = 1 << (length - 1).bit_length()
    spectrum = np.fft.rfft(samples.astype(np.float64), size) * np.fft.rfft(response, size)
    if not np.any(samples):
        return np.zeros(length, np.float32)  # the transform's rounding is not silent
    return limit(np.fft.irfft(spectrum, size)[:length])


def room_response(seconds: float, direct: float, rng: Generator) -> NDArray[np.float64]:
    """Answer of a room to an impulse.

    Parameters
    ----------
    seconds : until the echo has fallen by 60 dB.
    direct : power of the direct sound, in dB relative to that of the echo.
    """
    times = np.arange(1, max(round(seconds * SAMPLE_RATE), 1) + 1) / SAMPLE_RATE
    echo = rng.standard_normal(len(times)) * 10 ** (-3 * times / seconds)
    echo *= 10 ** (-direct / 20) / np.sqrt(np.square(echo).sum())
    return np.concatenate([[1.0], echo])
