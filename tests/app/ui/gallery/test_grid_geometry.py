"""Numbers of the grid: which cell is where, and where keys lead."""

from __future__ import annotations

import pytest

from app.ui.gallery.grid_geometry import GridGeometry

GRID = GridGeometry(width=324, height=400, wanted=100, count=11)  # three columns, four rows


def test_places_and_cells_agree() -> None:
    assert GRID.columns == 3 and GRID.side == 100
    for index in range(GRID.count):
        x, y = GRID.place(index)
        assert GRID.index_at(x + 1, y + 1) == index == GRID.index_at(x + 99, y + 99)
        assert x >= 0 and x + GRID.side <= GRID.width
    assert GRID.index_at(-1, 10) is None and GRID.index_at(324, 10) is None
    assert GRID.index_at(*(place + 250 for place in GRID.place(10))) is None
    assert GRID.total_height >= GRID.place(10)[1] + GRID.side


@pytest.mark.parametrize(
    ("key", "here", "there"),
    [
        ("Down", None, 0),
        ("Right", 2, 3),
        ("Left", 0, 0),
        ("Right", 10, 10),
        ("Up", 1, 1),
        ("Up", 4, 1),
        ("Down", 8, 10),
        ("Down", 10, 10),
        ("Down", 9, 9),
        ("Home", 7, 0),
        ("End", 0, 10),
        ("Next", 0, 9),
        ("Next", 9, 10),
        ("Prior", 10, 1),
        ("Prior", 1, 0),
    ],
)
def test_keys(key: str, here: int | None, there: int) -> None:
    assert GRID.step(key, here) == there


def test_seeing() -> None:
    low = GridGeometry(width=324, height=200, wanted=100, count=3000)
    assert low.in_view(0) == range(0, 6) and low.in_view(106) == range(3, 9)
    assert low.in_view(low.total_height - 200).stop == 3000
    assert low.top_to_see(0, 500) == 0 and low.top_to_see(0, 0) == 0
    top = low.top_to_see(1500, 0)
    assert low.place(1500)[1] - top >= 0 and low.place(1500)[1] + 100 - top <= 200
    assert low.top_to_see(1500, top) == top


def test_nothing_in_no_room() -> None:
    empty = GridGeometry(width=1, height=1, wanted=100, count=0)
    assert empty.columns == 1 and list(empty.in_view(0)) == [] and empty.index_at(0, 0) is None


@pytest.mark.parametrize("width", range(40, 700, 13))
def test_cells_fill_the_width(width: int) -> None:
    grid = GridGeometry(width, 400, 100, 99)
    last = grid.place(grid.columns - 1)[0] + grid.side
    assert grid.place(0)[0] >= 0 and width - 2 * grid.columns - 6 <= last <= width
    assert width < 200 or 70 < grid.side < 140
