"""The lines at the bottom: which model is ready to draw, and what leaves this computer."""

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


_STAYS = "All that you say, type and draw stays on this computer."
_VOICE_LEAVES = "Your voice is sent to Google; all else stays on this computer."


class StatusLine(ttk.Frame):
    """Two quiet lines: one about the model, with the way back from one that a person opened.

    The other says what leaves this computer.

    Parameters
    ----------
    on_back : takes the bundled model again.
    """

    def __init__(self, parent: tk.Misc, on_back: Callable[[], None]) -> None:
        super().__init__(parent)
        row = ttk.Frame(self)
        self.label = ttk.Label(row, style="Caption.TLabel")
        self.label.pack(side="left")
        self.back_link = LinkLabel(row, _BACK, on_back)
        self.privacy = ttk.Label(self, style="Caption.TLabel")
        row.pack(anchor="w")
        self.privacy.pack(anchor="w")

    @property
    def text(self) -> str:
        """What it says of the model."""
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

    def show_privacy(self, recogniser: str) -> None:
        """Say what leaves this computer where this recogniser listens."""
        self.privacy.configure(text=_VOICE_LEAVES if recogniser == "google" else _STAYS)
