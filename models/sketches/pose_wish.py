"""Which pose a person may ask for. This module is light: whoever only asks never loads torch."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

ANY, LEFT, RIGHT = "any", "left", "right"
FLYING, SWIMMING, CLOSE_UP = "flying", "swimming", "close-up"

USUAL = "usual"
"""Poses of whole birds, among which the sentence alone decides."""

KINDS = (USUAL, FLYING, SWIMMING, CLOSE_UP)
"""What a bank of poses says of each."""

POSES = (ANY, LEFT, RIGHT, FLYING, SWIMMING, CLOSE_UP)
"""Poses that have a name."""

NO_POSES = "These weights draw each bird in a pose of its own: leave the pose at “any”."

_PARTS = 15


class PartPlace(NamedTuple):
    """Where a part of a drawn bird is.

    Attributes
    ----------
    part : its number, 1 to 15, as Caltech-UCSD Birds counts them.
    across, down : shares of the side, from the upper left corner.
    visible : how much of it is there, above 0 to 1; less than 1 half way between two birds.
    """

    part: int
    across: float
    down: float
    visible: float = 1.0


PartPlaces = tuple[PartPlace, ...]
PoseWish = str | PartPlaces
"""One of `POSES`, or the pose of a picture that was drawn."""


def is_known(wish: PoseWish, poses: Collection[str]) -> bool:
    """Tell whether a model that knows poses by these names (none: it is told no pose) draws it."""
    return wish == ANY or (wish in poses if isinstance(wish, str) else bool(poses))


def read_places(value: Any) -> PartPlaces:
    """Read what was kept of a pose, whoever wrote it.

    Raises
    ------
    ValueError, TypeError
        It is no pose.
    """
    places = tuple(PartPlace(int(part), *map(float, rest)) for part, *rest in value)
    parts = [place.part for place in places]
    if not parts or len(set(parts)) < len(parts):
        raise ValueError("a pose has places, one for each part")
    for part, across, down, visible in places:
        if not (1 <= part <= _PARTS and 0 <= across <= 1 and 0 <= down <= 1 and 0 < visible <= 1):
            raise ValueError("a part is not in the picture")
    return places


def read_wish(value: Any) -> PoseWish:
    """Read a wish that was kept; errors as of `read_places`."""
    if not isinstance(value, str):
        return read_places(value)
    if value not in POSES:
        raise ValueError(f"there is no pose called {value!r}")
    return value
