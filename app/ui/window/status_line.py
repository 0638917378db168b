"""The line at the bottom that says whether the window is ready to draw, and with which model."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import TYPE_CHECKING

from app.ui.toolkit.link_label import LinkLabel
from app.ui.toolkit.loader import Loader, LoadState
from app.ui.toolkit.short_text import short
from app.ui.toolkit.theme import GAP

if TYPE_CHECKING:
    from app.engine.pictures import EnginePainter

_TEXTS = {
    LoadState.WAITING: "Loading the model… you can already speak or type.",
    LoadState.LOADING: "Loading the model… you can already speak or type.",
    LoadState.FAILED: "The model could not be loaded; pressing Draw tries again.",
}
_BACK = "Use the bundled model"
_NAME = 30  # characters of a model's name


class StatusLine(ttk.Frame):
    """One quiet line about the model, and the way back from one that a person opened.

    Parameters
    ----------
    on_back : takes the bundled model again.
    """

    def __init__(self, parent: tk.Misc, on_back: Callable[[], None]) -> None:
        super().__init__(parent)
        self.label = ttk.Label(self, style="Caption.TLabel")
        self.label.pack(side="left")
        self.back_link = LinkLabel(self, _BACK, on_back)

    @property
    def text(self) -> str:
        """What it says."""
        return str(self.label.cget("text"))

    def show(self, loader: Loader[EnginePainter]) -> None:
        """Say how far the model is, where it draws, and its name, if it is not the bundled one."""
        painter = loader.value
        self.back_link.pack_forget()
        if painter is None:
            text = _TEXTS.get(loader.state, "")
        else:
            device = "the graphics card" if painter.device == "cuda" else "the processor"
            text = f"Ready. Drawing on {device}."
            if painter.weights is not None:
                text = f"Ready. {short(painter.model_name, _NAME)} draws on {device}."
                self.back_link.pack(side="left", padx=(GAP, 0))
        self.label.configure(text=text)
