"""Where the cells of a scrolled grid are. Numbers only: no Tk."""

from __future__ import annotations

from dataclasses import dataclass

GAP = 6  # pixels between two cells


@dataclass(frozen=True)
class GridGeometry:
    """Square cells in rows, as many in a row as fit.

    Attributes
    ----------
    width, height : what is seen of the grid, in pixels.
    wanted : about how wide a cell's contents should be, in pixels: whole cells fill the width.
    count : number of cells.
    """

    width: int
    height: int
    wanted: int
    count: int

    @property
    def cell(self) -> int:
        """Distance from one cell to the next, in pixels."""
        return self.side + GAP

    @property
    def columns(self) -> int:
        """Cells in a row."""
        return max(1, round((self.width - GAP) / (self.wanted + GAP)))

    @property
    def side(self) -> int:
        """Width and height of a cell's contents, in pixels."""
        return max(1, (self.width - GAP) // self.columns - GAP)

    @property
    def total_height(self) -> int:
        """Height of all rows, in pixels; never less than what is seen."""
        return max(self.height, -(-self.count // self.columns) * self.cell + GAP)

    @property
    def _left(self) -> int:
        """Where the first column's gap begins: the columns stand in the middle."""
        return (self.width - self.columns * self.cell) // 2

    def place(self, index: int) -> tuple[int, int]:
        """Return the left upper corner of a cell's contents."""
        row, column = divmod(index, self.columns)
        return self._left + column * self.cell + GAP // 2, row * self.cell + GAP

    def index_at(self, x: int, y: int) -> int | None:
        """Return the cell at a place of the whole grid; None where there is none."""
        column = (x - self._left) // self.cell
        index = y // self.cell * self.columns + column
        return index if 0 <= column < self.columns and 0 <= index < self.count else None

    def in_view(self, top: int) -> range:
        """Return the cells of which a part is seen when ``top`` pixels are scrolled away."""
        first = max(0, top // self.cell) * self.columns
        last = ((top + self.height) // self.cell + 1) * self.columns
        return range(min(first, self.count), min(last, self.count))

    def top_to_see(self, index: int, top: int) -> int:
        """Return how far to scroll, at least, so that a whole cell is seen."""
        upper = index // self.columns * self.cell
        lower = upper + self.cell + GAP
        return min(upper, max(top, lower - self.height))

    def step(self, key: str, here: int | None) -> int:
        """Return the cell that a key (as Tk names it) leads to; none leads out of the grid."""
        last = self.count - 1
        if here is None or key == "Home":
            return 0
        if key == "End":
            return last
        page = max(1, self.height // self.cell) * self.columns
        steps = {
            "Left": -1,
            "Right": 1,
            "Up": -self.columns,
            "Down": self.columns,
            "Prior": -page,
            "Next": page,
        }
        there = here + steps[key]
        if 0 <= there <= last:
            return there
        if key in ("Prior", "Next"):
            return 0 if key == "Prior" else last
        if key == "Down" and here // self.columns < last // self.columns:
            return last  # the row below is there, but shorter
        return here
