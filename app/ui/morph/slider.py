"""A slider that says where it is."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

_KEYS = ("Left", "Right", "Up", "Down", "Home", "End")
_ENDS = (
    *(f"<ButtonRelease-{button}>" for button in (1, 2, 3)),
    *(f"<KeyRelease-{key}>" for key in _KEYS),
)
"""What ends a move, of all that Tk's scales move by."""


class Slider(ttk.Frame):
    """A labelled slider from 0 to 1 that tells where it is.

    Parameters
    ----------
    text : what it is between.
    on_move : called with True while it moves, and with False when it is let go.
    """

    def __init__(self, parent: tk.Misc, text: str, on_move: Callable[[bool], None]) -> None:
        super().__init__(parent)
        self._on_move = on_move
        ttk.Label(self, text=text, style="Muted.TLabel").grid(row=0, column=0, sticky="w")
        self._percent = ttk.Label(self, text="0%", style="Muted.TLabel")
        self._percent.grid(row=0, column=1, sticky="e")
        self.scale = ttk.Scale(self, from_=0, to=100, command=self._moved)
        self.scale.grid(row=1, column=0, columnspan=2, sticky="ew", pady=(2, 0))
        self.columnconfigure(0, weight=1)
        for end in _ENDS:
            self.scale.bind(end, lambda event: self._on_move(False))

    @property
    def share(self) -> float:
        """Where it is, 0 to 1."""
        return float(self.scale.get()) / 100

    def _moved(self, value: str) -> None:
        self._percent.configure(text=f"{self.share:.0%}")
        self._on_move(True)
