"""The list of well-known names, and the checker of their colours."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw

from benchmarks.bird_colours import FIRST, colour_shares, read_names
from models.words.bird_book import bird_book
from models.words.parts import basic_colours

NAMES = read_names()


def test_there_are_a_hundred_names_of_the_book_with_its_colours() -> None:
    assert len({known.name for known in NAMES}) == 100
    for known in NAMES:
        bird = bird_book().get(known.name)
        assert bird is not None, known.name
        told = frozenset().union(*map(basic_colours, bird.colours.values()))
        for colours in known.colours:
            assert colours <= FIRST.keys(), known.name
            assert colours & told, f"{known.name} is not {colours} in the book"


def painted(bird: str, ground: str, mark: str | None = None) -> Image.Image:
    picture = Image.new("RGB", (64, 64), ground)
    pen = ImageDraw.Draw(picture)
    pen.ellipse((14, 14, 50, 50), bird)
    if mark:
        pen.ellipse((24, 24, 40, 40), mark)
    return picture


@pytest.mark.parametrize(
    ("rgb", "colour"),
    [
        ("#d01818", "red"), ("#f08010", "orange"), ("#f0d820", "yellow"), ("#208030", "green"),
        ("#2050c0", "blue"), ("#181818", "black"), ("#f0f0f0", "white"), ("#808080", "grey"),
        ("#704828", "brown"), ("#f090a8", "pink"), ("#7030a0", "purple"),
    ],
)  # fmt: skip
def test_the_colour_of_the_bird_counts_and_not_that_of_the_ground(rgb: str, colour: str) -> None:
    for ground in ("#90b090", "#a8c0e0"):
        shares = colour_shares(painted(rgb, ground))
        assert shares[colour] > 0.9
        assert sum(share > 0.5 for share in shares.values()) <= 2


def test_a_bird_must_show_all_its_main_colours() -> None:
    known = {name.name: name for name in NAMES}
    red = colour_shares(painted("#d01818", "#90b090"))
    black_winged = colour_shares(painted("#d01818", "#90b090", "#181818"))
    assert known["northern cardinal"].is_shown(red)
    assert not known["scarlet tanager"].is_shown(red)
    assert known["scarlet tanager"].is_shown(black_winged)
    assert not known["indigo bunting"].is_shown(red)
