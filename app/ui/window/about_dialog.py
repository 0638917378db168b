"""The About box: what this is, what draws in it, and on which terms it may be used."""

from __future__ import annotations

import platform
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

from app import __version__
from app.about import LICENCE, MODEL_CARD, TERMS, card_summary
from app.ui.toolkit.dialog import Dialog
from app.ui.toolkit.link_label import LinkLabel
from app.ui.toolkit.theme import GAP

_WIDTH = "12c"  # of the text, in centimetres of the screen as Tk counts them


class AboutDialog(Dialog):
    """Name, version, model card and licences.

    Parameters
    ----------
    model : the name of the loaded model; None where none is loaded.
    on_open : opens a file with the desktop's own program.
    """

    def __init__(self, root: tk.Misc, model: str | None, on_open: Callable[[Path], None]) -> None:
        super().__init__(root, "About speech2bird")
        self._wrap = self.winfo_pixels(_WIDTH)
        self._on_open = on_open
        self._build(model)
        self.appear(self.close_button)

    def _build(self, model: str | None) -> None:
        body = self.body
        ttk.Label(body, text="speech2bird", style="Title.TLabel").pack(anchor="w")
        self._say(f"Version {__version__} · Python {platform.python_version()}", "Muted.TLabel")
        self._head("The model")
        self._say(f"{model or 'Not loaded.'}\n{card_summary()}")
        self.card_link = self._link("Open model card", MODEL_CARD)
        self._head("Licences")
        for name, terms in TERMS:
            self._say(f"{name}: {terms}.")
        self.licence_link = self._link("Open licence", LICENCE)
        buttons = ttk.Frame(body)
        buttons.pack(fill="x", pady=(3 * GAP, 0))
        self.close_button = ttk.Button(buttons, text="Close", command=self.destroy)
        self.close_button.bind("<Return>", lambda event: self.destroy())
        self.close_button.pack(side="right")

    def _head(self, text: str) -> None:
        label = ttk.Label(self.body, text=text, style="Strong.TLabel")
        label.pack(anchor="w", pady=(2 * GAP, GAP // 2))

    def _say(self, text: str, style: str = "TLabel") -> None:
        label = ttk.Label(self.body, text=text, style=style, wraplength=self._wrap, justify="left")
        label.pack(anchor="w", pady=(0, 2))

    def _link(self, text: str, path: Path) -> LinkLabel:
        link = LinkLabel(self.body, text, lambda: self._on_open(path))
        link.pack(anchor="w")
        return link
