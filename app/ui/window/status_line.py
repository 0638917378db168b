"""The lines at the bottom: whether the window is ready to draw, and what leaves this computer."""

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


_STAYS = "All that you say, type and draw stays on this computer."
_VOICE_LEAVES = "Your voice is sent to Google; all else stays on this computer."


class StatusLine(ttk.Frame):
    """Two quiet lines: one about the model, and one about privacy."""

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent)
        self.model = ttk.Label(self, style="Caption.TLabel")
        self.privacy = ttk.Label(self, style="Caption.TLabel")
        self.model.pack(anchor="w")
        self.privacy.pack(anchor="w")

    def show(self, loader: Loader[EnginePainter]) -> None:
        """Say how far the model is, and where it draws."""
        painter = loader.value
        if painter is None:
            text = _TEXTS.get(loader.state, "")
        else:
            place = "the graphics card" if painter.device == "cuda" else "the processor"
            text = f"Ready. Drawing on {place}."
        self.model.configure(text=text)

    def show_privacy(self, recogniser: str) -> None:
        """Say what leaves this computer where this recogniser listens."""
        self.privacy.configure(text=_VOICE_LEAVES if recogniser == "google" else _STAYS)
