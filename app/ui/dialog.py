"""A small window over the main one, that Escape closes."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from app.ui.theme import GAP


class Dialog(tk.Toplevel):
    """An empty dialog; whoever fills ``body`` then calls :meth:`appear`.

    Parameters
    ----------
    root
        The window over which it appears.
    title
        Its title.

    Attributes
    ----------
    body
        Where its widgets go.
    """

    def __init__(self, root: tk.Misc, title: str) -> None:
        super().__init__(root)
        self.withdraw()  # shown when it is complete: nothing jumps
        self.title(title)
        self.resizable(False, False)
        self.transient(root.winfo_toplevel())
        self.body = ttk.Frame(self, padding=3 * GAP)
        self.body.pack(fill="both", expand=True)
        self.bind("<Escape>", lambda event: self.destroy())

    def appear(self, focus: tk.Misc) -> None:
        """Show it in the middle of the window, with the keyboard's focus in a widget."""
        self.update_idletasks()
        root = self.master.winfo_toplevel()
        x = root.winfo_rootx() + (root.winfo_width() - self.winfo_reqwidth()) // 2
        y = root.winfo_rooty() + (root.winfo_height() - self.winfo_reqheight()) // 3
        self.geometry(f"+{max(0, x)}+{max(0, y)}")
        self.deiconify()
        focus.focus_set()
