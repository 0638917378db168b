"""Colour obedience: whether a bird asked for in one colour has that colour."""

from __future__ import annotations

import colorsys
from collections import Counter
from collections.abc import Sequence

import numpy as np
from PIL import Image

COLOURS = ("red", "orange", "yellow", "green", "blue", "black", "white", "brown")
COLOUR_SENTENCE = "this bird is {colour} all over with a {colour} head and a {colour} body"


PATCH = 1 / 12
"""Side of what is looked at round a part, as a share of the picture's."""


def dominant_colour(picture: Image.Image, places: Sequence[tuple[float, float]] = ()) -> str:
    """Name the most frequent colour of a bird.

    It is one of `COLOURS`, "grey" or "purple". Of colours equally frequent, the one met first
    counts.

    Parameters
    ----------
    places : where its parts are, to the right and down, as shares of the side. Without any, the
        middle of the picture is looked at, half of it each way, which of a small or slender bird is
        mostly background.
    """
    halves = [(x, y, PATCH / 2) for x, y in places] or [(0.5, 0.5, 0.25)]
    pixels = np.concatenate([_around(picture, *half) for half in halves]) / 255.0
    return Counter(_colour_name(*pixel) for pixel in pixels).most_common(1)[0][0]


def _around(picture: Image.Image, x: float, y: float, half: float) -> np.ndarray:
    """The pixels (N, 3) of a square, brought to one number for all sizes of pictures."""
    side = picture.width
    left, right = side * max(0, x - half), side * min(1, x + half)
    top, bottom = side * max(0, y - half), side * min(1, y + half)
    square = picture.resize((16, 16), box=(left, top, right, bottom))
    return np.asarray(square).reshape(-1, 3)


def _colour_name(red: float, green: float, blue: float) -> str:
    hue, saturation, value = colorsys.rgb_to_hsv(red, green, blue)
    degrees = hue * 360
    if value < 0.25:
        return "black"
    if saturation < 0.2:
        return "white" if value > 0.6 else "grey"
    if degrees < 15 or degrees >= 335:
        return "red" if saturation > 0.45 else "brown"
    if degrees < 42:
        return "orange" if saturation > 0.6 and value > 0.6 else "brown"
    if degrees < 70:
        return "yellow" if value > 0.45 else "brown"
    if degrees < 165:
        return "green"
    return "blue" if degrees < 270 else "purple"
