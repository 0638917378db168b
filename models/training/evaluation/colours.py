"""Colour obedience: whether a bird asked for in one colour has that colour."""

from __future__ import annotations

import colorsys
from collections import Counter

import numpy as np
from PIL import Image

COLOURS = ("red", "orange", "yellow", "green", "blue", "black", "white", "brown")
COLOUR_SENTENCE = "this bird is {colour} all over with a {colour} head and a {colour} body"


def dominant_colour(picture: Image.Image) -> str:
    """Name the most frequent colour in the middle of a picture, half of it each way.

    It is one of `COLOURS`, "grey" or "purple". Of colours equally frequent, the one met first
    from the top counts.
    """
    side = picture.width
    middle = picture.crop((side // 4, side // 4, 3 * side // 4, 3 * side // 4)).resize((16, 16))
    pixels = np.asarray(middle).reshape(-1, 3) / 255.0
    return Counter(_colour_name(*pixel) for pixel in pixels).most_common(1)[0][0]


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
