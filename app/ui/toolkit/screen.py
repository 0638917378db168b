"""Which Tk is here, and which screen it sees."""

from __future__ import annotations

import tkinter as tk


def describe_screen() -> str:
    """Return both in words.

    Raises
    ------
    tkinter.TclError
        There is no screen.
    """
    root = tk.Tk(className="speech2bird")
    try:
        root.withdraw()
        size = f"{root.winfo_screenwidth()} x {root.winfo_screenheight()}"
        dots = root.winfo_fpixels("1i")
        system = root.tk.call("tk", "windowingsystem")
        patch = root.tk.call("info", "patchlevel")
        return f"Tk {patch} ({system}), screen {size}, {dots:.0f} dots per inch"
    finally:
        root.destroy()
