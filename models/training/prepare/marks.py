"""Boxes round birds and places of their parts, as people write them: pixels of the picture."""

from __future__ import annotations

import math
from collections.abc import Mapping

from models.sketches.pose import PARTS
from models.training.prepare.source import Box, Parts, Place

LARGEST_SHARE = 2
"""No bird is so small in pixels: such a box was written as shares of the picture."""


def read_box(value: object) -> Box | None:
    """Read left, top, width and height: "40 30 60 40" or a list of four; None for nothing.

    Raises
    ------
    ValueError
        It is something else.
    """
    if value is None or value == "":
        return None
    try:
        left, top, width, height = _numbers(value)
        if 0 < max(width, height) <= LARGEST_SHARE:
            raise ValueError("shares")
    except ValueError as error:
        raise ValueError(f"box is {value!r}; wanted: left, top, width, height in pixels") from error
    return left, top, width, height


def read_parts(value: object) -> Parts:
    """Read "beak 120 80; left eye 110 75" or {"beak": [120, 80]}; numbers are good as names.

    Raises
    ------
    ValueError
        It is something else, or names a part that is none of `PARTS`.
    """
    if value is None or value == "":
        return {}
    if isinstance(value, str):
        entries = (entry.rsplit(maxsplit=2) for entry in value.split(";") if entry.strip())
        named = [(entry[0], entry[1:]) for entry in entries]
    elif isinstance(value, Mapping):
        named = list(value.items())
    else:
        raise ValueError(f"parts are {value!r}; wanted: names, each with two numbers")
    parts = {_part_number(name): _place(name, place) for name, place in named}
    if len(parts) < len(named):
        raise ValueError(f"parts are {value!r}; one of them is named twice")
    return parts


def _part_number(name: str) -> int:
    number = int(name) if name.isdecimal() else 0
    if 1 <= number <= len(PARTS):
        return number
    plain = name.strip().lower().replace("_", " ")
    if plain not in PARTS:
        raise ValueError(f"there is no part {name!r}; the parts are {', '.join(PARTS)}")
    return PARTS.index(plain) + 1


def _place(name: str, value: object) -> Place:
    try:
        across, down = _numbers(value)
    except ValueError as error:
        raise ValueError(f"part {name!r} is at {value!r}; wanted: two numbers") from error
    return across, down


def _numbers(value: object) -> list[float]:
    """Read finite numbers; ValueError if they are none."""
    items = value.replace(",", " ").split() if isinstance(value, str) else value
    if not isinstance(items, list | tuple) or any(isinstance(item, bool) for item in items):
        raise ValueError("no list")
    try:
        numbers = [float(item) for item in items]
    except (TypeError, OverflowError) as error:
        raise ValueError("no numbers") from error
    if not all(map(math.isfinite, numbers)):
        raise ValueError("not finite")
    return numbers
