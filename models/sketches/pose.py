"""Where the parts of a bird are: what the 64 px stage is told, and what is found in pictures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.batched import Batched
from models.sketches.pose_wish import PartPlace, PartPlaces

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


PROFILE, LENGTH = 0.04, 0.15
"""How far a beak is at least beside the eye, and beside the tail, of a bird that faces a side."""


UNSEEN_APART, ALIKE_WITHIN = 0.25, 0.1
"""As how far apart a part counts that one of two birds has, and how near like poses are."""


@dataclass(frozen=True)
class Pose(Batched):
    """Where the parts of B birds are.

    Attributes
    ----------
    places : (B, 15, 2) of each of `PARTS` as shares of the side, to the right and down.
    visible : (B, 15) which of them are in the picture, or how much of each, 0 .. 1.
    """

    places: Tensor
    visible: Tensor

    def __len__(self) -> int:
        return len(self.places)

    @classmethod
    def of(cls, places: PartPlaces) -> Pose:
        """One bird, as `told` tells it."""
        pose = cls(torch.full((1, len(PARTS), 2), -1.0), torch.zeros(1, len(PARTS)))
        for part, across, down, visible in places:
            pose.places[0, part - 1] = torch.tensor([across, down])
            pose.visible[0, part - 1] = visible
        return pose

    @classmethod
    def joined(cls, poses: Sequence[Pose]) -> Pose:
        """All birds of several, one after the other."""
        return cls(
            torch.cat([pose.places for pose in poses]), torch.cat([pose.visible for pose in poses])
        )

    def told(self, row: int) -> PartPlaces:
        """One bird's parts as plain numbers, those of single precision in as few digits as do."""

        def short(value: Tensor) -> float:
            return float(str(value.numpy()))

        places, visible = self.places[row].float().cpu(), self.visible[row].float().cpu()
        return tuple(
            PartPlace(
                part + 1, short(places[part, 0]), short(places[part, 1]), short(visible[part])
            )
            for part in visible.nonzero().flatten().tolist()
        )

    def middle(self, *parts: str) -> tuple[Tensor, Tensor]:
        """The mean place (B, 2) of those of some parts that are seen, and whether any is (B,)."""
        members = [PARTS.index(part) for part in parts]
        visible = (self.visible[:, members] > 0).float()
        count = visible.sum(1)
        middle = (self.places[:, members] * visible[..., None]).sum(1) / count.clamp_min(1)[:, None]
        return middle, count > 0

    def facing(self) -> Tensor:
        """Which way birds look: -1 to the left, 1 to the right, 0 neither or not to be told (B,).

        The beak is beyond the eye, and the tail on the other side of it.
        """
        (beak, has_beak), (tail, has_tail) = self.middle("beak"), self.middle("tail")
        eye, has_eye = self.middle(*PART_GROUPS["eye"])
        beyond, along = beak[:, 0] - eye[:, 0], beak[:, 0] - tail[:, 0]
        side = beyond.sign()
        clear = (beyond.abs() > PROFILE) & (along * side > LENGTH)
        return side * (clear & has_beak & has_eye & has_tail)

    def likeness(self, other: Pose) -> Tensor:
        """How alike the poses of B birds are to one other bird's, 0 to 1 for the same (B,).

        Groups of parts are compared: a bird's left eye may be where another's right one is. One
        that is seen of one bird only counts as far apart.
        """
        apart, count = torch.zeros(len(self)), torch.zeros(len(self))
        for group in PART_GROUPS.values():
            (here, has_here), (there, has_there) = self.middle(*group), other.middle(*group)
            distance = (here - there).square().sum(1)
            apart += torch.where(has_here & has_there, distance, UNSEEN_APART**2) * (
                has_here | has_there
            )
            count += has_here | has_there
        return torch.exp(-apart / count.clamp_min(1) / (2 * ALIKE_WITHIN**2))

    def inside(self) -> Pose:
        """The same without what lies outside of the picture."""
        inside = ((self.places > 0) & (self.places < 1)).all(dim=2)
        return Pose(self.places, self.visible * inside)

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
        bumps = torch.exp(-distance / (2 * width**2)) * self.visible[:, :, None, None]
        return torch.stack([bumps[:, members].amax(dim=1) for members in MEMBERS], dim=1)
