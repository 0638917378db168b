"""The choice what a spoken picture is drawn from: the text, the sound, or one each."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from app.settings import Way
from app.ui.toolkit.theme import GAP

_LABELS: dict[Way, str] = {"text": "Through text", "sound": "Straight from sound", "both": "Both"}


class WayRow(ttk.Frame):
    """Three radio buttons."""

    def __init__(self, parent: tk.Misc, way: Way, on_choose: Callable[[Way], None]) -> None:
        super().__init__(parent)
        self._chosen = tk.StringVar(self, way)
        self.buttons: dict[Way, ttk.Radiobutton] = {}
        for key, label in _LABELS.items():
            button = ttk.Radiobutton(
                self,
                text=label,
                variable=self._chosen,
                value=key,
                command=lambda: on_choose(self.way),
            )
            button.pack(side="left", padx=(GAP if self.buttons else 0, 0))
            self.buttons[key] = button

    def set_locked(self, locked: bool) -> None:
        """Keep the choice as it is, for a while."""
        for button in self.buttons.values():
            button.state(["disabled" if locked else "!disabled"])

    @property
    def way(self) -> Way:
        """What is chosen."""
        way: Way = self._chosen.get()  # type: ignore[assignment]
        return way
