"""Poses to draw in: those of photographs whose captions are like the sentence."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.sketches.pose import PARTS, Pose
from models.sketches.pose_wish import ANY, LEFT, POSES, RIGHT, USUAL

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
    kinds : of poses, of those in `pose_wish.KINDS`, that the bank tells apart; the files of
        earlier versions tell none.

    Attributes
    ----------
    places : (N, 15, 2) and
    visible : (N, 15) as `Pose.visible`.
    sentences : (N, D) mean sentence feature of what was said of each.
    of_kind : (N, K) whether each is of each kind, 0 or 1.
    """

    places: Tensor
    visible: Tensor
    sentences: Tensor
    of_kind: Tensor

    def __init__(self, count: int, feature_size: int, kinds: Sequence[str] = ()) -> None:
        super().__init__()
        self.kinds = tuple(kinds)
        self.register_buffer("places", torch.zeros(count, len(PARTS), 2))
        self.register_buffer("visible", torch.zeros(count, len(PARTS)))
        self.register_buffer("sentences", torch.zeros(count, feature_size))
        kept = bool(kinds)
        self.register_buffer("of_kind", torch.zeros(count, len(kinds)), persistent=kept)

    def __len__(self) -> int:
        return len(self.places)

    @property
    def wishes(self) -> tuple[str, ...]:
        """Which of `pose_wish.POSES` it has."""
        return tuple(wish for wish in POSES if self._rows(wish).any())

    @torch.inference_mode()
    def choose(
        self, sentences: Tensor, seeds: Sequence[int], count: int = 1, wish: str = ANY
    ) -> Pose:
        """Choose `count` poses for each of B sentence features (B, D), by its seed, on the CPU.

        Of the `NEAREST` poses of like sentences some are taken, each once, mirrored by chance (or
        to face the side that is wished for), and moved and scaled a little. The first ones are the
        same however many are chosen; and a sentence that is a little different has most of them,
        too: the seed says in which order poses come, and how each is moved, for all of the bank.

        Parameters
        ----------
        wish : one of `wishes`.

        Returns
        -------
        B * count poses, those of a sentence one after the other.
        """
        rows = self._rows(wish).nonzero().flatten()
        known = F.normalize(self.sentences[rows], dim=1)
        likeness = F.normalize(sentences.float().cpu(), dim=1) @ known.T
        some = min(NEAREST, len(rows))
        nearest = rows[likeness.topk(some, dim=1).indices]
        number = torch.arange(count)
        poses = []
        for of_one, seed in zip(nearest, seeds, strict=True):
            source = torch.Generator().manual_seed(seed ^ _STREAM)
            chances = torch.rand((-(-count // some), len(self), 5), generator=source)
            chosen = of_one[chances[0, of_one, 0].argsort()][number % some]
            poses.append(self._moved(chosen, chances[number // some, chosen, 1:], wish))
        return Pose.joined(poses).inside()

    def _rows(self, wish: str) -> Tensor:
        """Which poses fit a wish (N,)."""
        if wish in self.kinds:
            return self.of_kind[:, self.kinds.index(wish)] > 0
        everyday = torch.full((len(self),), wish in (ANY, LEFT, RIGHT))
        if USUAL in self.kinds:
            everyday &= self._rows(USUAL)
        if wish in (LEFT, RIGHT):
            everyday &= Pose(self.places, self.visible).facing() != 0
        return everyday

    def _moved(self, rows: Tensor, chances: Tensor, wish: str) -> Pose:
        """Some poses (N,), mirrored, scaled and shifted by as many chances of 0 to 1 (N, 4)."""
        pose = Pose(self.places[rows], self.visible[rows] > 0)
        turned, scale, shift = chances[:, 0] < 0.5, chances[:, 1, None, None], chances[:, None, 2:]
        if wish in (LEFT, RIGHT):
            turned = (pose.facing() < 0) != (wish == LEFT)
        places = pose.places - 0.5
        places[turned, :, 0] *= -1
        places = places * (1 + SCALE * (2 * scale - 1)) + SHIFT * (2 * shift - 1)
        return Pose(places + 0.5, pose.visible)


def blended(first: Pose, second: Pose, share: float) -> Pose:
    """Between two poses: parts move on straight lines, and appear or vanish by degrees.

    Parameters
    ----------
    share : 0 is the first pose, 1 the second; at both ends the pose is that one exactly.
    """
    if share in (0, 1):
        return second if share else first
    before, after = first.visible.float(), second.visible.float()
    start = torch.where(first.visible.bool()[..., None], first.places, second.places)
    end = torch.where(second.visible.bool()[..., None], second.places, first.places)
    return Pose(torch.lerp(start, end, share), torch.lerp(before, after, share))
