"""The seed of the picture: shown, editable, locked, or left to chance."""

from __future__ import annotations

import secrets
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from app.errors import AppError
from app.ui.toolkit.text_editing import limit_entry
from app.ui.toolkit.theme import GAP
from models.request import MAX_SEED
from models.words.tokens import printable


class SeedError(AppError):
    """What was written into the seed's field is no seed."""


class SeedBar(ttk.Frame):
    """Shows the seed of the picture, and says which one comes next.

    Locked, the seed stays for the next sentence; otherwise each drawing gets a new one. Whoever
    writes a seed wants it used: that locks it.

    Parameters
    ----------
    on_draw : called when the person presses Return in the field.
    on_surprise : called by the button "Surprise me".
    """

    def __init__(
        self, parent: tk.Misc, on_draw: Callable[[], None], on_surprise: Callable[[], None]
    ) -> None:
        super().__init__(parent)
        self._text = tk.StringVar(self)
        self._locked = tk.BooleanVar(self)
        self._showing = False
        ttk.Label(self, text="Seed", style="Muted.TLabel").pack(side="left", padx=(0, GAP))
        self.entry = ttk.Entry(self, textvariable=self._text, width=10)
        limit_entry(self.entry)
        self.entry.pack(side="left")
        self.entry.bind("<Return>", lambda event: on_draw())
        self.lock_button = ttk.Checkbutton(self, text="Keep", variable=self._locked)
        self.lock_button.pack(side="left", padx=(GAP, 0))
        self.surprise_button = ttk.Button(
            self, text="Surprise me", style="Panel.TButton", command=on_surprise
        )
        self.surprise_button.pack(side="right")
        self._text.trace_add("write", self._edited)

    @property
    def locked(self) -> bool:
        """Whether the next drawing takes the seed that is shown."""
        return self._locked.get()

    def show(self, seed: int) -> None:
        """Show a picture's seed, unless the person wants to keep the one that is there."""
        if not self.locked:
            self._write(str(seed))

    def next_seed(self, count: int) -> int:
        """Return the first seed of the next ``count`` pictures, which follow one another.

        Raises
        ------
        SeedError
            The seed is to be kept, and is no number, or too large.
        """
        largest = MAX_SEED - count + 1
        if not self.locked:
            return secrets.randbelow(largest + 1)
        return parse_seed(self._text.get(), largest)

    def surprise(self, count: int) -> int:
        """Return a new seed, and keep that one where a seed was kept."""
        seed = secrets.randbelow(MAX_SEED - count + 2)
        self._write(str(seed))
        return seed

    def _write(self, text: str) -> None:
        self._showing = True
        self._text.set(text)
        self._showing = False

    def _edited(self, *_: str) -> None:
        if not self._showing:
            self._locked.set(bool(self._text.get().strip()))


def parse_seed(text: str, largest: int = MAX_SEED) -> int:
    """Read a seed as a person wrote it.

    Raises
    ------
    SeedError
        It is no whole number from 0 to `largest`.
    """
    text = printable(text).strip()  # without what nobody sees, of web pages
    # The length first: int() refuses thousands of digits.
    if not text.isdecimal() or len(text) > 20 or int(text) > largest:
        raise SeedError(
            f"The seed must be a whole number from 0 to {largest:,}. Please correct it."
        )
    return int(text)
