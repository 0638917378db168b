"""Which poses show a bird in flight, swimming or from near, as far as the places of parts tell.

How often the rules are right was counted by eye on photographs of each kind; docs/training.md
tells it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import torch
from torch import Tensor

from models.sketches.pose import PART_GROUPS, PARTS, Pose
from models.sketches.pose_wish import CLOSE_UP, FLYING, KINDS, SWIMMING, USUAL
from models.training.data.examples import Example
from models.words.names import names_of

NEEDED = ("beak", "eye", "crown", "tail")
"""What a whole bird has: one without head or tail is not what people ask for."""

BODY = ("back", "beak", "belly", "breast", "crown", "forehead", "left eye", "nape", "right eye",
        "tail", "throat")  # fmt: skip
HEAD = ("beak", "crown", "forehead", "left eye", "right eye")
MOST_BODY = 5
"""Parts of the body that must be seen to tell where wings are beside it."""

SPREAD, STANDS_OUT, OUTSIDE = 0.3, 1.5, 0.1
"""Of a spread wing: its distance from the line between head and tail, in lengths of that line and
in thicknesses of the body, and from the body's outline, in lengths of the body. A perching bird
that is seen from the front has one of them, one in flight all."""

SPREAD_WITH_LEGS, STANDS_OUT_WITH_LEGS = 0.5, 2.0
"""The same where legs are seen, as those of birds that sit and stretch are."""

SHORTEST, THINNEST = 0.15, 0.02
"""A bird seen end on is taken to be so long, a slender one so thick; shares of the side."""

FOLDED, LEVEL = 0.25, 0.7
"""A swimmer's wings are nearer to the line than this, and its back rises less than so much."""

SWIMMERS = frozenset(["coot", "duck", "goose", "grebe", "loon", "swan"])
"""Groups of birds whose legs are under water when they are not seen; gulls and auks sit, too."""

_SAID = re.compile(r"\b(afloat|floating|floats|swimming|swims|(in|on) (the )?water)\b")

LARGE_HEAD = 0.4
"""From beak to nape, a share of the side."""


def kinds_of(examples: Sequence[Example], pose: Pose) -> Tensor:
    """Say of N photographs which kinds of pose they show.

    Parameters
    ----------
    pose : of the birds in squares round them.

    Returns
    -------
    (N, 4) booleans, a column for each of `pose_wish.KINDS`.
    """
    whole = _has(pose, NEEDED)
    flying = whole & _in_flight(pose)
    found = {
        USUAL: whole,
        FLYING: flying,
        SWIMMING: whole & ~flying & _swimming(examples, pose),
        CLOSE_UP: _close(pose),
    }
    return torch.stack([found[kind] for kind in KINDS], dim=1)


def _has(pose: Pose, groups: Sequence[str]) -> Tensor:
    """Whether each of some groups of parts is seen (N,)."""
    return torch.stack([pose.middle(*PART_GROUPS[group])[1] for group in groups]).all(0)


def _in_flight(pose: Pose) -> Tensor:
    spread, stands_out = _wings(pose)
    legs = _has(pose, ["leg"])
    body = pose.visible[:, [PARTS.index(part) for part in BODY]].sum(1)
    least = torch.where(legs, SPREAD_WITH_LEGS, SPREAD)
    much = torch.where(legs, STANDS_OUT_WITH_LEGS, STANDS_OUT)
    beside = (spread > least) & (stands_out > much)
    return beside & (_outside(pose) > OUTSIDE) & (body >= MOST_BODY)


def _wings(pose: Pose) -> tuple[Tensor, Tensor]:
    """How far the farther wing is from the line between head and tail, in lengths of that line
    and in thicknesses of the body."""
    (head, _), (tail, _) = pose.middle(*HEAD), pose.middle("tail")

    def farthest(*parts: str) -> Tensor:
        away = [_from_line(pose, part, head, tail) for part in parts]
        return torch.stack(away).amax(0)

    wing = farthest("left wing", "right wing")
    thickness = farthest("back", "belly", "breast", "nape", "throat")
    length = (head - tail).norm(dim=1).clamp_min(SHORTEST)
    return wing / length, wing / (thickness + THINNEST)


def _from_line(pose: Pose, part: str, start: Tensor, end: Tensor) -> Tensor:
    """A part's distance from the lines between two places (N, 2); 0 where it is not seen."""
    place, visible = pose.middle(part)
    line = end - start
    along = ((place - start) * line).sum(1) / line.square().sum(1).clamp_min(1e-6)
    return (place - start - along.clamp(0, 1)[:, None] * line).norm(dim=1) * visible


def _outside(pose: Pose) -> Tensor:
    """How far the farther wing is outside of the outline of the body, in lengths of the body."""
    angles = torch.arange(48) * (2 * math.pi / 48)
    along = pose.places @ torch.stack([angles.cos(), angles.sin()])
    body = [PARTS.index(part) for part in BODY]
    visible = pose.visible[:, body, None] > 0
    most = along[:, body].masked_fill(~visible, -math.inf).amax(1)
    least = along[:, body].masked_fill(~visible, math.inf).amin(1)
    length = (most - least).amax(1).clamp_min(0.2)
    beyond = [
        (along[:, PARTS.index(wing)] - most).amax(1) * (pose.visible[:, PARTS.index(wing)] > 0)
        for wing in PART_GROUPS["wing"]
    ]
    return torch.stack(beyond).amax(0) / length


def _swimming(examples: Sequence[Example], pose: Pose) -> Tensor:
    """Legs are not seen, wings are folded, the body is level, and the bird is one that swims."""
    (body, has_body), (tail, _) = pose.middle("breast", "throat", "belly"), pose.middle("tail")
    across, down = (tail - body).abs().unbind(1)
    posed = has_body & ~_has(pose, ["leg"]) & (down < LEVEL * across) & (_wings(pose)[0] < FOLDED)
    return posed & torch.tensor([_swims(example) for example in examples])


def _swims(example: Example) -> bool:
    if any(_SAID.search(caption) for caption in example.captions):
        return True
    try:
        return names_of(example.species).group in SWIMMERS
    except ValueError:  # a folder whose name has no words
        return False


def _close(pose: Pose) -> Tensor:
    """Neither tail nor legs are seen, and the head is large."""
    (beak, _), (nape, has_nape) = pose.middle("beak"), pose.middle("nape")
    large = ((beak - nape).norm(dim=1) > LARGE_HEAD) & has_nape
    away = ~_has(pose, ["tail"]) & ~_has(pose, ["leg"])
    return _has(pose, ["beak", "eye", "crown"]) & away & large
