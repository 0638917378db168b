"""Differentiable augmentation of what a discriminator sees, real and drawn alike.

With 4,500 pictures a discriminator soon knows them by heart; small shifts, scales and cut-outs of
both kinds keep it from that (Zhao et al., NeurIPS 2020). Colours stay as they are: sentences are
about colours. Drawings are never mirrored, photographs are (`data.crops`): a mirrored drawing would
pass for a bird that looks the other way, and the generator would learn one pose.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.batched import Batched
from models.networks.config import setting
from models.sketches.pose import Pose
from models.training.data.resampling import cut_squares


@dataclass(frozen=True)
class AugmentConfig:
    """Each is a share of the picture's side."""

    shift: float = setting(0.12, "largest shift, either way")
    scale: float = setting(0.10, "largest enlargement or reduction")
    cutout: float = setting(0.30, "side of the square that is blanked")

    @property
    def changes_nothing(self) -> bool:
        return not (self.shift or self.scale or self.cutout)


@dataclass(frozen=True)
class Movement(Batched):
    """How each of B pictures is moved, drawn before the pictures are known.

    Attributes
    ----------
    scale : (B,) enlargement of what is seen; 1 for none.
    shift : (B, 2) shift in units of half a side, right and down.
    cutout : (B, 2) centre of the blanked square, as shares of the side, down and right.
    """

    scale: Tensor
    shift: Tensor
    cutout: Tensor

    @classmethod
    def sample(cls, batch: int, config: AugmentConfig) -> Movement:
        """Choose at random, on the CPU."""
        return cls(
            scale=1 + config.scale * (torch.rand(batch) * 2 - 1),
            shift=2 * config.shift * (torch.rand(batch, 2) * 2 - 1),
            cutout=torch.rand(batch, 2),
        )

    def pose(self, pose: Pose, config: AugmentConfig) -> Pose:
        """Where parts of a picture's bird (B) are seen once it is moved and cut out."""
        device = pose.places.device
        scale, shift = self.scale.to(device), self.shift.to(device)
        places = ((2 * pose.places - 1 - shift[:, None]) / scale[:, None, None] + 1) / 2
        centre = self.cutout.to(device).flip(1)[:, None]
        hidden = ((places - centre).abs() < config.cutout / 2).all(dim=2)
        return Pose(places, pose.visible & ~hidden).inside()


def augment(images: Tensor, size: int, config: AugmentConfig, movement: Movement) -> Tensor:
    """Shift, scale, cut out and bring pictures (B, 3, S, S) to (B, 3, size, size)."""
    if config.changes_nothing and images.shape[-1] == size:
        return images
    corner = (1 + movement.shift - movement.scale[:, None]) / 2
    moved = cut_squares(images, corner, movement.scale, size, largest=1 + config.scale)
    visible = ~_cutout(movement.cutout.to(images.device), size, config.cutout)
    return (moved * visible).contiguous(memory_format=torch.channels_last)


def _cutout(centre: Tensor, size: int, share: float) -> Tensor:
    """Masks (B, 1, size, size) that are true in a square around `centre` (B, 2)."""
    places = torch.arange(size, device=centre.device)
    near = (places[None, None, :] - size * centre[:, :, None]).abs() < share * size / 2
    return (near[:, 0, :, None] & near[:, 1, None, :])[:, None]
