"""What drawings depend on beside their sentences: noise, and the poses of several sketches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from models.networks.blend import slerp
from models.networks.config import GeneratorConfig
from models.networks.text_encoder import TextFeatures
from models.request import MAX_SEED, Blend, DrawRequest
from models.sketches.pose import Pose
from models.sketches.pose_bank import PoseBank, blended
from models.sketches.pose_wish import PoseWish

ALIKE = 0.15
"""What the pose of a picture beside takes off the score of a sketch in the very same pose.

Of nine pictures of a sentence, 57 % have another in about the same pose (likeness above .5) without
it, 7 % with it, for .014 of the mean wholeness (.830) of those that are finished.
"""


@dataclass(frozen=True)
class Chances:
    """What B drawings depend on beside their sentences, for N sketches of each.

    Attributes
    ----------
    noise : (B, M, noise_size) standard normal z. Sketches in several poses share one, so that
        M is 1; those of a generator that is told no pose have their own, and M is N.
    epsilon : (B, M, condition_size) standard normal, for the conditioning augmentation.
    pose : of B * N birds, those of a drawing one after the other; None for a generator that is
        told none.
    preference : (B, N) what is added to the sketches' scores before the best is finished; infinite
        for one that is finished whatever its score.
    """

    noise: Tensor
    epsilon: Tensor
    pose: Pose | None = None
    preference: Tensor | None = None

    @property
    def sketches(self) -> int:
        drawings, noises = self.noise.shape[:2]
        return noises if self.pose is None else len(self.pose) // drawings

    def sketch(self, row: int, number: int) -> Chances:
        """One sketch of one drawing."""
        own = 0 if self.pose is not None else number
        one = (slice(row, row + 1), slice(own, own + 1))
        return Chances(self.noise[one], self.epsilon[one], self.pose_of(row, number))

    def pose_of(self, row: int, number: int) -> Pose | None:
        """The pose of one sketch of one drawing."""
        at = row * self.sketches + number
        return self.pose and self.pose.rows(slice(at, at + 1))

    def equals(self, other: Chances) -> bool:
        """Whether the same comes of both, for the same sentences."""
        return all(map(_equal, self._parts(), other._parts()))

    def _parts(self) -> tuple[Tensor | None, ...]:
        pose = (self.pose.places, self.pose.visible) if self.pose else (None, None)
        return self.noise, self.epsilon, *pose, self.preference


class Sampler:
    """Draws what drawings depend on on the CPU: the same numbers on every device.

    Parameters
    ----------
    config : of the generator.
    poses : to draw in; None for a generator that is told none.
    """

    def __init__(self, config: GeneratorConfig, poses: PoseBank | None) -> None:
        self._config, self._poses = config, poses

    def sample(self, text: TextFeatures, requests: Sequence[DrawRequest], count: int) -> Chances:
        """Sample for requests that have a seed, each for `count` sketches.

        The first sketch is the same however many there are. Sketches differ in their pose alone
        where the model is told one, so that another pose changes nothing else.

        Raises
        ------
        ValueError
            A seed is out of range.
        """
        seeds = [request.seed for request in requests if request.seed is not None]
        width = self._config.noise_size + self._config.condition_size
        rows = []
        for seed in seeds:
            if not 0 <= seed <= MAX_SEED:
                raise ValueError(f"seed must be 0 to {MAX_SEED}, not {seed}")
            source = torch.Generator().manual_seed(seed)
            own = 1 if self._poses else count
            rows.append(torch.stack([torch.randn(width, generator=source) for _ in range(own)]))
        sizes = [self._config.noise_size, self._config.condition_size]
        noise, epsilon = torch.stack(rows).split(sizes, dim=2)
        pose = self._pose(text, seeds, count, [request.pose for request in requests])
        chances = Chances(noise, epsilon, pose)
        if any(request.beside or request.sketch is not None for request in requests):
            chances = replace(chances, preference=_preference(chances, requests))
        return chances

    def _pose(
        self, text: TextFeatures, seeds: Sequence[int], count: int, wishes: Sequence[PoseWish]
    ) -> Pose | None:
        """Poses that fit sentences and wishes: `count` of each, or the ones that are wished for."""
        if self._poses is None:
            return None
        poses = [
            self._poses.choose(sentence[None], [seed], count, wish)
            if isinstance(wish, str)
            else Pose.of(wish)
            for sentence, seed, wish in zip(text.sentence, seeds, wishes, strict=True)
        ]
        return Pose.joined(poses)


def between(first: Chances, second: Chances, blend: Blend) -> Chances:
    """Noise goes along the arc, poses on straight lines, half with each share."""
    noise, epsilon = (
        slerp(start[0], end[0], blend.seed_share)[None]
        for start, end in ((first.noise, second.noise), (first.epsilon, second.epsilon))
    )
    pose = None
    if first.pose is not None and second.pose is not None:
        pose = blended(first.pose, second.pose, (blend.share + blend.seed_share) / 2)
    return Chances(noise, epsilon, pose)


def _equal(one: Tensor | None, other: Tensor | None) -> bool:
    if one is None or other is None:
        return one is other
    return torch.equal(one, other)


def _preference(chances: Chances, requests: Sequence[DrawRequest]) -> Tensor:
    """What is added to the scores of sketches, for what requests say of them."""
    count = chances.sketches
    added = torch.zeros(len(requests), count)
    for row, request in enumerate(requests):
        if chances.pose is not None and request.beside:
            poses = chances.pose.rows(slice(row * count, (row + 1) * count))
            alike = [poses.likeness(Pose.of(places)) for places in request.beside]
            added[row] = -ALIKE * torch.stack(alike).amax(0)
        if request.sketch is not None and request.sketch < count:
            added[row, request.sketch] = math.inf
    return added
