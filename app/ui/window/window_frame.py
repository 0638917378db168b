"""The window's two halves, and how they share its room."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from app.ui.toolkit.message_bar import MessageBar
from app.ui.toolkit.scrolled_frame import ScrolledFrame
from app.ui.toolkit.theme import GAP, is_narrow
from app.ui.window.heading import Heading
from app.ui.window.status_line import StatusLine
from app.ui.window.window_size import restore_geometry

# In centimetres of the screen, as Tk counts them.
_SIDE_WIDTH = "11c"
_NATURAL = ("26.5c", "21c")  # width and height: a picture of 512 pixels fits in
_LOW = "15.5c"  # a height
_VERY_LOW = "13.1c"  # a height
_BARS = "2c"  # title, menu, and the desktop's own bar
_SMALLEST = (400, 300)  # pixels; what does not fit is scrolled to


class WindowFrame(ScrolledFrame):
    """Tabs between heading and messages, and beside them a place for the picture.

    Parameters
    ----------
    has_drawn : whether a picture was ever drawn: until then the heading says how to begin.
    use_bundled_model : leaves a model that the person opened.

    Attributes
    ----------
    heading, tabs, messages, status : the parts of the left half, from above.
    """

    def __init__(self, root: tk.Tk, has_drawn: bool, use_bundled_model: Callable[[], None]) -> None:
        gap = GAP if is_narrow(root) else 3 * GAP
        super().__init__(root, gap)
        self._window = root
        self.pack(fill="both", expand=True)
        self.content.columnconfigure(1, weight=1)
        self.content.rowconfigure(0, weight=1)
        # Of a fixed width: a long message wraps inside it, and never moves the picture.
        self._side = side = ttk.Frame(self.content)
        side.pack_propagate(False)
        side.grid(row=0, column=0, sticky="nsew", padx=(0, gap))
        self.heading = Heading(side, has_drawn)
        self.status = StatusLine(side, use_bundled_model)
        self.status.pack(side="bottom", anchor="w")
        self.messages = MessageBar(side)
        self.messages.pack(side="bottom", fill="x", pady=(0, GAP))
        self.tabs = ttk.Notebook(side)
        self.tabs.pack(fill="both", expand=True)

    def put_beside(self, picture: tk.Widget) -> None:
        """Take the right half, whose parent is ``content``."""
        picture.grid(row=0, column=1, sticky="nsew")

    def place_window(self, geometry: str | None, show_examples: Callable[[bool], None]) -> None:
        """Give the window its last size, or its natural one, as far as the screen has room.

        Parameters
        ----------
        show_examples : told, whenever the size changes, whether there is room for examples of
            sentences.
        """
        root = self._window
        self._show_examples = show_examples
        root.update_idletasks()
        width, fitting = root.winfo_pixels(_SIDE_WIDTH), self.tabs.winfo_reqwidth()
        self._side.configure(width=min(width, fitting) if is_narrow(root) else width)
        self._fit()
        self.bind("<Configure>", lambda event: self._fit(), add=True)
        self.messages.bind("<Configure>", lambda event: self._message_changed(), add=True)
        width, height, bars = map(root.winfo_pixels, (*_NATURAL, _BARS))
        width = min(width, root.winfo_screenwidth())
        height = min(height, root.winfo_screenheight() - bars)
        root.geometry(f"{width}x{height}")
        root.minsize(*_SMALLEST)
        if geometry is not None:
            restore_geometry(root, geometry)

    def _fit(self) -> None:
        """Ask for as much height as the side needs; in a low window some parts give way."""
        parts: list[tk.Widget] = [self.tabs, self.messages, self.status]
        height = self.winfo_height()
        low = 1 < height < self._window.winfo_pixels(_LOW)
        self._show_examples(not 1 < height < self._window.winfo_pixels(_VERY_LOW))
        if low:
            self.heading.pack_forget()
        elif not self.heading.winfo_manager():
            self.heading.pack(anchor="w", pady=(0, 2 * GAP), before=self.status)
        if not low:
            parts.append(self.heading)
        needed = sum(part.winfo_reqheight() for part in parts) + 2 * GAP * (not low) + GAP
        self._side.configure(height=needed)

    def _message_changed(self) -> None:
        """Make room for a message, and let it be read."""
        self._fit()
        if self.messages.text:
            self._window.after_idle(lambda: self.see(self.messages))
