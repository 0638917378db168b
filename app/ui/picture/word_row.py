"""The sentence's words below the picture; pointing at one asks where it was attended to."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from functools import partial
from tkinter import ttk

from app.ui.picture.picture_set import Word
from app.ui.toolkit.short_text import short

_MOST = 40  # labels; a model reads 24 words
_SPACE = 2  # pixels between two words


class WordRow(ttk.Frame):
    """Wrapped labels, one a word; words that were not understood are struck through.

    The row is one stop of the Tab key; the arrow keys then go from word to word.

    Parameters
    ----------
    on_point : receives the index of the word that is pointed at, or None when none is any more.

    Attributes
    ----------
    labels : the words' labels, in the sentence's order.
    """

    def __init__(self, parent: tk.Misc, on_point: Callable[[int | None], None]) -> None:
        super().__init__(parent, takefocus=True)
        self._on_point = on_point
        self._words: list[Word] = []
        self._pointed: int | None = None  # a position in _words
        self._alive = False
        self._width = 0
        self.labels: list[ttk.Label] = []
        self._line = ttk.Label(self, text=" ", style="Word.TLabel").winfo_reqheight()
        self.configure(height=self._line)  # an empty row takes room, so that nothing jumps
        self.bind("<Configure>", self._resized)
        self.bind("<FocusIn>", lambda event: self._step(0))
        self.bind("<FocusOut>", lambda event: self._point(None))
        self.bind("<Left>", lambda event: self._step(-1))
        self.bind("<Right>", lambda event: self._step(1))

    def show(self, words: Sequence[Word], alive: bool) -> None:
        """Show a sentence.

        Parameters
        ----------
        words : its words, in order.
        alive : whether there is attention to be seen, so that pointing at a word does something.
        """
        words = list(words)
        if len(words) > _MOST:
            words = [*words[:_MOST], Word("…", understood=True)]
        if (words, alive) == (self._words, self._alive):
            return
        texts = [word.text for word in words]
        if texts != [word.text for word in self._words]:
            self._point(None)
            for label in self.labels:
                label.destroy()
            self.labels = [self._make(position, text) for position, text in enumerate(texts)]
        self._words, self._alive = words, alive
        for position in range(len(words)):
            self._style(position)
        self._arrange()

    def _make(self, position: int, text: str) -> ttk.Label:
        label = ttk.Label(self, text=short(text), style="Word.TLabel")
        label.bind("<Enter>", partial(self._entered, position))
        label.bind("<Leave>", lambda event: self._point(None))
        return label

    def _entered(self, position: int, event: tk.Event[tk.Misc]) -> None:
        self._point(position)

    def _step(self, step: int) -> None:
        """Point at the next word that has attention in a direction (0: the first one)."""
        indices = [position for position, word in enumerate(self._words) if word.index is not None]
        if not indices:
            return
        at = indices.index(self._pointed) if self._pointed in indices else 0
        self._point(indices[(at + step) % len(indices)])

    def _point(self, position: int | None) -> None:
        before, self._pointed = self._pointed, position
        if before == position:
            return
        for changed in (before, position):
            if changed is not None and changed < len(self.labels):
                self._style(changed)
        word = None if position is None or not self._alive else self._words[position].index
        self._on_point(word)

    def _style(self, position: int) -> None:
        word = self._words[position]
        if not word.understood:
            style = "Unknown.Word.TLabel"
        elif position == self._pointed and self._alive and word.index is not None:
            style = "Pointed.Word.TLabel"
        else:
            style = "Word.TLabel"
        self.labels[position].configure(style=style)

    def _resized(self, event: tk.Event[tk.Misc]) -> None:
        if event.width != self._width:
            self._width = event.width
            self._arrange()

    def _arrange(self) -> None:
        """Place the words in lines, and be as high as they need."""
        x = y = 0
        for label in self.labels:
            width = label.winfo_reqwidth()
            if x > 0 and x + width > self._width:
                x, y = 0, y + self._line + _SPACE
            label.place(x=x, y=y)
            x += width + _SPACE
        self.configure(height=y + self._line)
