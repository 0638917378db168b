"""A row of small pictures, one a stage, that fill as the stages are drawn."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk

from PIL import Image, ImageTk

from app.ui.toolkit.focus import has_focus
from app.ui.toolkit.theme import Palette, follow_palette, palette_of

_SIDE = "10m"  # millimetres of the screen, as Tk counts them


class StageStrip(ttk.Frame):
    """One thumbnail for each stage; a click, or the arrow keys, shows that stage large.

    Parameters
    ----------
    on_choose : receives the number of the stage that the person wants to see.

    Attributes
    ----------
    thumbnails : the stages' labels, the smallest stage first.
    """

    def __init__(self, parent: tk.Misc, on_choose: Callable[[int], None]) -> None:
        super().__init__(parent, takefocus=True)
        self._on_choose = on_choose
        self._side = self.winfo_pixels(_SIDE)
        self._empty = tk.PhotoImage(master=self, width=self._side, height=self._side)
        self._sizes: tuple[int, ...] = ()
        self._photos: list[ImageTk.PhotoImage | None] = []
        self._images: list[Image.Image | None] = []
        self._shown: int | None = None
        self.thumbnails: list[tk.Label] = []
        for key, step in (("Left", -1), ("Right", 1)):
            self.bind(f"<{key}>", partial(self._move, step))
        for change in ("<FocusIn>", "<FocusOut>"):
            self.bind(change, lambda event: self._mark())
        follow_palette(self, self._recolour)

    @property
    def stages(self) -> int:
        """How many there are."""
        return len(self._sizes)

    def use_sizes(self, sizes: Sequence[int]) -> None:
        """Have a thumbnail for each stage of a model; what is shown has to be shown anew.

        Parameters
        ----------
        sizes : their sides in pixels.
        """
        if tuple(sizes) == self._sizes:
            return
        for thumbnail in self.thumbnails:
            thumbnail.destroy()
        self._sizes = tuple(sizes)
        self._photos, self._images = [None] * len(sizes), [None] * len(sizes)
        self.thumbnails = [self._make(index, size) for index, size in enumerate(sizes)]
        self._recolour(palette_of(self))

    def show(self, images: Sequence[Image.Image], shown: int | None) -> None:
        """Show these stages, the smallest first, and mark the one that is shown large."""
        if len(images) > self.stages:  # another model drew them
            self.use_sizes([image.width for image in images])
        for index, thumbnail in enumerate(self.thumbnails):
            image = images[index] if index < len(images) else None
            if image is not self._images[index]:
                self._images[index] = image
                self._fill(index, thumbnail, image)
        self._shown = shown
        self._mark()

    def _recolour(self, palette: Palette) -> None:
        for thumbnail in self.thumbnails:
            thumbnail.configure(background=palette.stage, foreground=palette.muted)
        self._mark()

    def _make(self, index: int, size: int) -> tk.Label:
        thumbnail = tk.Label(
            self,
            image=self._empty,
            text=str(size),
            compound="center",
            width=self._side,
            height=self._side,
            padx=0,
            pady=0,
            font="SunValleyCaptionFont",
            borderwidth=0,
            highlightthickness=2,
        )
        thumbnail.bind("<Button-1>", partial(self._clicked, index))
        thumbnail.pack(side="left", padx=(0, 4))
        return thumbnail

    def _fill(self, index: int, thumbnail: tk.Label, image: Image.Image | None) -> None:
        if image is None:
            self._photos[index] = None
            thumbnail.configure(image=self._empty, text=str(self._sizes[index]), cursor="")
            return
        small = image.resize((self._side, self._side), Image.Resampling.BILINEAR)
        photo = self._photos[index] = ImageTk.PhotoImage(small, master=self)
        thumbnail.configure(image=photo, text="", cursor="hand2")

    def _clicked(self, index: int, event: tk.Event[tk.Misc]) -> None:
        self.focus_set()
        self._choose(index)

    def _move(self, step: int, event: tk.Event[tk.Misc]) -> None:
        if self._shown is not None:
            self._choose(self._shown + step)

    def _choose(self, index: int) -> None:
        if 0 <= index < self.stages and self._images[index] is not None:
            self._on_choose(index)

    def _mark(self) -> None:
        palette = palette_of(self)
        chosen = palette.link if has_focus(self) else palette.muted
        for index, thumbnail in enumerate(self.thumbnails):
            colour = chosen if index == self._shown else palette.stage
            thumbnail.configure(highlightbackground=colour, highlightcolor=colour)
