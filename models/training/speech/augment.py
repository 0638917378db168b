"""Frames as another person in another hurry would have given them, with stretches unheard."""

from __future__ import annotations

from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from models.training.speech.spoken_data import SpokenBatch


def warped(batch: SpokenBatch, tract: float, tempo: float) -> SpokenBatch:
    """Stretch each utterance's frequencies and time by factors of its own.

    A shorter vocal tract has higher resonances (Jaitly and Hinton, vocal tract length perturbation,
    2013); here the mel axis is stretched, which is close to it and needs no sound.

    Parameters
    ----------
    tract, tempo : largest change of frequencies and of time, as a share of one.
    """
    voices = [
        _warp(mels[:, :frames], _factor(tract), _factor(tempo))
        for mels, frames in zip(batch.mels, batch.frames.tolist(), strict=True)
    ]
    return batch.with_frames(voices)


def masked(batch: SpokenBatch, bands: int, frames: int) -> SpokenBatch:
    """Blank two stripes of mel bands and two stretches of frames (SpecAugment, Park et al., 2019).

    Parameters
    ----------
    bands, frames : the widest of each.
    """
    mels = batch.mels.clone()
    for row, length in zip(mels, batch.frames.tolist(), strict=True):
        for _ in range(2):
            _blank(row, bands)
            _blank(row[:, :length].T, frames)
    return replace(batch, mels=mels)


def _warp(mels: Tensor, tract: float, tempo: float) -> Tensor:
    bands, frames = mels.shape
    size = (round(bands * tract), max(1, round(frames * tempo)))
    stretched = F.interpolate(mels[None, None], size, mode="bilinear")[0, 0]
    if size[0] >= bands:
        return stretched[:bands]
    return torch.cat([stretched, stretched[-1:].expand(bands - size[0], -1)])


def _factor(change: float) -> float:
    return 1 + change * (2 * float(torch.rand(())) - 1)


def _blank(rows: Tensor, widest: int) -> None:
    """Set some neighbouring rows to 0, the mean, in place."""
    width = int(torch.randint(widest + 1, ()))
    start = int(torch.randint(max(1, len(rows) - width), ()))
    rows[start : start + width] = 0
