"""What the gallery shows: words to look for, and whether a star is asked for."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from app.ui.toolkit.text_editing import limit_entry
from app.ui.toolkit.theme import GAP

_PAUSE = 80  # milliseconds after a key until the search begins


class SearchBar(ttk.Frame):
    """A search field and the switch "Starred".

    Parameters
    ----------
    on_change : told, a moment after the last key, that something else is asked for.
    """

    def __init__(self, parent: tk.Misc, on_change: Callable[[], None]) -> None:
        super().__init__(parent)
        self._on_change = on_change
        self._timer: str | None = None
        self._words = tk.StringVar(self)
        self._words.trace_add("write", lambda *_: self._change_soon())
        self._starred_only = tk.BooleanVar(self)
        label = ttk.Label(self, text="Search")
        # Made in the order in which the Tab key goes through them.
        self.entry = ttk.Entry(self, textvariable=self._words)
        limit_entry(self.entry)
        self.starred_button = ttk.Checkbutton(
            self,
            text="★ Starred",
            style="Toggle.TButton",
            variable=self._starred_only,
            command=on_change,
        )
        label.pack(side="left", padx=(0, GAP))
        self.starred_button.pack(side="right", padx=(GAP, 0))
        self.entry.pack(side="left", fill="x", expand=True)
        self.entry.bind("<Escape>", self._clear)

    @property
    def words(self) -> str:
        """What to look for; empty for everything."""
        return self._words.get().strip()

    @property
    def starred_only(self) -> bool:
        """Whether only pictures with a star are asked for."""
        return self._starred_only.get()

    def _change_soon(self) -> None:
        if self._timer is not None:
            self.after_cancel(self._timer)
        self._timer = self.after(_PAUSE, self._on_change)

    def _clear(self, event: tk.Event[tk.Misc]) -> str | None:
        if not self._words.get():
            return None  # Escape is then the window's
        self._words.set("")
        return "break"
