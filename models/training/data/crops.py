"""Squares cut at random round a bird, mirrored by chance, with the places of its parts."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.batched import Batched
from models.networks.config import setting
from models.sketches.pose import PARTS, Pose
from models.training.data.resampling import cut_squares

HEAD = [
    PARTS.index(part)
    for part in ("beak", "crown", "forehead", "left eye", "right eye", "nape", "throat")
]
MARGIN = 0.03
"""What is left between the head and the border, as a share of the photograph's side."""

CENTRED = 1.25
"""Side of a square that is not cut at random, in units of the longer side of the bird's box."""

SMALLEST = 0.4
"""Side of the smallest square, as a share of the photograph's: less would be blurred."""


@dataclass(frozen=True)
class CropSettings:
    """How squares are cut."""

    closest: float = setting(
        1.1,
        "side of the smallest square in units of the longer side of the bird's box, where the "
        "photograph has room",
    )
    farthest: float = setting(1.4, "of the largest")
    shift: float = setting(
        0.04, "how far its centre may lie from the box's, as a share of the photograph's side"
    )


@dataclass(frozen=True)
class Crop(Batched):
    """A square in each of B photographs.

    Attributes
    ----------
    corner : (B, 2) left and top as shares of the photograph's side.
    side : (B,) likewise.
    mirrored : (B,)
    """

    corner: Tensor
    side: Tensor
    mirrored: Tensor

    def __len__(self) -> int:
        return len(self.side)

    @classmethod
    def sample(cls, boxes: Tensor, pose: Pose, settings: CropSettings) -> Crop:
        """Choose at random round birds' boxes (B, 4), the head inside where there is room."""
        count = len(boxes)
        span = settings.farthest - settings.closest
        scale = settings.closest + span * torch.rand(count)
        shift = settings.shift * (2 * torch.rand(count, 2) - 1)
        side = (boxes[:, 2:].amax(1) * scale).clamp(SMALLEST, 1.0)
        corner = boxes[:, :2] + boxes[:, 2:] / 2 + shift - side[:, None] / 2
        corner = _with_heads(corner, side, pose)
        return cls(_inside(corner, side), side, torch.rand(count) < 0.5)

    @classmethod
    def centred(cls, boxes: Tensor, mirrored: bool = False) -> Crop:
        """The same square each time, `CENTRED` times as large as the bird."""
        side = (boxes[:, 2:].amax(1) * CENTRED).clamp(SMALLEST, 1.0)
        corner = boxes[:, :2] + boxes[:, 2:] / 2 - side[:, None] / 2
        return cls(_inside(corner, side), side, torch.full((len(boxes),), mirrored))

    def cut(self, photographs: Tensor, size: int) -> Tensor:
        """Cut the squares out of photographs (B, 3, S, S) and bring them to `size` pixels."""
        cut = cut_squares(photographs, self.corner, self.side, size, self.mirrored)
        return cut.clamp_(-1, 1)

    def pose(self, pose: Pose) -> Pose:
        """Where parts of the photographs' birds are in the squares."""
        places = (pose.places - self.corner[:, None]) / self.side[:, None, None]
        across = torch.where(self.mirrored[:, None], 1 - places[..., 0], places[..., 0])
        return Pose(torch.stack([across, places[..., 1]], dim=2), pose.visible).inside()


def _with_heads(corner: Tensor, side: Tensor, pose: Pose) -> Tensor:
    """Move squares so that all of the head that is known lies in them; the beak's side wins."""
    places, visible = pose.places[:, HEAD], pose.visible[:, HEAD, None]
    first = places.masked_fill(~visible, 2.0).amin(1) - MARGIN
    last = places.masked_fill(~visible, -1.0).amax(1) + MARGIN
    known = visible.any(1)
    moved = torch.maximum(corner, last - side[:, None])
    moved = torch.minimum(moved, first)
    return torch.where(known, moved, corner)


def _inside(corner: Tensor, side: Tensor) -> Tensor:
    return torch.minimum(corner.clamp_min(0), 1 - side[:, None])
