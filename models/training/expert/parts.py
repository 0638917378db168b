"""What teaches a `PartHead`, and what it finds."""

from __future__ import annotations

import torch
from torch import Tensor

from models.sketches.pose import MEMBERS, PARTS, Pose

TARGET_WIDTH = 0.8
"""Standard deviation of a part's target, in places of the grid."""

LEAST_MASS = 0.2
"""Of a part's target on the grid; below it the part counts as not to be seen."""


def part_loss(logits: Tensor, pose: Pose, known: Tensor | None = None) -> Tensor:
    """Cross entropy between where parts are looked for and where they are.

    Parameters
    ----------
    logits : (B, 11, G * G + 1) from `PartHead`.
    pose : of the pictures that were looked at.
    known : (B,) whether anybody knows a picture's parts; the others do not count.
    """
    side = round((logits.shape[2] - 1) ** 0.5)
    bumps = pose.maps(side, TARGET_WIDTH / side).flatten(2)
    mass = bumps.sum(2, keepdim=True)
    unseen = (mass < LEAST_MASS).float()
    target = torch.cat([bumps / mass.clamp_min(1e-6) * (1 - unseen), unseen], dim=2)
    losses = -(target * logits.log_softmax(2)).sum(2).mean(1)
    if known is None:
        return losses.mean()
    return (losses * known).sum() / known.sum().clamp_min(1)


def found_pose(logits: Tensor, least: float = 0.5) -> Pose:
    """The most probable place of each part, for parts that are seen more probably than `least`.

    A group's place is given to the first of its parts.
    """
    side = round((logits.shape[2] - 1) ** 0.5)
    probability = logits.softmax(2)
    best = probability[..., :-1].argmax(2)
    # The mean over the neighbourhood of the best place is finer than the grid.
    maps = probability[..., :-1].unflatten(2, (side, side))
    rows = torch.arange(side, device=logits.device)
    near_row = (rows - (best // side)[..., None]).abs() <= 1
    near_column = (rows - (best % side)[..., None]).abs() <= 1
    near = maps * near_row[..., :, None] * near_column[..., None, :]
    mass = near.sum((2, 3)).clamp_min(1e-9)
    centres = (rows + 0.5) / side
    across = (near * centres).sum((2, 3)) / mass
    down = (near * centres[:, None]).sum((2, 3)) / mass
    places = torch.full((len(logits), len(PARTS), 2), -1.0, device=logits.device)
    visible = torch.zeros((len(logits), len(PARTS)), dtype=torch.bool, device=logits.device)
    first = [members[0] for members in MEMBERS]
    places[:, first] = torch.stack([across, down], dim=2)
    visible[:, first] = 1 - probability[..., -1] > least
    return Pose(places, visible)
