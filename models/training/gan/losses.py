"""The losses that teach a generator and its discriminators."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from models.training.gan.discriminators import Scores

LUMINANCE = (0.299, 0.587, 0.114)
"""Rec. 601's weights of red, green and blue."""
BESIDE = range(3, 7)
"""Bins of a spectrum from a line to the frequencies that it is compared with, on either side: under
Hann's window it reaches no further than two."""


def discriminator_loss(
    real: Scores, wrong_sentence: Scores | None, drawn: Scores, kind: str = "hinge"
) -> Tensor:
    """Loss of one discriminator, unconditional plus conditional.

    Parameters
    ----------
    wrong_sentence : real pictures beside the sentences of others, which are half of the
        conditional negatives; None for a discriminator that is shown no sentences.
    kind : "hinge", or "cross_entropy" for the paper's (AttnGAN, equation 5), where the terms of
        photographs and those of all that is wrong are averaged as in its published code.
    """
    if kind == "cross_entropy":
        right = [_cross_entropy(real.unconditional, real=True)]
        false = [_cross_entropy(drawn.unconditional, real=False)]
        if wrong_sentence is not None:
            right.append(_cross_entropy(real.conditional, real=True))
            false.append(_cross_entropy(drawn.conditional, real=False))
            false.append(_cross_entropy(wrong_sentence.conditional, real=False))
        return torch.stack(right).mean() + torch.stack(false).mean()
    loss = _hinge(real.unconditional, real=True) + _hinge(drawn.unconditional, real=False)
    if wrong_sentence is None:
        return loss
    negatives = _hinge(drawn.conditional, real=False) + _hinge(
        wrong_sentence.conditional, real=False
    )
    return loss + _hinge(real.conditional, real=True) + negatives / 2


def generator_loss(drawn: Scores, kind: str = "hinge") -> Tensor:
    """What a generator loses by not convincing one discriminator (AttnGAN, equation 4)."""
    if kind == "cross_entropy":
        loss = _cross_entropy(drawn.unconditional, real=True)
        return loss + _cross_entropy(drawn.conditional, real=True) if drawn.conditional else loss
    loss = -_mean(drawn.unconditional)
    return loss - _mean(drawn.conditional) if drawn.conditional else loss


def condition_loss(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence of the condition's distribution from a standard normal one."""
    return -0.5 * (1 + log_variance - mean.pow(2) - log_variance.exp()).float().mean()


def consistency_loss(picture: Tensor, earlier: Tensor) -> Tensor:
    """Mean absolute difference of a stage's picture, shrunk, from that of the stage before."""
    shrunk = F.avg_pool2d(picture, picture.shape[-1] // earlier.shape[-1])
    return (shrunk - earlier).abs().mean()


def block_loss(picture: Tensor) -> Tensor:
    """How unlike steps between pixels are within and across the places that a stage doubled.

    Each place becomes two by two pixels. In photographs steps within such a block are as large as
    those to the next one; where they are smaller, blocks are seen. Discriminators that look at
    shrunk or enlarged pictures see them badly.

    Parameters
    ----------
    picture : (B, 3, S, S)

    Returns
    -------
    |log(across / within)| of the mean absolute steps, along both sides together; 0 is no blocks.
    """
    loss = torch.zeros((), device=picture.device)
    for side in (2, 3):
        steps = picture.float().diff(dim=side).abs().transpose(2, side)
        loss = loss + (steps[:, :, 1::2].mean() / steps[:, :, ::2].mean()).log().abs()
    return loss


def checkerboard_loss(picture: Tensor, doublings: int) -> Tensor:
    """How far the energy at the grids of earlier stages stands out of that beside it.

    Enlarging leaves patterns that repeat with the pixels of earlier stages. It is what `look` calls
    a checkerboard, for a whole batch.

    Parameters
    ----------
    picture : (B, 3, S, S), with S divisible by the largest period and at least 64.
    doublings : how many stages came before: their pixels have 2, 4, ... of these.

    Returns
    -------
    Logarithms of the energy over the mean of that beside it, where it is more, along both sides
    and for each period together; 0 is no grid.
    """
    luminance = _luminance(picture)
    loss = torch.zeros((), device=picture.device)
    for rows in (luminance, luminance.transpose(1, 2)):
        length = rows.shape[-1]
        window = torch.hann_window(length, device=rows.device)
        spectrum = torch.fft.rfft((rows - rows.mean(dim=-1, keepdim=True)) * window)
        energy = spectrum.abs().square().mean(dim=(0, 1)).clamp(min=1e-6).log()
        for doubling in range(1, doublings + 1):
            line = length >> doubling
            beside = [line - offset for offset in BESIDE]
            beside += [line + offset for offset in BESIDE if line + offset < len(energy)]
            loss = loss + torch.relu(energy[line] - energy[beside].mean())
    return loss


def spectrum_loss(drawn: Tensor, photographs: Tensor) -> Tensor:
    """How far drawings have more or less detail of each fineness than photographs (Durall, 2020).

    Discriminators alone let a stage of fine detail swing from too soft to too rough and back.

    Parameters
    ----------
    drawn, photographs : (B, 3, S, S), a batch of each.

    Returns
    -------
    Mean over thirds of octaves of |log(energy of drawings / energy of photographs)|; 0 is as much.
    """
    return (_octave_thirds(drawn) - _octave_thirds(photographs)).abs().mean()


def _octave_thirds(pictures: Tensor) -> Tensor:
    """Logarithm of a batch's mean energy in each third of an octave, from four cycles a side."""
    side, device = pictures.shape[-1], pictures.device
    luminance = _luminance(pictures)
    window = torch.hann_window(side, device=device)
    shown = (luminance - luminance.mean((1, 2), keepdim=True)) * window * window[:, None]
    energy = torch.fft.rfft2(shown).abs().square().mean(dim=0)
    down, across = torch.fft.fftfreq(side, 1 / side), torch.fft.rfftfreq(side, 1 / side)
    cycles = (down[:, None].square() + across.square()).sqrt().to(device)
    third = (3 * (cycles / 4).log2()).floor().clamp(min=-1).long().flatten() + 1
    sums = energy.new_zeros(int(3 * math.log2(side / 4)) + 2)
    counts = sums.index_add(0, third, torch.ones_like(energy).flatten())
    found = sums.index_add(0, third, energy.flatten()) / counts.clamp(min=1)
    return found[1:][counts[1:] > 0].clamp(min=1e-6).log()


def _luminance(pictures: Tensor) -> Tensor:
    weights = pictures.new_tensor(LUMINANCE, dtype=torch.float32)
    return torch.einsum("bchw,c->bhw", pictures.float(), weights)


def _mean(scales: Sequence[Tensor]) -> Tensor:
    """Mean over scales of each scale's mean: a coarse scale of few places counts as much."""
    return torch.stack([scores.float().mean() for scores in scales]).mean()


def _hinge(scales: Sequence[Tensor], real: bool) -> Tensor:
    sign = 1 if real else -1
    return _mean([torch.relu(1 - sign * scores.float()) for scores in scales])


def _cross_entropy(scales: Sequence[Tensor], real: bool) -> Tensor:
    """Binary cross entropy of sigmoids, from logits."""
    sign = 1 if real else -1
    return _mean([F.softplus(-sign * scores.float()) for scores in scales])
