"""One picture as large as there is room, or up to nine of them as a grid."""

from __future__ import annotations

import math
import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageTk

from app.pictures.attention_sheet import highlight
from app.pictures.picture_file import within_square
from app.ui.toolkit.focus import has_focus
from app.ui.toolkit.theme import GAP, Palette, follow_palette, palette_of

_REDRAW_DELAY = 40  # milliseconds between the window's last change of size and the new picture
_MARGIN = 12  # pixels around the pictures
# Larger shows nothing more of a picture of 512, and stops the window: to fill a screen of four
# thousand pixels takes more than a tenth of a second.
_LARGEST = 1024  # pixels
_SMALLEST = 32  # pixels
_LEAST = "3c"  # width and height in centimetres, as Tk counts them, that a picture needs


@dataclass(frozen=True, eq=False)
class Tile:
    """What is shown at one place of the grid: a picture, and the attention that lights it."""

    image: Image.Image | None
    attention: np.ndarray | None = None

    def same_as(self, other: Tile | None) -> bool:
        """Tell whether it would look the same, without comparing pixels."""
        return other is not None and self.image is other.image and self.attention is other.attention


class _Cell:
    """A place of the grid, as it is on the canvas."""

    def __init__(self, canvas: tk.Canvas) -> None:
        self.frame = canvas.create_rectangle(0, 0, 0, 0, width=2)
        self.item = canvas.create_image(0, 0)
        self.shown: Tile | None = None
        self.enlarged: Image.Image | None = None  # pointing at words darkens it again and again
        self.photo: ImageTk.PhotoImage | None = None  # Tk itself does not hold on to it


