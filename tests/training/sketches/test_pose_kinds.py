"""Which kinds of pose photographs show, told by the places of parts, and by what was said."""

from pathlib import Path

import pytest
import torch

from models.sketches.pose import PARTS, Pose
from models.sketches.pose_wish import CLOSE_UP, FLYING, KINDS, SWIMMING, USUAL
from models.training.data.examples import Example
from models.training.sketches.pose_kinds import kinds_of

HEAD = {"beak": (0.1, 0.35), "crown": (0.25, 0.3), "forehead": (0.2, 0.32), "nape": (0.3, 0.36),
        "left eye": (0.2, 0.35), "throat": (0.2, 0.4)}  # fmt: skip
BIRD = HEAD | {"breast": (0.3, 0.48), "belly": (0.5, 0.52), "back": (0.5, 0.42), "tail": (0.9, 0.5)}
FOLDED, SPREAD = {"left wing": (0.55, 0.45)}, {"left wing": (0.5, 0.1)}
LEG = {"left leg": (0.5, 0.7)}
NEAR = {"beak": (0.1, 0.5), "crown": (0.45, 0.2), "left eye": (0.4, 0.4), "nape": (0.7, 0.4),
        "throat": (0.4, 0.7)}  # fmt: skip


def kinds(
    parts: dict[str, tuple[float, float]], species: str = "House Wren", caption: str = "a bird"
) -> set[str]:
    pose = Pose(torch.zeros(1, len(PARTS), 2), torch.zeros(1, len(PARTS)).bool())
    for part, place in parts.items():
        pose.places[0, PARTS.index(part)] = torch.tensor(place)
        pose.visible[0, PARTS.index(part)] = True
    found = kinds_of([Example(Path(), (caption,), species)], pose)[0]
    return {kind for kind, shown in zip(KINDS, found.tolist(), strict=True) if shown}


@pytest.mark.parametrize(
    ("parts", "shown"),
    [
        (BIRD | FOLDED | LEG, {USUAL}),
        (BIRD | FOLDED, {USUAL}),
        (BIRD | SPREAD, {USUAL, FLYING}),
        (BIRD | {"left wing": (0.5, 0.16)} | LEG, {USUAL}),
        (BIRD | {"left wing": (0.5, -0.1)} | LEG, {USUAL, FLYING}),
        (NEAR, {CLOSE_UP}),
        (NEAR | LEG, set()),
        (NEAR | {"nape": (0.4, 0.3)}, set()),
        ({}, set()),
    ],
)
def test_places_tell_flight_and_nearness(
    parts: dict[str, tuple[float, float]], shown: set[str]
) -> None:
    assert kinds(parts) == shown


def test_swimmers_are_birds_that_swim_or_are_said_to_and_show_no_legs() -> None:
    assert kinds(BIRD | FOLDED, "Hooded Merganser") == {USUAL, SWIMMING}
    assert kinds(BIRD | FOLDED, "Heermann Gull") == {USUAL}
    assert kinds(BIRD | FOLDED, "Heermann Gull", "a gull swimming") == {USUAL, SWIMMING}
    assert kinds(BIRD | FOLDED | LEG, "Hooded Merganser") == {USUAL}
    assert kinds(BIRD | SPREAD, "Hooded Merganser") == {USUAL, FLYING}
    upright = BIRD | FOLDED | {"tail": (0.3, 0.9)}
    assert kinds(upright, "Hooded Merganser") == {USUAL}
