"""Sound as log-mel frames: what an ear makes of it, roughly."""

from __future__ import annotations

import functools
import math

import torch
from torch import Tensor

SAMPLE_RATE = 16_000
"""Samples a second."""

MELS = 80
WINDOW = 400
"""25 ms, in samples."""

HOP = 160
"""10 ms, in samples."""

_LOWEST, _HIGHEST = 20.0, 7_800.0  # Hz
_DYNAMICS = 16.0  # natural logarithm; what is quieter than the loudest by more is a floor
_SPREAD = 4.0  # brings the frames of speech to a standard deviation of about 1


def log_mel(samples: Tensor) -> Tensor:
    """Log-mel frames (MELS, F) of mono sound (L,) at `SAMPLE_RATE`, one frame each 10 ms.

    They do not depend on how loud the sound is: the mean over everything is 0. Sound shorter than
    a window gives one frame.
    """
    needed = max(0, WINDOW - len(samples))
    samples = torch.nn.functional.pad(samples.float(), (0, needed))
    spectrum = torch.stft(samples, WINDOW, HOP, window=_window(), center=False, return_complex=True)
    power = _filters() @ spectrum.abs().square()
    logarithm = power.clamp_min(1e-10).log()
    logarithm = logarithm.clamp_min(logarithm.max() - _DYNAMICS)
    return (logarithm - logarithm.mean()) / _SPREAD


@functools.cache
def _window() -> Tensor:
    return torch.hann_window(WINDOW)


@functools.cache
def _filters() -> Tensor:
    """Triangles (MELS, WINDOW / 2 + 1) that overlap by half, evenly spaced in mel."""
    edges = _hertz(torch.linspace(_mel(_LOWEST), _mel(_HIGHEST), MELS + 2))
    bins = torch.linspace(0, SAMPLE_RATE / 2, WINDOW // 2 + 1)
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (bins - lower) / (centre - lower)
    falling = (upper - bins) / (upper - centre)
    triangles = torch.minimum(rising, falling).clamp_min(0)
    # Low triangles are narrower than a bin and could miss them all: each takes its nearest one.
    nearest = (bins - centre).abs().argmin(dim=1)
    rows = torch.arange(MELS)
    triangles[rows, nearest] = triangles[rows, nearest].clamp_min(0.5)
    return triangles / triangles.sum(dim=1, keepdim=True)


def _mel(hertz: float) -> float:
    return 2595 * math.log10(1 + hertz / 700)


def _hertz(mel: Tensor) -> Tensor:
    return 700 * (10 ** (mel / 2595) - 1)
