"""A key of the whole window: as Tk binds it, and as menus write it."""

from __future__ import annotations

import tkinter as tk
from dataclasses import dataclass

_WRITTEN = {"Return": "Enter", "Escape": "Esc", "comma": ","}


def on_mac(widget: tk.Misc) -> bool:
    """Tell whether the window is drawn by a Mac, where Command is what Ctrl is elsewhere."""
    return str(widget.tk.call("tk", "windowingsystem")) == "aqua"


@dataclass(frozen=True)
class Shortcut:
    """One key with its modifiers.

    Attributes
    ----------
    key : as Tk calls it: "o", "Return", "F1".
    shift : whether Shift is pressed with it.
    command : whether Ctrl is pressed with it; on a Mac that is Command.
    """

    key: str
    shift: bool = False
    command: bool = True

    def written(self, on_mac: bool) -> str:
        """Return how menus write it; on a Mac, Tk makes signs of the words."""
        parts = ["Command" if on_mac else "Ctrl"] if self.command else []
        parts += ["Shift"] if self.shift else []
        return "+".join([*parts, _WRITTEN.get(self.key, self.key.upper())])

    def sequences(self, on_mac: bool) -> list[str]:
        """Return the events to bind."""
        modifiers = ("Command-" if on_mac else "Control-") if self.command else ""
        modifiers += "Shift-" if self.shift else ""
        # Tk names a letter as it is written: a capital with Shift, or while Caps Lock is on.
        keys = [self.key, self.key.upper()] if len(self.key) == 1 else [self.key]
        return [f"<{modifiers}KeyPress-{key}>" for key in dict.fromkeys(keys)]
