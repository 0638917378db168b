"""Text that does something when it is clicked, as on a page."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk


class LinkLabel(ttk.Label):
    """A link; the Tab key reaches it, and Return or space follows it."""

    def __init__(self, parent: tk.Misc, text: str, command: Callable[[], None]) -> None:
        super().__init__(parent, text=text, style="Link.TLabel", cursor="hand2", takefocus=True)
        for event in ("<Button-1>", "<Return>", "<space>"):
            self.bind(event, lambda event: command())
