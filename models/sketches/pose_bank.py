"""Poses to draw in: those of photographs whose captions are like the sentence."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.sketches.pose import PARTS, Pose

NEAREST = 40
"""Poses among which the seed chooses."""

SHIFT, SCALE = 0.03, 0.06
"""How far a pose is moved, and how much it is enlarged or shrunk, at most; shares of the side."""

_STREAM = 0x706F7365
"""Keeps the seed's choice of a pose apart from the noise that comes of the same seed."""


class PoseBank(nn.Module):
    """Poses and the sentences they go with, as a part of the weights file.

    Parameters
    ----------
    count : of poses.
    feature_size : of sentence features.

    Attributes
    ----------
    places : (N, 15, 2) and
    seen : (N, 15) as of `Pose`.
    sentences : (N, D) mean sentence feature of what was said of each.
    """

    places: Tensor
    seen: Tensor
    sentences: Tensor

    def __init__(self, count: int, feature_size: int) -> None:
        super().__init__()
        self.register_buffer("places", torch.zeros(count, len(PARTS), 2))
        self.register_buffer("seen", torch.zeros(count, len(PARTS)))
        self.register_buffer("sentences", torch.zeros(count, feature_size))

    def __len__(self) -> int:
        return len(self.places)

    @torch.inference_mode()
    def choose(self, sentences: Tensor, seeds: Sequence[int], count: int = 1) -> Pose:
        """Choose `count` poses for each of B sentence features (B, D), by its seed, on the CPU.

        Among the `NEAREST` poses of like sentences one is taken, mirrored by chance, and moved and
        scaled a little. The first ones are the same however many are chosen.

        Returns
        -------
        B * count poses, those of a sentence one after the other.
        """
        known = F.normalize(self.sentences, dim=1)
        likeness = F.normalize(sentences.float().cpu(), dim=1) @ known.T
        nearest = likeness.topk(min(NEAREST, len(self)), dim=1).indices
        chosen: list[Pose] = []
        for rows, seed in zip(nearest, seeds, strict=True):
            chance = torch.Generator().manual_seed(seed ^ _STREAM)
            chosen += [self._moved(rows, chance) for _ in range(count)]
        places = torch.cat([pose.places for pose in chosen])
        return Pose(places, torch.cat([pose.seen for pose in chosen])).inside()

    def _moved(self, rows: Tensor, chance: torch.Generator) -> Pose:
        row = rows[torch.randint(len(rows), (1,), generator=chance)]
        mirrored, scale, *shift = torch.rand(4, generator=chance).tolist()
        places = self.places[row] - 0.5
        if mirrored < 0.5:
            places = places * torch.tensor([-1.0, 1.0])
        places = places * (1 + SCALE * (2 * scale - 1)) + SHIFT * (2 * torch.tensor(shift) - 1)
        return Pose(places + 0.5, self.seen[row] > 0)


def blended(first: Pose, second: Pose, share: float) -> Pose:
    """Between two poses: parts move on straight lines, and appear or vanish by degrees.

    Parameters
    ----------
    share : 0 is the first pose, 1 the second; at both ends the pose is that one exactly.
    """
    if share in (0, 1):
        return second if share else first
    before, after = first.seen.float(), second.seen.float()
    start = torch.where(first.seen.bool()[..., None], first.places, second.places)
    end = torch.where(second.seen.bool()[..., None], second.places, first.places)
    return Pose(torch.lerp(start, end, share), torch.lerp(before, after, share))
