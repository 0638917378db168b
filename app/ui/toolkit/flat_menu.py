"""A menu that looks like the rest of the window, where the system does not draw menus itself."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import Any

from app.ui.toolkit.theme import palette_of

_HEIGHT = "7m"  # of an entry, in millimetres of the screen as Tk counts them

_DISABLED = "#858d94"  # readable on light and dark
_MARGIN = "  "  # behind keys, which Tk writes up to the menu's edge


class FlatMenu(tk.Menu):
    """A menu without bevels, its entries as far apart as a finger or an eye wants them.

    Parameters
    ----------
    parent
        Where it belongs.
    on_post
        Called each time before it is seen.
    """

    def __init__(self, parent: tk.Misc, on_post: Callable[[], None] = lambda: None) -> None:
        super().__init__(parent, tearoff=False, postcommand=self._post)
        self._on_post = on_post
        self._is_ours = self.tk.call("tk", "windowingsystem") == "x11"
        # Tk's own room around an entry is a bevel when the entry is chosen: a picture of nothing
        # beside the text makes room without.
        self._room = tk.PhotoImage(master=self, width=1, height=self.winfo_pixels(_HEIGHT))

    def add(self, itemType: str, cnf: Any = None, **options: Any) -> None:
        """Add an entry; all of tkinter's ``add_`` methods come through here."""
        super().add(itemType, cnf or {}, **options)
        if itemType != "separator" and self._is_ours:
            self.entryconfigure("end", image=self._room, compound="left")
            if options.get("accelerator"):
                self.entryconfigure("end", accelerator=options["accelerator"] + _MARGIN)

    def _post(self) -> None:
        if self._is_ours:
            # Now, since the theme colours menus after everything else: marks white on white.
            self.configure(
                background=palette_of(self).menu,
                selectcolor=str(ttk.Style(self).lookup(".", "foreground")),
                disabledforeground=_DISABLED,
                relief="flat",
                borderwidth=4,
                activeborderwidth=0,
            )
        self._on_post()
