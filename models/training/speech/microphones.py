"""What telephones and laptops make of sound."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from models.training.speech.backgrounds import shaped
from models.training.speech.effects import Samples, limit

_COMPANDING = 255.0
_STEPS = 128.0
"""G.711: 8 bits on a logarithmic scale (mu-law)."""


def through_telephone(samples: Samples, rng: Generator) -> Samples:
    """Keep 300 to 3,400 Hz, in the steps of a telephone line."""
    lowest, highest = rng.uniform(200, 400), rng.uniform(3000, 3600)
    band = (lowest / 2, lowest, highest, highest * 1.2)
    narrow = limit(shaped(samples, band, (-40, 0, 0, -60)))
    peak = float(np.abs(narrow).max(initial=0))
    if not peak:
        return samples
    level = np.log1p(_COMPANDING * np.abs(narrow) / peak) / np.log1p(_COMPANDING)
    level = np.round(level * _STEPS) / _STEPS
    return (np.sign(narrow) * np.expm1(level * np.log1p(_COMPANDING)) * peak / _COMPANDING).astype(
        np.float32
    )


def through_laptop(samples: Samples, rng: Generator) -> Samples:
    """Thin out the lowest and highest tones, and colour those between; loud ones are flattened."""
    low, high = rng.uniform(80, 300), rng.uniform(4500, 7500)
    hertz = (low / 2, low, 500, 1000, 2000, 4000, high, 8000)
    colour = rng.uniform(-6, 6, 5)
    sound = shaped(samples, hertz, (-24, *colour[:4], colour[4], colour[4] - 3, -30))
    peak = float(np.abs(sound).max(initial=0))
    if not peak:
        return samples
    drive = rng.uniform(0.2, 1.5)
    return limit(np.tanh(sound / peak * drive) * peak / drive)
