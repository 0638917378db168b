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
    power = _own_filters() @ spectrum.abs().square()
    logarithm = power.clamp_min(1e-10).log()
    logarithm = logarithm.clamp_min(logarithm.max() - _DYNAMICS)
    return (logarithm - logarithm.mean()) / _SPREAD


@functools.cache
def _window() -> Tensor:
    return torch.hann_window(WINDOW)


@functools.cache
def _own_filters() -> Tensor:
    """Triangles (MELS, WINDOW / 2 + 1) evenly spaced in mel, whose weights add up to 1."""
    edges = _hertz(torch.linspace(_mel(_LOWEST), _mel(_HIGHEST), MELS + 2))
    triangles = _triangles(edges)
    # Low triangles are narrower than a bin and could miss them all: each takes its nearest one.
    nearest = (_bins() - edges[1:-1, None]).abs().argmin(dim=1)
    rows = torch.arange(MELS)
    triangles[rows, nearest] = triangles[rows, nearest].clamp_min(0.5)
    return triangles / triangles.sum(dim=1, keepdim=True)


@functools.cache
def slaney_filters() -> Tensor:
    """The triangles that Whisper was taught with (Slaney, Auditory Toolbox, 1998).

    Their middles are evenly spaced up to 1,000 Hz, above it their ratios are the same; each has an
    area of 1 over hertz.
    """
    # 15 steps up to 1,000 Hz; above, 27 steps are a factor of 6.4.
    step, ratio = 200 / 3, math.log(6.4) / 27
    highest = 15 + math.log(SAMPLE_RATE / 2 / 1000) / ratio
    places = torch.linspace(0, highest, MELS + 2, dtype=torch.float64)
    edges = torch.where(places < 15, places * step, 1000 * ((places - 15) * ratio).exp())
    areas = 2 / (edges[2:, None] - edges[:-2, None])
    return (_triangles(edges) * areas).float()


def _triangles(edges: Tensor) -> Tensor:
    """Triangles that overlap by half, from 0 at an edge (in Hz) to 1 at the next, and back."""
    lower, centre, upper = edges[:-2, None], edges[1:-1, None], edges[2:, None]
    rising = (_bins() - lower) / (centre - lower)
    falling = (upper - _bins()) / (upper - centre)
    return torch.minimum(rising, falling).clamp_min(0)


def _bins() -> Tensor:
    return torch.linspace(0, SAMPLE_RATE / 2, WINDOW // 2 + 1)


def _mel(hertz: float) -> float:
    return 2595 * math.log10(1 + hertz / 700)


def _hertz(mel: Tensor) -> Tensor:
    return 700 * (10 ** (mel / 2595) - 1)
