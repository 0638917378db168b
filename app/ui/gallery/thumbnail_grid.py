"""A scrolled grid of thumbnails that holds thousands: only what is seen exists."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable, Sequence
from tkinter import ttk

from PIL import Image

from app.gallery import Entry
from app.ui.gallery.grid_geometry import GridGeometry
from app.ui.gallery.thumbnail_cache import ThumbnailCache
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.theme import Palette, follow_palette, palette_of

_SIDE = "3c"  # about a thumbnail's width, in centimetres of the screen as Tk counts them
_FRAME = 3  # pixels of the frame around the selected one
_STAR, _STAR_GROUND = "#ffd75e", "#26292c"  # in both themes: it lies on a picture
_KEYS = ("Left", "Right", "Up", "Down", "Prior", "Next", "Home", "End")


class ThumbnailGrid(ttk.Frame):
    """Shows thumbnails, and lets the person choose one by mouse or arrow keys.

    Parameters
    ----------
    load : gives the thumbnail of an entry in a number of pixels, or None (called in a thread).
    on_select : told which entry the person chose.
    """

    def __init__(
        self,
        parent: tk.Misc,
        runner: BackgroundRunner,
        load: Callable[[Entry, int], Image.Image | None],
        on_select: Callable[[Entry], None],
    ) -> None:
        super().__init__(parent)
        self._on_select = on_select
        self._entries: Sequence[Entry] = ()
        self._positions: dict[str, int] = {}
        self._starred: frozenset[str] = frozenset()
        self.cells = GridGeometry(1, 1, self.winfo_pixels(_SIDE), 0)
        self.cache = ThumbnailCache(
            self, runner, lambda entry: load(entry, self.cells.side), self._loaded
        )
        self.selected: Entry | None = None
        self._build()

    def _build(self) -> None:
        self.canvas = tk.Canvas(
            self,
            width=self.cells.wanted,
            height=self.cells.wanted,
            highlightthickness=1,
            takefocus=True,
        )
        self.scrollbar = ttk.Scrollbar(self, command=self._scroll)
        self.canvas.configure(yscrollcommand=self.scrollbar.set)
        self.scrollbar.pack(side="right", fill="y")
        self.canvas.pack(side="left", fill="both", expand=True)
        self._hint = self.canvas.create_text(0, 0, font="SunValleyBodyFont", justify="center")
        self.canvas.bind("<Configure>", self._resized)
        self.canvas.bind("<Button-1>", self._clicked)
        self.canvas.bind("<MouseWheel>", self._wheel)
        self.canvas.bind("<Button-4>", lambda event: self._scroll_by(-self.cells.cell // 2))
        self.canvas.bind("<Button-5>", lambda event: self._scroll_by(self.cells.cell // 2))
        for key in _KEYS:
            self.canvas.bind(f"<{key}>", self._key)
        follow_palette(self.canvas, self._recolour)

    @property
    def entries(self) -> Sequence[Entry]:
        """What is shown, in order."""
        return self._entries

    @property
    def hint(self) -> str:
        """What is said in place of pictures; empty where there are some."""
        return str(self.canvas.itemcget(self._hint, "text"))

    def show(self, entries: Sequence[Entry], starred: frozenset[str], hint: str = "") -> None:
        """Show other entries; the scrolled place and, if it is still there, the selection stay.

        Parameters
        ----------
        entries : what to show.
        starred : file names of those with a star.
        hint : a sentence for a grid without entries.
        """
        self._entries = entries
        self._positions = {entry.name: index for index, entry in enumerate(entries)}
        self._starred = starred
        if self.selected is not None:
            position = self._positions.get(self.selected.name)
            self.selected = None if position is None else entries[position]
        self.canvas.itemconfigure(self._hint, text="" if entries else hint)
        self._arrange()

    def select(self, entry: Entry | None, tell: bool = True) -> None:
        """Select an entry and scroll it into view; ``tell`` is whether ``on_select`` learns it."""
        self.selected = entry
        if entry is None:
            self._draw()
            return
        top = self.cells.top_to_see(self._positions[entry.name], self._top)
        self._scroll_to(top)
        if tell:
            self._on_select(entry)

    def position(self, name: str) -> int | None:
        """Return where a file's entry is in the order shown; None where it is not shown."""
        return self._positions.get(name)

    def entry_at(self, x: int, y: int) -> Entry | None:
        """Return the entry at a place of the widget; None between and behind them."""
        index = self.cells.index_at(x, int(self.canvas.canvasy(y)))
        return None if index is None else self._entries[index]

    def visible(self) -> list[Entry]:
        """Return the entries of which a part is seen."""
        return [self._entries[index] for index in self.cells.in_view(self._top)]

    @property
    def _top(self) -> int:
        """How many pixels are scrolled away."""
        return max(0, int(self.canvas.canvasy(0)))

    def _recolour(self, palette: Palette) -> None:
        self.canvas.configure(
            background=palette.stage,
            highlightbackground=palette.border,
            highlightcolor=palette.link,
        )
        self.canvas.itemconfigure(self._hint, fill=palette.muted)
        self._draw()

    def _resized(self, event: tk.Event[tk.Misc]) -> None:
        self.canvas.coords(self._hint, event.width // 2, event.height // 2)
        self.canvas.itemconfigure(self._hint, width=event.width - 40)
        self._arrange()

    def _arrange(self) -> None:
        """Make room for as many entries as there are."""
        width, height = self.canvas.winfo_width(), self.canvas.winfo_height()
        before = self.cells.side
        self.cells = GridGeometry(width, height, self.cells.wanted, len(self._entries))
        if self.cells.side != before:
            self.cache.clear()
        self.canvas.configure(scrollregion=(0, 0, width, self.cells.total_height))
        self._draw()

    def _draw(self) -> None:
        """Put the visible thumbnails in their places; those that are not there are loaded."""
        self.canvas.delete("cell")
        visible = self.visible()
        for entry in visible:
            self._draw_cell(entry)
        self.cache.want(visible)

    def _draw_cell(self, entry: Entry) -> None:
        x, y = self.cells.place(self._positions[entry.name])
        side = self.cells.side
        photo = self.cache.get(entry)
        if photo is None:
            box = (x, y, x + side, y + side)
            self.canvas.create_rectangle(box, fill=palette_of(self).border, width=0, tags="cell")
        else:
            self.canvas.create_image(x, y, image=photo, anchor="nw", tags="cell")
        if entry.name in self._starred:
            self._draw_star(x + side - side // 8, y + side // 8, side // 12)
        if entry == self.selected:
            box = (x - 1, y - 1, x + side, y + side)
            colour = palette_of(self).link
            self.canvas.create_rectangle(box, outline=colour, width=_FRAME, tags="cell")

    def _draw_star(self, x: int, y: int, radius: int) -> None:
        box = (x - radius, y - radius, x + radius, y + radius)
        self.canvas.create_oval(box, fill=_STAR_GROUND, width=0, tags="cell")
        self.canvas.create_text(x, y, text="★", fill=_STAR, tags="cell")

    def _loaded(self, entry: Entry) -> None:
        if entry in self.visible():
            self._draw_cell(entry)

    def _clicked(self, event: tk.Event[tk.Misc]) -> None:
        self.canvas.focus_set()
        entry = self.entry_at(event.x, event.y)
        if entry is not None:
            self.select(entry)

    def _key(self, event: tk.Event[tk.Misc]) -> str:
        if self._entries:
            here = self._positions[self.selected.name] if self.selected else None
            there = self.cells.step(event.keysym, here)
            if there != here:
                self.select(self._entries[there])
        return "break"

    def _wheel(self, event: tk.Event[tk.Misc]) -> None:
        notches = event.delta if sys.platform == "darwin" else event.delta / 120
        self._scroll_by(int(-notches * self.cells.cell / 2))

    def _scroll(self, *arguments: str) -> None:
        self.canvas.yview(*arguments)
        self._draw()

    def _scroll_by(self, pixels: int) -> None:
        self._scroll_to(self._top + pixels)

    def _scroll_to(self, top: int) -> None:
        self.canvas.yview_moveto(max(0, top) / self.cells.total_height)
        self._draw()
