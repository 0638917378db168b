"""A score with its 95 % confidence, from ten splits of the pictures."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

SPLITS = 10
_STUDENT_T = 2.262  # two-sided 95 % of Student's t with nine degrees of freedom


@dataclass(frozen=True)
class Score:
    """A score of all pictures, and how far it may be off.

    Attributes
    ----------
    margin : half the width of the 95 % confidence interval.
    """

    value: float
    margin: float


def shown(score: Score | None, digits: int, scale: float = 1) -> str:
    """A score and its margin as a cell of a table; a dash where there is none."""
    if score is None:
        return "–"
    return f"{scale * score.value:.{digits}f} ± {scale * score.margin:.{digits}f}"


def with_confidence(statistic: Callable[[Tensor], float], count: int, seed: int = 0) -> Score:
    """Score all pictures, and ten times all but a tenth of them: the grouped jackknife.

    The pictures are dealt at random into ten groups, and each of the ten splits leaves one out.
    With t_k the score of split k, the standard error is ((10 - 1) / 10 * sum (t_k - mean t)^2)^1/2.
    For a mean it equals the usual one of ten disjoint groups; but scores that depend on the number
    of pictures, as FID does, are asked for nearly as many as the value itself stands on.

    Parameters
    ----------
    statistic : the score of the pictures whose rows it is given, in ascending order.
    count : number of pictures, at least ten.
    """
    rows = torch.randperm(count, generator=torch.Generator().manual_seed(seed))
    group_of_row = torch.arange(count)[rows.argsort()] % SPLITS
    splits = [statistic((group_of_row != group).nonzero()[:, 0]) for group in range(SPLITS)]
    mean = sum(splits) / SPLITS
    variance = (SPLITS - 1) / SPLITS * sum((split - mean) ** 2 for split in splits)
    return Score(statistic(torch.arange(count)), _STUDENT_T * math.sqrt(variance))
