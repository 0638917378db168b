"""A recording below the picture; pointing at a part of it asks where that was attended to."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from app.ui.toolkit.focus import has_focus
from app.ui.toolkit.theme import Palette, follow_palette, palette_of

if TYPE_CHECKING:
    from app.speech.sound.recording import Recording
    from models.sound.heard import Span

_HEIGHT = 56  # pixels
_PAD = 3  # pixels above and below the loudest sound


class WaveformRow(tk.Canvas):
    """The waveform, with a mark where each piece that was heard begins.

    It is one stop of the Tab key; the arrow keys then go from piece to piece.

    Parameters
    ----------
    on_point : receives the index of the piece that is pointed at, or None when none is any more.

    Attributes
    ----------
    pointed : that index.
    """

    def __init__(self, parent: tk.Misc, on_point: Callable[[int | None], None]) -> None:
        super().__init__(parent, height=_HEIGHT, highlightthickness=1, takefocus=True)
        self._on_point = on_point
        self._speech: Recording | None = None
        self._spans: Sequence[Span] = ()
        self._alive = False
        self.pointed: int | None = None
        self.bind("<Configure>", lambda event: self._redraw())
        self.bind("<Motion>", lambda event: self._point(self._piece_at(event.x)))
        self.bind("<Leave>", lambda event: self._point(None))
        self.bind("<FocusIn>", lambda event: self._step(0))
        self.bind("<FocusOut>", lambda event: self._point(None))
        self.bind("<Left>", lambda event: self._step(-1))
        self.bind("<Right>", lambda event: self._step(1))
        follow_palette(self, self._recolour)

    def show(self, speech: Recording, spans: Sequence[Span], alive: bool) -> None:
        """Show what was heard.

        Parameters
        ----------
        speech : the sound.
        spans : where its pieces lie.
        alive : whether there is attention to be seen, so that pointing at a piece does something.
        """
        if speech is self._speech and (spans, alive) == (self._spans, self._alive):
            return
        self._speech, self._spans, self._alive = speech, spans, alive
        self.pointed = None
        self._redraw()

    def x_of(self, index: int) -> int:
        """Return the middle of a piece in pixels."""
        return round(sum(self._edges(self._spans[index])) / 2)

    def _edges(self, span: Span) -> tuple[float, float]:
        assert self._speech is not None
        scale = self.winfo_width() / self._speech.seconds
        return span.start * scale, span.end * scale

    def _piece_at(self, x: int) -> int | None:
        """Return the piece whose middle is nearest among those that lie there."""
        there = [
            index
            for index, span in enumerate(self._spans)
            if self._edges(span)[0] <= x <= self._edges(span)[1]
        ]
        return min(there, key=lambda index: abs(self.x_of(index) - x), default=None)

    def _step(self, step: int) -> None:
        """Point at the next piece in a direction (0: the first one)."""
        if self._spans and has_focus(self):
            at = 0 if self.pointed is None else self.pointed + step
            self._point(at % len(self._spans))

    def _point(self, index: int | None) -> None:
        if not self._alive:
            index = None
        if index == self.pointed:
            return
        self.pointed = index
        self._redraw()
        self._on_point(index)

    def _recolour(self, palette: Palette) -> None:
        self.configure(
            background=palette.stage,
            highlightbackground=palette.stage,
            highlightcolor=palette.link,
        )
        self._redraw()

    def _redraw(self) -> None:
        self.delete("all")
        width = self.winfo_width()
        if self._speech is None or width < 2:
            return
        palette = palette_of(self)
        for index, span in enumerate(self._spans):
            left, right = self._edges(span)
            if index == self.pointed:
                self.create_rectangle(left, 0, right, _HEIGHT + 2, fill=palette.border, width=0)
            self.create_line(left, 0, left, _HEIGHT + 2, fill=palette.border)
        middle = (_HEIGHT + 2) / 2
        low, high = envelope(self._speech, width)
        tall = middle - _PAD
        xs = np.arange(width)
        outline = np.concatenate(
            [
                np.stack([xs, middle - high * tall], axis=1),
                np.stack([xs, middle - low * tall], axis=1)[::-1],
            ]
        )
        colour = palette.link if self._alive else palette.muted
        self.create_polygon(*outline.ravel().tolist(), fill=colour, outline=colour)


def envelope(speech: Recording, columns: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the lowest and the highest sample of each of some equal parts, both (columns,).

    The loudest sample of all is 1 or -1, so that a faint voice is seen, too.
    """
    samples = speech.as_float()
    peak = float(np.abs(samples).max(initial=0)) or 1.0
    starts = np.arange(columns) * len(samples) // columns
    low = np.minimum.reduceat(samples, starts) / peak
    high = np.maximum.reduceat(samples, starts) / peak
    return low, high
