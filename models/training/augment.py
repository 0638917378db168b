"""Differentiable augmentation of what a discriminator sees, real and drawn alike.

With 4,500 pictures a discriminator soon knows them by heart; small shifts, scales, mirrorings and
cut-outs of both kinds keep it from that (Zhao et al., NeurIPS 2020). Colours stay as they are:
sentences are about colours.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor


@dataclass(frozen=True)
class AugmentConfig:
    """Each is a share of the picture's side.

    Attributes
    ----------
    shift : largest shift, either way.
    scale : largest enlargement or reduction.
    cutout : side of the square that is blanked.
    """

    shift: float = 0.12
    scale: float = 0.10
    cutout: float = 0.30


def augment(images: Tensor, size: int, config: AugmentConfig) -> Tensor:
    """Shift, scale, mirror, cut out and bring pictures (B, 3, S, S) to (B, 3, size, size)."""
    batch, device = images.shape[0], images.device
    scale = 1 + config.scale * _signed(batch, device)
    mirror = torch.where(torch.rand(batch, device=device) < 0.5, -1.0, 1.0)
    zeros = torch.zeros(batch, device=device)
    shift_x, shift_y = (2 * config.shift * _signed(batch, device) for _ in range(2))
    theta = torch.stack(
        [
            torch.stack([scale * mirror, zeros, shift_x], dim=1),
            torch.stack([zeros, scale, shift_y], dim=1),
        ],
        dim=1,
    )
    grid = F.affine_grid(theta, [batch, 3, size, size], align_corners=False)
    moved = F.grid_sample(images.float(), grid, padding_mode="reflection", align_corners=False)
    return (moved * _cutout(batch, size, config.cutout, device)).contiguous(
        memory_format=torch.channels_last
    )


def _signed(batch: int, device: torch.device) -> Tensor:
    return torch.rand(batch, device=device) * 2 - 1


def _cutout(batch: int, size: int, share: float, device: torch.device) -> Tensor:
    """Masks (B, 1, size, size) that are zero in a square around a random place."""
    places = torch.arange(size, device=device)
    centre = torch.rand(batch, 2, device=device) * size
    near = (places[None, None, :] - centre[:, :, None]).abs() < share * size / 2
    hidden = near[:, 0, :, None] & near[:, 1, None, :]
    return (~hidden)[:, None].float()
