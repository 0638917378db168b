"""A small window over the main one, that Escape closes."""

from __future__ import annotations

import tkinter as tk

from app.ui.toolkit.scrolled_frame import ScrolledFrame
from app.ui.toolkit.theme import GAP

_DECORATION = "2c"  # of the screen's height: for a title bar and the desktop's own bar


class Dialog(tk.Toplevel):
    """An empty dialog; whoever fills ``body`` then calls :meth:`appear`.

    Attributes
    ----------
    body : where its widgets go.
    """

    def __init__(self, root: tk.Misc, title: str) -> None:
        super().__init__(root)
        self.withdraw()  # shown when it is complete: nothing jumps
        self.title(title)
        self.resizable(False, False)
        self.transient(root.winfo_toplevel())
        self._frame = ScrolledFrame(self, padding=3 * GAP)
        self._frame.pack(fill="both", expand=True)
        self.body = self._frame.content
        self.bind("<Escape>", lambda event: self.destroy())

    def appear(self, focus: tk.Misc) -> None:
        """Show it in the middle of the window, with the keyboard's focus in a widget."""
        self.update_idletasks()
        most = self.winfo_screenwidth(), self.winfo_screenheight() - self.winfo_pixels(_DECORATION)
        width = min(self.body.winfo_reqwidth(), most[0])
        height = min(self.body.winfo_reqheight(), most[1])
        self._frame.ask_for(width, height)
        self.update_idletasks()
        root = self.master.winfo_toplevel()
        x = root.winfo_rootx() + (root.winfo_width() - self.winfo_reqwidth()) // 2
        y = root.winfo_rooty() + (root.winfo_height() - self.winfo_reqheight()) // 3
        x = min(x, most[0] - width)
        y = min(y, most[1] - height)
        self.geometry(f"+{max(0, x)}+{max(0, y)}")
        self.deiconify()
        focus.focus_set()
