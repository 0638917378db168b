"""The gallery's menu: below a button and the right mouse button, and by keys on the thumbnails."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable

from app.ui.gallery.thumbnail_grid import ThumbnailGrid
from app.ui.toolkit.flat_menu import FlatMenu, MenuEntries
from app.ui.toolkit.shortcut import on_mac

_RIGHT = "<Button-2>" if sys.platform == "darwin" else "<Button-3>"
_MODIFIERS = ("Control", "Command") if sys.platform == "darwin" else ("Control", "Alt")


class GalleryMenu(FlatMenu):
    """The tab's menu; its keys work while the thumbnails have the focus."""

    def __init__(self, parent: tk.Misc, pictures: ThumbnailGrid, entries: MenuEntries) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self.add_entries(entries)
        for entry in filter(None, entries):
            shortcut = entry.shortcut
            keys = shortcut.sequences(on_mac(self)) if shortcut else []
            for key in (*keys, *entry.keys):
                self._bind(key, entry.command)
        pictures.canvas.bind(_RIGHT, self._pop_up)
        for key in ("<Menu>", "<Shift-F10>"):
            pictures.canvas.bind(key, self._pop_up_at_selection)

    def _bind(self, key: str, command: Callable[[], None]) -> None:
        def pressed(event: tk.Event[tk.Misc]) -> str:
            command()
            return "break"  # with Shift it may be a key of the window, too, which copies as well

        canvas = self._pictures.canvas
        canvas.bind(key if key.startswith("<") else f"<KeyPress-{key}>", pressed)
        if len(key) == 1:  # Ctrl+S is not S: Tk gives an event to the closest match only
            for modifier in _MODIFIERS:
                canvas.bind(f"<{modifier}-KeyPress-{key}>", lambda _: None)

    def _pop_up(self, event: tk.Event[tk.Misc]) -> None:
        self._pictures.canvas.focus_set()
        entry = self._pictures.entry_at(event.x, event.y)
        if entry is not None:
            self._pictures.select(entry)
            self.tk_popup(event.x_root, event.y_root)

    def _pop_up_at_selection(self, event: tk.Event[tk.Misc]) -> None:
        canvas = self._pictures.canvas
        self.tk_popup(canvas.winfo_rootx() + 20, canvas.winfo_rooty() + 20)
