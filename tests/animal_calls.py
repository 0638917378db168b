"""Calls of animals, made as an animal makes them: pulses or a sweeping tone through a throat."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SAMPLE_RATE = 16_000
Samples = NDArray[np.float32]


@dataclass(frozen=True)
class Call:
    """One animal's.

    Attributes
    ----------
    pitch : in Hz, at even steps from a call's beginning to its end.
    formants : resonances of the throat in Hz; none for a whistle.
    seconds, pause : how long a call is, and what is between two.
    partials : of the tone.
    noise : share of breath in the tone.
    """

    pitch: tuple[float, ...]
    formants: tuple[float, ...]
    seconds: float
    pause: float
    partials: int = 30
    noise: float = 0.0


CALLS = {
    "dog": Call((350, 600, 300), (650, 1500, 2600), 0.18, 0.35, noise=0.4),
    "cat": Call((450, 700, 650, 400), (800, 1800, 3000), 0.7, 0.6),
    "cow": Call((120, 160, 150, 110), (350, 900, 2300), 1.4, 0.8),
    "sheep": Call((220, 240, 220, 240, 220, 240, 210), (700, 1700, 2600), 0.8, 0.5, noise=0.1),
    "frog": Call((90, 110, 90), (500, 1300), 0.25, 0.25, noise=0.2),
    "crow": Call((400, 460, 380), (1100, 1700, 2800), 0.35, 0.3, noise=0.5),
    "owl": Call((330, 380, 340), (), 0.5, 0.4, partials=2),
    "dove": Call((480, 560, 500, 480), (), 0.45, 0.25, partials=3),
    "songbird": Call((3200, 5200, 2600, 4800, 3600), (), 0.3, 0.1, partials=2),
    "wolf": Call((300, 520, 600, 580, 350), (600, 1200), 2.5, 0.5, partials=8),
}


def animal(name: str, seconds: float = 4.0, seed: int = 0) -> Samples:
    """Let one of `CALLS` be heard again and again, no call quite like another."""
    chance = np.random.default_rng(seed)
    call, sounds, length = CALLS[name], [], 0
    while length < seconds * SAMPLE_RATE:
        pause = np.zeros(int(call.pause * chance.uniform(0.7, 1.3) * SAMPLE_RATE))
        sounds += [_one(call, chance), pause]
        length += len(sounds[-2]) + len(pause)
    sound = np.concatenate(sounds)[: int(seconds * SAMPLE_RATE)]
    return (0.2 * sound / np.abs(sound).max()).astype(np.float32)


def _one(call: Call, chance: np.random.Generator) -> NDArray[np.float64]:
    count = int(call.seconds * chance.uniform(0.85, 1.15) * SAMPLE_RATE)
    steps = np.linspace(0, 1, len(call.pitch))
    hertz = np.interp(np.linspace(0, 1, count), steps, call.pitch) * chance.uniform(0.92, 1.08)
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLE_RATE
    numbers = np.arange(1, call.partials + 1)[:, None]
    audible = numbers * hertz < SAMPLE_RATE / 2
    tone = (np.sin(phase * numbers) * audible / numbers).sum(0)
    tone += call.noise * chance.standard_normal(count)
    return _through(tone, call.formants) * np.hanning(count) ** 0.5


def _through(tone: NDArray[np.float64], formants: tuple[float, ...]) -> NDArray[np.float64]:
    if not formants:
        return tone
    spectrum = np.fft.rfft(tone)
    hertz = np.fft.rfftfreq(len(tone), 1 / SAMPLE_RATE)
    gain = sum(1 / (1 + ((hertz - formant) / 120) ** 2) for formant in formants)
    return np.fft.irfft(spectrum * gain, len(tone))
