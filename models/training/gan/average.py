"""Averages of the generator's weights, which are what draws once training is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor
from torch.optim.swa_utils import get_ema_multi_avg_fn


def growing_average(
    decay: float,
) -> Callable[[Sequence[Tensor], Sequence[Tensor], Tensor | int], None]:
    """A moving average, for `AveragedModel`, that forgets the untrained weights soon.

    The decay grows to its full value over the first updates, as min(decay, (1 + n) / (10 + n)).
    With a constant .997 the untrained weights still make up a seventh of the average after 650
    updates, so that early pictures, and all of a short run's, were grey.
    """

    def update(averaged: Sequence[Tensor], current: Sequence[Tensor], count: Tensor | int) -> None:
        grown = min(decay, (1 + int(count)) / (10 + int(count)))
        get_ema_multi_avg_fn(grown)(averaged, current, count)

    return update


class MeanOfStates:
    """The plain mean of a network's weights at several times (stochastic weight averaging)."""

    def __init__(self) -> None:
        self.count = 0
        self.weights: dict[str, Tensor] = {}

    @torch.no_grad()
    def add(self, weights: Mapping[str, Tensor]) -> None:
        """Take one more time into account; what is counted, not measured, is the newest."""
        self.count += 1
        for name, value in weights.items():
            if self.count > 1 and value.is_floating_point():
                so_far = self.weights[name].to(value.device)  # resumed, it comes from the disk
                self.weights[name] = so_far.lerp_(value, 1 / self.count)
            else:
                self.weights[name] = value.clone()

    def state(self) -> dict[str, Any]:
        return {"count": self.count, "weights": self.weights}

    def resume(self, state: Mapping[str, Any]) -> None:
        self.count = state["count"]
        self.weights = {name: value.clone() for name, value in state["weights"].items()}
