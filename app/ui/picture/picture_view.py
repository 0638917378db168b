"""What a person looks at: the pictures, their stages, and the words that were attended to."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from PIL import Image

from app.ui.picture.picture_canvas import PictureCanvas, Tile
from app.ui.picture.picture_set import PictureSet
from app.ui.picture.stage_strip import StageStrip
from app.ui.picture.waveform_row import WaveformRow
from app.ui.picture.word_row import WordRow
from app.ui.toolkit.theme import GAP


class PictureView(ttk.Frame):
    """Shows a :class:`PictureSet`; several pictures are a grid, of which one can be enlarged.

    The stage and the word that the person looks at hold for all pictures that are shown.

    Parameters
    ----------
    on_change : called when another picture or stage is shown or marked.

    Attributes
    ----------
    pictures : what is shown; None while there is nothing.
    selected : which picture is enlarged, or marked in the grid.
    example : what is shown while there is nothing; None is a sentence that says so.
    stage : which stage is shown; None is the newest.
    enlarged : whether one picture of several fills the room.
    tools : a frame beside the stages, for whoever wants to put something there.
    """

    def __init__(self, parent: tk.Misc, on_change: Callable[[], None]) -> None:
        super().__init__(parent)
        self._on_change = on_change
        self._word: int | None = None
        self.pictures: PictureSet | None = None
        self.example: Image.Image | None = None
        self.selected = 0
        self.stage: int | None = None
        self.enlarged = False
        # In the order in which the Tab key visits them; the canvas gets what room is left.
        self.canvas = PictureCanvas(self, self._choose, self._move)
        self.tools = ttk.Frame(self)
        self.strip = StageStrip(self.tools, self._choose_stage)
        self.strip.pack(side="left")
        self.word_row = WordRow(self, self._point)
        self.word_row.pack(side="bottom", fill="x")
        self.waveform_row = WaveformRow(self, self._point)  # in its place for pictures from sound
        self.tools.pack(side="bottom", fill="x", pady=GAP)
        self.canvas.pack(fill="both", expand=True)

    @property
    def image(self) -> Image.Image | None:
        """The picture or stage that is enlarged or marked, in its own size."""
        return None if self.pictures is None else self.pictures.image(self.selected, self.stage)

    def show(self, pictures: PictureSet | None, same: bool = False) -> None:
        """Show pictures.

        Parameters
        ----------
        pictures : none is nothing at all.
        same : they are those shown now, some more or less: what the person looks at stays.
        """
        self.pictures = pictures
        if not same:
            self.stage = self._word = None
        self.enlarged = (
            same and self.enlarged and pictures is not None and 1 < len(pictures) > self.selected
        )
        if not self.enlarged:
            self.selected = 0
        self.refresh()

    def refresh(self) -> None:
        """Show what has come to the pictures since."""
        pictures = self.pictures
        if pictures is None:
            tiles = [] if self.example is None else [Tile(self.example)]
            self.canvas.show(tiles, hint="" if tiles else "Your bird appears here")
            self.strip.show([], None)
            self.word_row.show([], alive=False)
            self._show_row(self.word_row)
            return
        if not self.enlarged and len(pictures.drawings) < len(pictures):
            self.selected = pictures.under_way
        self._show_tiles(pictures)
        stages = [] if pictures.from_file else pictures.stages[self.selected]
        self.strip.show(stages, len(stages) - 1 if self.stage is None else self.stage)
        self._show_attended(pictures)
        self._on_change()

    def back_to_grid(self) -> bool:
        """Make an enlarged picture one of many again; tell whether there was one."""
        was_enlarged, self.enlarged = self.enlarged, False
        if was_enlarged:
            self.refresh()
        return was_enlarged

    def _show_attended(self, pictures: PictureSet) -> None:
        """Show what the marked picture attended to: words, or parts of a sound."""
        alive = pictures.attention(self.selected, self.stage, 0) is not None
        spans = pictures.spans(self.selected)
        if spans and pictures.speech is not None:
            self.waveform_row.show(pictures.speech, spans, alive)
            self._show_row(self.waveform_row)
        else:
            self.word_row.show(pictures.words(), alive)
            self._show_row(self.word_row)

    def _show_row(self, row: tk.Widget) -> None:
        other = self.word_row if row is self.waveform_row else self.waveform_row
        if not row.winfo_manager():
            self._word = None  # words and parts of a sound are counted each for themselves
            other.pack_forget()
            row.pack(side="bottom", fill="x", before=self.tools)

    def _show_tiles(self, pictures: PictureSet) -> None:
        shown = [self.selected] if self.enlarged else range(len(pictures))
        heard = bool(pictures.spans(self.selected))
        tiles = [
            Tile(
                pictures.image(picture, self.stage),
                pictures.attention(picture, self.stage, self._word)
                if bool(pictures.spans(picture)) is heard
                else None,
            )
            for picture in shown
        ]
        self.canvas.show(tiles, None if self.enlarged else self.selected)
        if self.enlarged:
            self.canvas.configure(cursor="hand2", takefocus=True)  # it leads back

    def _choose(self, tile: int) -> None:
        """Enlarge a tile of the grid that has a picture, or go back to the grid."""
        if self.pictures is None or self.back_to_grid() or len(self.pictures) == 1:
            return
        if self.pictures.stages[tile]:
            self.selected, self.enlarged = tile, True
            self.refresh()

    def _move(self, step: int) -> None:
        if self.pictures is None:
            return
        wanted = self.selected + step
        if 0 <= wanted < len(self.pictures) and self.pictures.stages[wanted]:
            self.selected = wanted
            self.refresh()

    def _choose_stage(self, stage: int) -> None:
        self.stage = None if stage == self.strip.stages - 1 else stage  # the last is the newest
        self.refresh()

    def _point(self, word: int | None) -> None:
        self._word = word
        if self.pictures is not None:
            self._show_tiles(self.pictures)
