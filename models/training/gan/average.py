"""The moving average of the generator's weights, which is what draws once training is over."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
