"""Figures of fine detail: sharpness, checkerboards, blocks and seams along the borders.

All are of the luminance, Rec. 601's .299 R + .587 G + .114 B, from 0 to 255.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from models.training.gan.losses import BESIDE, LUMINANCE

PERIODS = (2, 4, 8)
"""Pixels after which patterns may repeat: what doubling once, twice and three times leaves."""

SIDES = ("left", "top", "right", "bottom")

_BORDER = 4  # pixels
_INSIDE = 12  # pixels next to the border
_TINY = 1e-6  # against which nothing counts, but which makes two nothings equal


@dataclass(frozen=True)
class Detail:
    """Mean figures of pictures of one size.

    Attributes
    ----------
    pictures : how many.
    side : in pixels.
    sharpness : variance of the Laplacian; comparable only between pictures of one side.
    checkerboard : energy at each of `PERIODS` against its neighbours, 1 without a checkerboard.
    blocks : steps at the edges of blocks as large as each of `PERIODS` against the mean step.
    seams : steps at each of `SIDES` against those inside, 1 without a seam.
    """

    pictures: int
    side: int
    sharpness: float
    checkerboard: dict[int, float]
    blocks: dict[int, float]
    seams: dict[str, float]


def measure(pictures: Sequence[Image.Image]) -> Detail:
    """Average the figures of pictures of one size, at least one."""
    maps = [luminance(picture) for picture in pictures]
    edges = [seams(values) for values in maps]
    return Detail(
        pictures=len(maps),
        side=pictures[0].width,
        sharpness=float(np.mean([sharpness(values) for values in maps])),
        checkerboard={
            period: float(np.mean([checkerboard(values, period) for values in maps]))
            for period in PERIODS
        },
        blocks={
            period: float(np.mean([blocks(values, period) for values in maps]))
            for period in PERIODS
        },
        seams={side: float(np.mean([edge[side] for edge in edges])) for side in SIDES},
    )


def luminance(picture: Image.Image) -> np.ndarray:
    """Luminance (H, W) of a picture, not rounded."""
    values: np.ndarray = np.asarray(picture.convert("RGB")) @ np.array(LUMINANCE)
    return values


def sharpness(values: np.ndarray) -> float:
    """Variance of the Laplacian (Pech-Pacheco et al., ICPR 2000) of a luminance (H, W).

    The Laplacian is the four neighbours less four times the pixel. Noise and checkerboards raise
    its variance as well.
    """
    inner = values[1:-1, 1:-1]
    laplacian = values[:-2, 1:-1] + values[2:, 1:-1] + values[1:-1, :-2] + values[1:-1, 2:]
    return float((laplacian - 4 * inner).var())


def checkerboard(values: np.ndarray, period: int) -> float:
    """Energy at exactly one frequency against that beside it, 1 when nothing repeats.

    With P(u) the energy at frequency u, summed over all rows under Hann's window, it is
    P(N / period) over the geometric mean of P(N / period ± 3 .. 6), which lies on the line of a
    spectrum that falls off steeply; likewise for columns; and their mean. Summed over rows, it
    finds stripes as well.

    Parameters
    ----------
    values : luminance (N, N), with N divisible by `period` and at least 64.
    period : 2 or more pixels.
    """
    return (_line(values, period) + _line(values.T, period)) / 2


def _line(rows: np.ndarray, period: int) -> float:
    length = rows.shape[1]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(length) / length)
    energy = (np.abs(np.fft.fft((rows - rows.mean()) * window, axis=1)) ** 2).sum(axis=0) + _TINY
    offsets = np.array(BESIDE)
    frequency = length // period
    # The spectrum of real numbers is symmetric about N / 2, the highest frequency.
    beside = energy[np.concatenate([frequency - offsets, frequency + offsets])]
    return float(energy[frequency] / np.exp(np.log(beside).mean()))


def blocks(values: np.ndarray, period: int) -> float:
    """Mean step of luminance at every `period`-th place, where it is largest, over that at all.

    It finds enlarged pixels of an earlier stage, whose edges are always at the same places, but
    bright on either side: no line of the spectrum shows those. A real photograph stays little
    above 1, since one of the places has to be the largest.

    Parameters
    ----------
    values : luminance (H, W), each at least 32 pixels.
    period : side of a block, 2 or more pixels.
    """
    return float(np.mean([_largest_phase(steps, period) for steps in _steps(values)]))


def _largest_phase(steps: np.ndarray, period: int) -> float:
    largest = max(steps[phase::period].mean() for phase in range(period))
    return against(largest, steps.mean())


def seams(values: np.ndarray) -> dict[str, float]:
    """Mean step of luminance across the outermost 4 px, over that across the next 12 px.

    Steps are |L(x + 1) - L(x)| on the way inwards from each of `SIDES`, so that a line along the
    border shows at its side; that between the 4th and the 5th pixel counts as outermost. It is
    near 1 when the borders are like what lies inside, below it when they are smeared.

    Parameters
    ----------
    values : luminance (H, W), each at least 32 pixels.
    """
    across, down = _steps(values)
    inwards = (across, down, across[::-1], down[::-1])
    return {
        side: against(
            steps[:_BORDER].mean(),
            steps[_BORDER : _BORDER + _INSIDE].mean(),
        )
        for side, steps in zip(SIDES, inwards, strict=True)
    }


def _steps(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean steps from each column to the next (W - 1,), and from each row to the next (H - 1,)."""
    across = np.abs(np.diff(values, axis=1)).mean(axis=0)
    down = np.abs(np.diff(values, axis=0)).mean(axis=1)
    return across, down


def against(value: float, reference: float) -> float:
    """Their ratio; 1 for a picture of one colour, where both are nothing."""
    return float((value + _TINY) / (reference + _TINY))
