"""A key of the whole window: as Tk binds it, and as menus write it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
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
        """Return the key presses that it is by what the key writes."""
        modifiers = self._modifiers("Command-" if on_mac else "Control-")
        # Tk names a letter as it is written: a capital with Shift, or while Caps Lock is on.
        keys = [self.key, self.key.upper()] if len(self.key) == 1 else [self.key]
        return [f"<{modifiers}KeyPress-{key}>" for key in dict.fromkeys(keys)]

    @property
    def position(self) -> str:
        """The event of this key where the layout writes something else on it."""
        return f"<<{self._modifiers('Control-')}Position-{self.key}>>"

    def bind(self, widget: tk.Misc, pressed: Callable[[tk.Event[tk.Misc]], object]) -> None:
        """Call a function when it is pressed in a widget, with any layout."""
        for event in (*self.sequences(on_mac(widget)), self.position):
            widget.bind(event, pressed)

    def _modifiers(self, command: str) -> str:
        return (command if self.command else "") + ("Shift-" if self.shift else "")
