"""The line at the bottom that says whether the window is ready to draw."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk
from typing import TYPE_CHECKING

from app.ui.toolkit.loader import Loader, LoadState

if TYPE_CHECKING:
    from app.engine.pictures import EnginePainter

_TEXTS = {
    LoadState.WAITING: "Loading the model… you can already speak or type.",
    LoadState.LOADING: "Loading the model… you can already speak or type.",
    LoadState.FAILED: "The model could not be loaded; pressing Draw tries again.",
}


class StatusLine(ttk.Label):
    """One quiet line about the model."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent, style="Caption.TLabel")

    def show(self, loader: Loader[EnginePainter]) -> None:
        """Say how far the model is, and where it draws."""
        painter = loader.value
        if painter is None:
            text = _TEXTS.get(loader.state, "")
        else:
            place = "the graphics card" if painter.device == "cuda" else "the processor"
            text = f"Ready. Drawing on {place}."
        self.configure(text=text)
