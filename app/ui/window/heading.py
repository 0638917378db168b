"""The program's name, and below it one sentence that says what to do."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

_FIRST = "Say or type what a bird looks like, then press Draw."
_LATER = "Describe a bird, and see it drawn."


class Heading(ttk.Frame):
    """Title and sentence; before the first picture the sentence says how to begin."""

    def __init__(self, parent: tk.Misc, has_drawn: bool) -> None:
        super().__init__(parent)
        ttk.Label(self, text="speech2bird", style="Title.TLabel").pack(anchor="w")
        self.sentence = ttk.Label(self, text=_LATER if has_drawn else _FIRST, style="Muted.TLabel")
        self.sentence.pack(anchor="w")

    def welcome_is_over(self) -> None:
        """Say what is said from the first picture on."""
        self.sentence.configure(text=_LATER)
