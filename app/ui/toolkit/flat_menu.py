"""A menu that looks like the rest of the window, where the system does not draw menus itself."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter import ttk
from typing import Any

from app.ui.toolkit.shortcut import Shortcut, on_mac
from app.ui.toolkit.theme import palette_of

_HEIGHT = "7m"  # of an entry, in millimetres of the screen as Tk counts them

_DISABLED = "#858d94"  # readable on light and dark
_MARGIN = "  "  # behind keys, which Tk writes up to the menu's edge


@dataclass(frozen=True)
class MenuEntry:
    """One command in a menu.

    Attributes
    ----------
    label : what it is called.
    command : what it does.
    shortcut : the key that does it: menus show it, and whoever owns the menu binds it.
    keys : other keys that do it, as Tk names them.
    shown : how the menu writes its key, where there is no shortcut.
    possible : tells whether it makes sense now.
    label_now : tells what it is called at the moment, where that changes.
    """

    label: str
    command: Callable[[], None]
    shortcut: Shortcut | None = None
    possible: Callable[[], bool] = lambda: True
    label_now: Callable[[], str] | None = None
    keys: tuple[str, ...] = ()
    shown: str = ""


MenuEntries = Sequence[MenuEntry | None]
"""What a menu holds, handed over by whoever owns it; None is a line between two entries."""


class FlatMenu(tk.Menu):
    """A menu without bevels, its entries as far apart as a finger or an eye wants them.

    Parameters
    ----------
    on_post : called each time before it is seen.
    """

    def __init__(self, parent: tk.Misc, on_post: Callable[[], None] = lambda: None) -> None:
        super().__init__(parent, tearoff=False, postcommand=self._post)
        self._entries: list[tuple[int, MenuEntry]] = []
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

    def add_entries(self, entries: MenuEntries) -> None:
        """Add entries; each time the menu is seen they offer what is possible then."""
        for entry in entries:
            if entry is None:
                self.add_separator()
                continue
            key = entry.shortcut.written(on_mac(self)) if entry.shortcut else entry.shown
            self.add_command(label=entry.label, command=entry.command, accelerator=key)
            index = self.index("end")
            assert index is not None
            self._entries.append((index, entry))

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
        for index, entry in self._entries:
            label = entry.label if entry.label_now is None else entry.label_now()
            state = "normal" if entry.possible() else "disabled"
            self.entryconfigure(index, label=label, state=state)
        self._on_post()
