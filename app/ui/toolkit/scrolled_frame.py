"""A frame for small screens: what does not fit into it can be scrolled to."""

from __future__ import annotations

import tkinter as tk
from tkinter import ttk

from app.ui.toolkit.theme import Palette, follow_palette

_LEAST = 100  # pixels; Tk never lays out a frame that asks for one pixel


class ScrolledFrame(ttk.Frame):
    """Gives its content all the room there is, or as much as it needs, with scrollbars.

    A widget that gets the keyboard's focus is scrolled into view.

    Parameters
    ----------
    padding : pixels around the content.

    Attributes
    ----------
    content : where the widgets go.
    """

    def __init__(self, parent: tk.Misc, padding: int) -> None:
        super().__init__(parent)
        self.columnconfigure(0, weight=1)
        self.rowconfigure(0, weight=1)
        self._canvas = tk.Canvas(self, highlightthickness=0, borderwidth=0, takefocus=False)
        self._canvas.grid(sticky="nsew")
        self._down = ttk.Scrollbar(self, command=self._canvas.yview)
        self._across = ttk.Scrollbar(self, orient="horizontal", command=self._canvas.xview)
        self._canvas.configure(xscrollcommand=self._across.set, yscrollcommand=self._down.set)
        self.ask_for(_LEAST, _LEAST)
        self._down.grid(row=0, column=1, sticky="ns")
        self._across.grid(row=1, column=0, sticky="ew")
        # As large as the content asks for, and at least as large as what is seen.
        self._sheet = ttk.Frame(self._canvas)
        self._sheet.columnconfigure(0, weight=1)
        self._sheet.rowconfigure(0, weight=1)
        self._canvas.create_window(0, 0, anchor="nw", window=self._sheet)
        self.content = ttk.Frame(self._sheet, padding=padding)
        self.content.grid(sticky="nsew")
        for widget in (self, self._sheet):
            widget.bind("<Configure>", lambda event: self._arrange())
        self.winfo_toplevel().bind("<FocusIn>", self._focused, add=True)
        follow_palette(self._canvas, self._recolour)

    @property
    def is_scrolled(self) -> bool:
        """Whether a part of the content is out of sight."""
        return bool(self._down.winfo_manager() or self._across.winfo_manager())

    def ask_for(self, width: int, height: int) -> None:
        """Ask for so many pixels."""
        self._canvas.configure(width=width, height=height)

    def _recolour(self, palette: Palette) -> None:
        self._canvas.configure(background=str(ttk.Style(self).lookup(".", "background")))

    def _arrange(self) -> None:
        """Show the scrollbars that are needed, and give the content what room they leave."""
        width, height = self.winfo_width(), self.winfo_height()
        if width <= 1:
            return  # not shown yet
        needed_width, needed_height = self.content.winfo_reqwidth(), self.content.winfo_reqheight()
        thick = self._down.winfo_reqwidth()
        down = needed_height > height
        across = needed_width > width - down * thick
        down = needed_height > height - across * thick
        for bar, is_needed in ((self._down, down), (self._across, across)):
            if is_needed:
                bar.grid()
            else:
                bar.grid_remove()
        in_view = width - down * thick, height - across * thick
        self._sheet.columnconfigure(0, minsize=in_view[0])
        self._sheet.rowconfigure(0, minsize=in_view[1])
        whole = max(in_view[0], needed_width), max(in_view[1], needed_height)
        self._canvas.configure(scrollregion=(0, 0, *whole))

    def see(self, widget: tk.Misc) -> None:
        """Scroll a widget into view; nothing happens where all is seen."""
        content, canvas = self.content, self._canvas
        if not self.is_scrolled:
            return
        left, top = canvas.canvasx(0), canvas.canvasy(0)
        x = widget.winfo_rootx() - content.winfo_rootx()
        y = widget.winfo_rooty() - content.winfo_rooty()
        across = _to_see(x, widget.winfo_width(), left, canvas.winfo_width())
        down = _to_see(y, widget.winfo_height(), top, canvas.winfo_height())
        canvas.xview_moveto(across / content.winfo_width())
        canvas.yview_moveto(down / content.winfo_height())

    def _focused(self, event: tk.Event[tk.Misc]) -> None:
        widget = event.widget
        if isinstance(widget, tk.Misc) and str(widget).startswith(f"{self.content}."):
            self.see(widget)


def _to_see(start: int, length: int, origin: float, in_view: int) -> float:
    """Return where the view must begin to show a stretch, moved no more than needed."""
    if start < origin or length > in_view:
        return start
    return max(origin, start + length - in_view)
