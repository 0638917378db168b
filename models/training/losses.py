"""The losses that teach a generator and its discriminators."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from models.training.discriminators import Scores


def discriminator_loss(real: Scores, wrong_sentence: Scores | None, drawn: Scores) -> Tensor:
    """Hinge loss of one discriminator, unconditional plus conditional.

    Parameters
    ----------
    wrong_sentence : real pictures beside the sentences of others, which are half of the
        conditional negatives; None for a discriminator that is shown no sentences.
    """
    loss = _hinge(real.unconditional, real=True) + _hinge(drawn.unconditional, real=False)
    if wrong_sentence is None:
        return loss
    negatives = _hinge(drawn.conditional, real=False) + _hinge(
        wrong_sentence.conditional, real=False
    )
    return loss + _hinge(real.conditional, real=True) + negatives / 2


def generator_loss(drawn: Scores) -> Tensor:
    """What a generator gains by convincing one discriminator (hinge form)."""
    loss = -_mean(drawn.unconditional)
    return loss - _mean(drawn.conditional) if drawn.conditional else loss


def condition_loss(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Kullback-Leibler divergence of the condition's distribution from a standard normal one."""
    return -0.5 * (1 + log_variance - mean.pow(2) - log_variance.exp()).float().mean()


def mode_seeking_loss(first: Tensor, second: Tensor, target: float) -> Tensor:
    """How far two pictures of one sentence fall short of differing by `target`.

    After Mao et al. (CVPR 2019), as a hinge: pictures (B, 3, S, S) of the same sentences and other
    noises are compared at 16 x 16 px by their mean absolute difference (of 2, black to white).
    Differences beyond the target earn nothing, so that the sentence keeps its say.
    """
    difference = F.adaptive_avg_pool2d(first, 16) - F.adaptive_avg_pool2d(second, 16)
    return F.relu(target - difference.abs().mean(dim=(1, 2, 3))).mean()


def consistency_loss(picture: Tensor, earlier: Tensor) -> Tensor:
    """Mean absolute difference of a stage's picture, shrunk, from that of the stage before."""
    shrunk = F.avg_pool2d(picture, picture.shape[-1] // earlier.shape[-1])
    return (shrunk - earlier).abs().mean()


def _mean(scales: Sequence[Tensor]) -> Tensor:
    """Mean over scales of each scale's mean: a coarse scale of few places counts as much."""
    return torch.stack([scores.float().mean() for scores in scales]).mean()


def _hinge(scales: Sequence[Tensor], real: bool) -> Tensor:
    sign = 1 if real else -1
    return _mean([torch.relu(1 - sign * scores.float()) for scores in scales])
