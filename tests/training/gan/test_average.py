"""The moving average: early it follows, later it is as slow as asked."""

import torch
from torch import nn
from torch.optim.swa_utils import AveragedModel

from models.training.gan.average import growing_average


def averaged_steps(decay: float, steps: int) -> float:
    """The average of a weight that was 0 at first and 1 from the first update on."""
    model = nn.Linear(1, 1, bias=False).requires_grad_(False)
    nn.init.zeros_(model.weight)
    averaged = AveragedModel(model, multi_avg_fn=growing_average(decay))
    averaged.update_parameters(model)
    nn.init.ones_(model.weight)
    for _ in range(steps):
        averaged.update_parameters(model)
    (weight,) = averaged.parameters()
    return weight.item()


def test_untrained_weights_are_forgotten_soon() -> None:
    # A constant .997 would still hold 86 % of the untrained weights.
    assert averaged_steps(0.997, 50) > 0.99


def test_the_decay_never_exceeds_what_was_asked() -> None:
    assert averaged_steps(0.5, 3) >= 1 - 0.5**3
    torch.testing.assert_close(averaged_steps(0.5, 30), 1.0)
