"""Where the parts of a bird are: what stage 1 is told, and what is found in pictures."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

PARTS = (
    *("back", "beak", "belly", "breast", "crown", "forehead", "left eye", "left leg"),
    *("left wing", "nape", "right eye", "right leg", "right wing", "tail", "throat"),
)
"""The parts whose places Caltech-UCSD Birds gives, in its order; its numbers begin with 1."""

PART_GROUPS = {
    "beak": ("beak",),
    "eye": ("left eye", "right eye"),
    "crown": ("crown", "forehead"),
    "throat": ("throat",),
    "nape": ("nape",),
    "belly": ("belly",),
    "breast": ("breast",),
    "back": ("back",),
    "wing": ("left wing", "right wing"),
    "leg": ("left leg", "right leg"),
    "tail": ("tail",),
}
"""Parts that look alike share a map: a mirrored bird's left eye is a right one."""

MEMBERS = tuple([PARTS.index(part) for part in group] for group in PART_GROUPS.values())
"""The positions in `PARTS` of each group's parts."""


@dataclass(frozen=True)
class Pose:
    """Where the parts of B birds are.

    Attributes
    ----------
    places : (B, 15, 2) of each of `PARTS` as shares of the side, to the right and down.
    seen : (B, 15) which of them are in the picture, or how much of each, 0 .. 1.
    """

    places: Tensor
    seen: Tensor

    def __len__(self) -> int:
        return len(self.places)

    def rows(self, part: slice | Tensor) -> Pose:
        return Pose(self.places[part], self.seen[part])

    def to(self, device: torch.device | str) -> Pose:
        return Pose(self.places.to(device), self.seen.to(device))

    def inside(self) -> Pose:
        """The same without what lies outside of the picture."""
        inside = ((self.places > 0) & (self.places < 1)).all(dim=2)
        return Pose(self.places, self.seen * inside)

    def maps(self, side: int, width: float) -> Tensor:
        """Draw each group of parts as bumps of height 1.

        Parameters
        ----------
        side : of the maps, in places.
        width : standard deviation of a bump, as a share of the side.

        Returns
        -------
        (B, 11, side, side)
        """
        centres = (torch.arange(side, device=self.places.device) + 0.5) / side
        across = (centres - self.places[:, :, :1]).square()
        down = (centres - self.places[:, :, 1:]).square()
        distance = down[:, :, :, None] + across[:, :, None, :]
        bumps = torch.exp(-distance / (2 * width**2)) * self.seen[:, :, None, None]
        return torch.stack([bumps[:, members].amax(dim=1) for members in MEMBERS], dim=1)
