"""Sounds that nobody recorded: noise, a crowd, music, traffic and coughs.

A background is as long as the speech it is to go with, and of any level.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from models.sound.log_mel import SAMPLE_RATE

_BABBLE_VOICES = 6
_SCALES = ((0, 2, 4, 7, 9), (0, 3, 5, 7, 10), (0, 2, 4, 5, 7, 9, 11))
"""Half tones above the lowest one: both pentatonic scales, and the major one."""

Sound = NDArray[np.float64]
Speech = NDArray[np.float32]


def cough(rng: Generator) -> Sound:
    """Two or three bursts of breath, each shorter than the one before; its peak is 1."""
    bursts = []
    for number in range(int(rng.integers(2, 4))):
        seconds = rng.uniform(0.12, 0.3) / (1 + 0.4 * number)
        times = np.arange(round(seconds * SAMPLE_RATE)) / seconds / SAMPLE_RATE
        burst = shaped(rng.standard_normal(len(times)), (200, 600, 2500, 6000), (-15, 0, -3, -18))
        bursts += [
            burst * np.minimum(1, 25 * times) * np.exp(-4 * times),
            np.zeros(len(times) // 3),
        ]
    sound = np.concatenate(bursts)
    return sound / np.abs(sound).max()


def shaped(sound: Sound | Speech, hertz: tuple[float, ...], decibels: tuple[float, ...]) -> Sound:
    """Amplify frequencies by a curve through points; straight lines over the octaves between them.

    Parameters
    ----------
    hertz, decibels : the points, from the lowest; beyond them the curve is level.
    """
    size = 1 << max(1, len(sound) - 1).bit_length()
    octaves = np.log2(np.fft.rfftfreq(size, 1 / SAMPLE_RATE).clip(1))
    gain = 10 ** (np.interp(octaves, np.log2(hertz), decibels) / 20)
    return np.fft.irfft(np.fft.rfft(sound, size) * gain, size)[: len(sound)]


def _white(speech: Speech, rng: Generator) -> Sound:
    return rng.standard_normal(len(speech))


def _pink(speech: Speech, rng: Generator) -> Sound:
    """Equal power in every octave."""
    spectrum = np.fft.rfft(rng.standard_normal(len(speech)))
    spectrum[0] = 0
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    return np.fft.irfft(spectrum, len(speech))


def _babble(speech: Speech, rng: Generator) -> Sound:
    """Many talking at once: the speech itself backwards, from many places, in other pitches.

    Backwards, nobody understands it; and no other recording is needed.
    """
    backwards = speech[::-1].astype(np.float64)
    places = np.arange(len(speech))
    voices = np.zeros(len(speech))
    for _ in range(_BABBLE_VOICES):
        pitch, start = rng.uniform(0.8, 1.25), rng.uniform(0, len(speech))
        voices += np.interp(start + places * pitch, places, backwards, period=len(speech))
    return voices


def _music(speech: Speech, rng: Generator) -> Sound:
    """A tune over a bass, plucked or blown, with strokes of a drum."""
    length, beat = len(speech), rng.uniform(0.2, 0.6)
    scale = _SCALES[int(rng.integers(len(_SCALES)))]
    key = 110 * 2 ** (rng.integers(12) / 12)
    fading, sound = rng.uniform(1, 8), np.zeros(length)
    for begin in np.arange(0, length, beat * SAMPLE_RATE).astype(int):
        times = np.arange(min(length - begin, round(2 * beat * SAMPLE_RATE))) / SAMPLE_RATE
        swell = np.minimum(1, 100 * times) * np.exp(-fading * times)
        for octave in (0, *rng.integers(1, 4, 2)):
            hertz = key * 2 ** (octave + rng.choice(scale) / 12)
            for part in range(1, 5):
                sound[begin : begin + len(times)] += (
                    swell * np.sin(2 * np.pi * part * hertz * times) / part**1.5
                )
        drum = rng.standard_normal(len(times)) * np.exp(-40 * times)
        sound[begin : begin + len(times)] += drum
    return sound


def _traffic(speech: Speech, rng: Generator) -> Sound:
    """Cars that come and go: rumbling tyres, and engines whose pitch falls when they pass."""
    times = np.arange(len(speech)) / SAMPLE_RATE
    rumble = shaped(rng.standard_normal(len(speech)), (60, 300, 1200, 5000), (0, -3, -12, -30))
    rumble /= np.abs(rumble).max(initial=1e-9)
    sound = 0.3 * rumble
    for _ in range(3):
        away = (times - rng.uniform(0, times[-1])) / rng.uniform(0.4, 2)
        near = 1 / (1 + away**2)
        hertz = rng.uniform(40, 120) * (1 - 0.08 * away / np.sqrt(1 + away**2))
        turns = np.cumsum(hertz) / SAMPLE_RATE
        engine = sum(np.sin(2 * np.pi * part * turns) / part for part in range(1, 9))
        sound += near * (rumble + 0.15 * engine)
    return sound


BACKGROUNDS: dict[str, Callable[[Speech, Generator], Sound]] = {
    "white": _white,
    "pink": _pink,
    "babble": _babble,
    "music": _music,
    "traffic": _traffic,
}
