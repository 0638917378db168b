"""Colour names are what a person would say of a bird, or of the middle of a picture."""

import pytest
from PIL import Image, ImageDraw

from models.training.evaluation.colours import dominant_colour


@pytest.mark.parametrize(
    ("rgb", "name"),
    [
        ((200, 30, 30), "red"),
        ((240, 130, 20), "orange"),
        ((230, 210, 50), "yellow"),
        ((80, 140, 60), "green"),
        ((60, 90, 180), "blue"),
        ((20, 20, 25), "black"),
        ((235, 235, 230), "white"),
        ((110, 80, 50), "brown"),
    ],
)
def test_dominant_colour(rgb: tuple[int, int, int], name: str) -> None:
    picture = Image.new("RGB", (64, 64), "grey")
    ImageDraw.Draw(picture).rectangle((14, 14, 50, 50), fill=rgb)
    assert dominant_colour(picture) == name


def test_of_a_bird_beside_the_middle_its_own_colour_is_named() -> None:
    picture = Image.new("RGB", (96, 96), "skyblue")
    ImageDraw.Draw(picture).ellipse((0, 60, 30, 90), fill=(230, 210, 50))
    assert dominant_colour(picture) == "blue"
    assert dominant_colour(picture, [(0.1, 0.75), (0.2, 0.8), (0.9, 0.1)]) == "yellow"
    assert dominant_colour(picture, [(0.0, 1.0), (1.0, 1.0)]) == "blue", "at the edges, too"


def test_of_equally_frequent_colours_the_upper_one_counts() -> None:
    picture = Image.new("RGB", (64, 64), (200, 30, 30))
    ImageDraw.Draw(picture).rectangle((0, 32, 63, 63), fill=(60, 90, 180))
    assert dominant_colour(picture) == "red"
