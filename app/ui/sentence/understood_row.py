"""What is drawn of a sentence where that is something else than its words, quietly below it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from textwrap import shorten
from tkinter import ttk
from typing import TYPE_CHECKING

from app.ui.toolkit.link_label import LinkLabel
from app.ui.toolkit.theme import GAP

if TYPE_CHECKING:
    from models.words.reader import Reading

_PAUSE = 300  # milliseconds without a change after which somebody reads what is told
_LONGEST = 200  # characters, more than are drawn: what is told leaves room for the sentence itself


class UnderstoodRow(ttk.Frame):
    """A few words and a link that takes them; it takes no room where there is nothing to tell.

    Parameters
    ----------
    on_use : receives the words when the person wants to go on with them; without it there is no
        link.

    Attributes
    ----------
    text : what is told now, or nothing.
    """

    def __init__(self, parent: tk.Misc, on_use: Callable[[str], None] | None) -> None:
        super().__init__(parent, height=1)
        self._words = ""  # what is drawn, if that is worth telling
        self._timer: str | None = None
        self.text = ""
        self._label = ttk.Label(self, style="Caption.TLabel", anchor="w", justify="left")
        self._on_use = on_use
        self.link = LinkLabel(self, "Use these words", self._use)
        self.link.configure(font="SunValleyCaptionFont")
        self.bind("<Configure>", lambda event: self._label.configure(wraplength=event.width))

    def _use(self) -> None:
        if self._on_use is not None:
            self._on_use(self._words)

    def show(self, reading: Reading | None) -> None:
        """Tell, after a pause, what a text was understood as; nothing at once where it is clear."""
        self._words = reading.drawn_as if reading is not None and reading.is_changed else ""
        if self._timer is not None:
            self.after_cancel(self._timer)
            self._timer = None
        if self._words:
            self._timer = self.after(_PAUSE, self._tell)
        else:
            self._tell()

    def _tell(self) -> None:
        self._timer = None
        was_told, words = bool(self.text), shorten(self._words, _LONGEST, placeholder=" …")
        self.text = f"Drawn as: {words}" if words else ""
        self._label.configure(text=self.text)
        if self.text and not was_told:
            self._label.pack(fill="x", pady=(GAP, 0))
            if self._on_use is not None:
                self.link.pack(anchor="w")
        elif was_told and not self.text:
            self._label.pack_forget()
            self.link.pack_forget()
            self.configure(height=1)  # a frame keeps the height of what was in it last
