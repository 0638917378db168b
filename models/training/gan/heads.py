"""The neighbourhood of birds' heads, cut out of pictures for discriminators of their own."""

from __future__ import annotations

import torch
from torch import Tensor

from models.sketches.pose import PARTS, Pose
from models.training.data.augment import Movement
from models.training.data.resampling import cut_squares

HEAD = [PARTS.index(part) for part in ("beak", "crown", "forehead", "left eye", "right eye")]
SIDE = 0.3
"""Side of the square, as a share of the picture's."""


def cut_heads(images: Tensor, pose: Pose, size: int, movement: Movement) -> Tensor:
    """Cut a square round the head of each bird and bring it to `size` pixels.

    Where nobody knows the head, it is the middle of the upper half: the same for a photograph and
    for the drawing that was told its pose.

    Parameters
    ----------
    images : (B, 3, S, S) pictures of birds in that pose.
    movement : how pictures are moved before they are judged; heads are moved half as far.
    """
    visible = pose.visible[:, HEAD].float()[..., None]
    known = visible.sum(1) > 0
    mean = (pose.places[:, HEAD] * visible).sum(1) / visible.sum(1).clamp_min(1)
    centre = torch.where(known, mean, torch.tensor([0.5, 0.3], device=mean.device))
    centre = centre + movement.shift.to(mean.device) * SIDE / 4
    side = SIDE * movement.scale.to(mean.device)
    return cut_squares(images, centre - side[:, None] / 2, side, size)
