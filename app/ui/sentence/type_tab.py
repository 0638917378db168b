"""The tab in which a person types what the bird looks like."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from app.ui.sentence.example_links import ExampleLinks
from app.ui.sentence.pose_menu import ShownPose
from app.ui.sentence.sentence_field import SentenceField
from app.ui.sentence.word_marks import Suggest
from app.ui.toolkit.theme import GAP, tab_padding
from models.request import DrawRequest


class TypeTab(ttk.Frame):
    """A sentence field and a few sentences to begin with."""

    def __init__(
        self,
        parent: tk.Misc,
        on_draw: Callable[[DrawRequest], None],
        suggest: Suggest,
        shown_pose: ShownPose,
        on_missing: Callable[[str], None],
    ) -> None:
        super().__init__(parent, padding=tab_padding(parent))
        self.field = SentenceField(
            self, "What does the bird look like?", on_draw, suggest, shown_pose, on_missing
        )
        self.examples = ExampleLinks(self, "For example", self.field)
        # Packed from below: in a low window the text gives way.
        self.examples.pack(side="bottom", anchor="w", pady=(GAP, 0))
        self.field.pack(fill="both", expand=True)
