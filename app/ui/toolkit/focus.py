"""Where keys go."""

from __future__ import annotations

import tkinter as tk


def has_focus(widget: tk.Misc) -> bool:
    """Tell whether keys go to a widget.

    ``focus_get`` fails while keys go to the menu bar: Tk shows a clone of it, which tkinter does
    not know.
    """
    return str(widget.tk.call("focus")) == str(widget)


def turn_with_focus_only(box: tk.Misc) -> None:
    """Let the mouse wheel turn a box only while it has the focus, not when it passes over it."""

    def turned(event: tk.Event[tk.Misc]) -> str | None:
        return None if has_focus(box) else "break"

    for wheel in ("<MouseWheel>", "<Button-4>", "<Button-5>"):
        box.bind(wheel, turned)
