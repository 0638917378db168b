"""A few sentences to begin with, each one click away."""

from __future__ import annotations

import tkinter as tk
from functools import partial
from tkinter import ttk

from app.ui.sentence.sentence_field import SentenceField
from app.ui.toolkit.link_label import LinkLabel
from app.ui.toolkit.theme import GAP

EXAMPLES = (
    "a small red bird with black wings",
    "this is a blue bird with a white belly",
    "a bright yellow bird with a black head",
)


class ExampleLinks(ttk.Frame):
    """Links that fill a sentence field."""

    def __init__(self, parent: tk.Misc, title: str, field: SentenceField) -> None:
        super().__init__(parent)
        self._field = field
        ttk.Label(self, text=title, style="Caption.TLabel").pack(anchor="w", pady=(GAP // 2, 0))
        self.links = [LinkLabel(self, each, partial(self._use, each)) for each in EXAMPLES]
        for link in self.links:
            link.pack(anchor="w")

    def _use(self, example: str) -> None:
        self._field.sentence = example
        self._field.text.focus()
