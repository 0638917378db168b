"""How far the mean of drawings' frozen features is from that of photographs, and a loss for it.

Discriminators look at places of feature maps, one picture at a time; that drawings as a whole are
a little off everywhere escapes them. Means over single batches are mostly chance, so they are
followed over many steps (Dos Santos et al., Learning implicit generative models by matching
perceptual features, ICCV 2019, section 3.2, with a plain moving average).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from models.training.gan.discriminators import Seen
from models.training.runs import distributed

DECAY = 0.97
"""Of what is followed: 33 steps, in which means over some 500 pictures settle."""


class MeanMatching(nn.Module):
    """Follows both means for one stage.

    Parameters
    ----------
    channels : of each tapped feature map.
    pooled_size : of the pooled feature.
    """

    gap: Tensor
    variance: Tensor
    steps: Tensor

    def __init__(self, channels: tuple[int, ...], pooled_size: int) -> None:
        super().__init__()
        size = sum(channels) + pooled_size
        self.register_buffer("gap", torch.zeros(size))
        self.register_buffer("variance", torch.zeros(size))
        self.register_buffer("steps", torch.zeros((), dtype=torch.long))

    @torch.no_grad()
    def follow(self, real: Seen, fake: Seen) -> None:
        """Take a step's photographs and drawings into account."""
        photographs, drawings = _features(real), _features(fake)
        self.steps += 1
        weight = max(1 - DECAY, 1 / int(self.steps))  # the first steps count alike
        self.gap.lerp_(drawings.mean(0) - photographs.mean(0), weight)
        self.variance.lerp_(photographs.var(0), weight)

    def loss(self, fake: Seen) -> Tensor:
        """Mean over features of (m_fake - m_real)^2 / variance of the photographs, as a scalar.

        Its value is that of the means that are followed; its gradient is that of this step's
        drawings, in the direction of what is followed:

            d loss / d m_fake = 2 (m_fake - m_real) / variance / number of features.
        """
        direction = self.gap / (self.variance + 1e-6)
        value = (self.gap * direction).mean()
        drawn = 2 * (direction * _features(fake).mean(0)).mean()
        return value + drawn - drawn.detach()


def _features(seen: Seen) -> Tensor:
    """Features (N, F) of the pictures of all processes: maps by their means, and the pooled one."""
    assert seen.pooled is not None
    parts = [feature_map.float().mean(dim=(2, 3)) for feature_map in seen.maps]
    return distributed.gather(torch.cat([*parts, seen.pooled.float()], dim=1))
