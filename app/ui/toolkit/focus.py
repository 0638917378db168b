"""Where keys go."""

from __future__ import annotations

import tkinter as tk


def has_focus(widget: tk.Misc) -> bool:
    """Tell whether keys go to a widget.

    ``focus_get`` fails while keys go to the menu bar: Tk shows a clone of it, which tkinter does
    not know.
    """
    return str(widget.tk.call("focus")) == str(widget)