class PictureCanvas(tk.Canvas):
    """Shows tiles, lets one be chosen, and follows the window's size.

    Parameters
    ----------
    on_choose : receives the number of a tile that was clicked, or picked with Return.
    on_move : receives how many tiles an arrow key moves the selection.
    """

    def __init__(
        self,
        parent: tk.Misc,
        on_choose: Callable[[int], None],
        on_move: Callable[[int], None],
    ) -> None:
        super().__init__(
            parent,
            width=_LEAST,
            height=_LEAST,
            highlightthickness=0,
        )
        self._on_choose = on_choose
        self._on_move = on_move
        self._cells: list[_Cell] = []
        self._tiles: list[Tile] = []
        self._selected: int | None = None
        self._columns, self._side = 1, 0
        self._redraw_timer: str | None = None
        self._hint = self.create_text(0, 0, font="SunValleyBodyLargeFont", justify="center")
        self._bind_events()
        follow_palette(self, self._recolour)

    def _bind_events(self) -> None:
        self.bind("<Configure>", self._resized)
        self.bind("<Button-1>", self._clicked)
        for key, sign in (("Left", -1), ("Right", 1)):
            self.bind(f"<{key}>", lambda event, step=sign: self._on_move(step))  # type: ignore[misc]
        for key, sign in (("Up", -1), ("Down", 1)):
            self.bind(
                f"<{key}>",
                lambda event, step=sign: self._on_move(step * self._columns),  # type: ignore[misc]
            )
        for key in ("Return", "space"):
            self.bind(f"<{key}>", lambda event: self._on_choose(self._selected or 0))
        for change in ("<FocusIn>", "<FocusOut>"):
            self.bind(change, lambda event: self._mark())

    def show(self, tiles: Sequence[Tile], selected: int | None = None, hint: str = "") -> None:
        """Show these tiles.

        Parameters
        ----------
        tiles : from left to right, then downwards; one without a picture is an empty frame.
        selected : the tile that is marked, and that Return chooses.
        hint : what to say in the middle where there are no tiles.
        """
        self.itemconfigure(self._hint, text=hint)
        if len(tiles) != len(self._cells):
            for cell in self._cells:
                self.delete(cell.frame, cell.item)
            self._cells = [_Cell(self) for _ in tiles]
            self._side = 0  # everything is to be drawn
        self._tiles = list(tiles)
        self._selected = selected
        self.configure(takefocus=bool(tiles), cursor="hand2" if len(tiles) > 1 else "")
        self._redraw()

    def destroy(self) -> None:
        """Vanish, and draw nothing any more."""
        self._cancel_redraw()
        super().destroy()

    def place_of(self, index: int) -> tuple[int, int]:
        """Return the middle of a tile in pixels."""
        step = self._side + GAP
        rows = math.ceil(len(self._cells) / self._columns)
        left = (self.winfo_width() - self._columns * step + GAP) // 2
        top = (self.winfo_height() - rows * step + GAP) // 2
        row, column = divmod(index, self._columns)
        return left + column * step + self._side // 2, top + row * step + self._side // 2

    def _recolour(self, palette: Palette) -> None:
        self.configure(background=palette.stage)
        self.itemconfigure(self._hint, fill=palette.muted)
        self._mark()

    def _cancel_redraw(self) -> None:
        if self._redraw_timer is not None:
            self.after_cancel(self._redraw_timer)
            self._redraw_timer = None

    def _redraw(self) -> None:
        self._cancel_redraw()
        columns, side = self._best_grid()
        resized = side != self._side
        self._columns, self._side = columns, side
        for index, (cell, tile) in enumerate(zip(self._cells, self._tiles, strict=True)):
            x, y = self.place_of(index)
            half = side // 2 + 2
            self.coords(cell.item, x, y)
            self.coords(cell.frame, x - half, y - half, x + half, y + half)
            if resized or not tile.same_as(cell.shown):
                self._draw(cell, tile, resized)
        self._mark()

    def _draw(self, cell: _Cell, tile: Tile, resized: bool) -> None:
        if tile.image is None:
            cell.enlarged = cell.photo = None
            self.itemconfigure(cell.item, image="")
        else:
            other = cell.shown is None or cell.shown.image is not tile.image
            if resized or other or cell.enlarged is None:
                # Somebody may have cut a picture since it was drawn.
                cell.enlarged = within_square(tile.image, self._side, Image.Resampling.BICUBIC)
            shown = cell.enlarged
            if tile.attention is not None:
                shown = highlight(shown, tile.attention)
            cell.photo = ImageTk.PhotoImage(shown, master=self)
            self.itemconfigure(cell.item, image=cell.photo)
        cell.shown = tile

    def _best_grid(self) -> tuple[int, int]:
        """Return how many columns make the tiles largest, and their side in pixels."""
        count = max(1, len(self._tiles))
        width, height = self.winfo_width() - 2 * _MARGIN, self.winfo_height() - 2 * _MARGIN

        def side(columns: int) -> int:
            rows = math.ceil(count / columns)
            room = min(
                (width - (columns - 1) * GAP) // columns, (height - (rows - 1) * GAP) // rows
            )
            return max(_SMALLEST, min(room, _LARGEST // max(columns, rows)))

        columns = max(range(1, count + 1), key=side)
        return columns, side(columns)

    def _mark(self) -> None:
        """Frame the tiles of a grid, the selected one in colour while keys go to it."""
        palette = palette_of(self)
        chosen = palette.link if has_focus(self) else palette.muted
        for index, cell in enumerate(self._cells):
            visible = len(self._cells) > 1
            colour = chosen if index == self._selected else palette.border
            self.itemconfigure(cell.frame, outline=colour, state="normal" if visible else "hidden")

    def _clicked(self, event: tk.Event[tk.Misc]) -> None:
        if self._cells:
            self.focus_set()
        for index in range(len(self._cells)):
            x, y = self.place_of(index)
            if max(abs(event.x - x), abs(event.y - y)) <= self._side // 2:
                self._on_choose(index)
                return

    def _resized(self, event: tk.Event[tk.Misc]) -> None:
        self.coords(self._hint, event.width // 2, event.height // 2)
        for index, cell in enumerate(self._cells):
            self.coords(cell.item, *self.place_of(index))
        # A window being resized says so dozens of times a second: enlarge once, at the end.
        self._cancel_redraw()
        self._redraw_timer = self.after(_REDRAW_DELAY, self._redraw)
