"""The tab in which a person types what the bird looks like."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from functools import partial
from tkinter import ttk

from app.ui.sentence.sentence_field import SentenceField
from app.ui.sentence.word_marks import Suggest
from app.ui.toolkit.link_label import LinkLabel
from app.ui.toolkit.theme import GAP, tab_padding
from models.request import DrawRequest

EXAMPLES = (
    "a small red bird with black wings",
    "this is a blue bird with a white belly",
    "a bright yellow bird with a black head",
)


class TypeTab(ttk.Frame):
    """A sentence field and a few sentences to begin with."""

    def __init__(
        self,
        parent: tk.Misc,
        on_draw: Callable[[DrawRequest], None],
        suggest: Suggest,
    ) -> None:
        super().__init__(parent, padding=tab_padding(parent))
        self.field = SentenceField(self, "What does the bird look like?", on_draw, suggest)
        head = ttk.Label(self, text="For example", style="Caption.TLabel")
        links = [LinkLabel(self, example, partial(self._use, example)) for example in EXAMPLES]
        # Packed from below: in a low window the text gives way.
        for link in reversed(links):
            link.pack(side="bottom", anchor="w", pady=1)
        head.pack(side="bottom", anchor="w", pady=(2 * GAP, 2))
        self.field.pack(fill="both", expand=True)

    def _use(self, example: str) -> None:
        self.field.sentence = example
        self.field.text.focus()
