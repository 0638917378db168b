"""The gallery's menu: below a button and the right mouse button, and by keys on the thumbnails."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable

from app.ui.gallery.thumbnail_grid import ThumbnailGrid
from app.ui.toolkit.flat_menu import FlatMenu, MenuEntries
from app.ui.toolkit.shortcut import Shortcut

_RIGHT = "<Button-2>" if sys.platform == "darwin" else "<Button-3>"
_REPEAT = 5  # milliseconds: X11 lets go of a held key and presses it again in the same one
_MODIFIERS = ("Control", "Command") if sys.platform == "darwin" else ("Control", "Alt")


class GalleryMenu(FlatMenu):
    """The tab's menu; its keys work while the thumbnails have the focus, once however long held."""

    def __init__(self, parent: tk.Misc, pictures: ThumbnailGrid, entries: MenuEntries) -> None:
        super().__init__(parent)
        self._pictures = pictures
        self._let_go: dict[int, int | None] = {}  # when each key was; None while it is down
        self._unbound = 0  # the last key that writes nothing of what is bound
        self.add_entries(entries)
        for entry in filter(None, entries):
            keys = [Shortcut(key, command=False) for key in entry.keys]
            for shortcut in filter(None, (entry.shortcut, *keys)):
                self._bind(shortcut, entry.command)
        pictures.canvas.bind("<KeyPress>", self._pressed)
        pictures.canvas.bind("<KeyRelease>", self._released)
        pictures.canvas.bind("<FocusOut>", lambda event: self._let_go.clear(), add=True)
        pictures.canvas.bind(_RIGHT, self._pop_up)
        for key in ("<Menu>", "<Shift-F10>"):
            pictures.canvas.bind(key, self._pop_up_at_selection)

    def _bind(self, shortcut: Shortcut, command: Callable[[], None]) -> None:
        def pressed(event: tk.Event[tk.Misc]) -> str:
            if not self._is_held(event):
                command()
            return "break"  # with Shift it may be a key of the window, too, which copies as well

        canvas = self._pictures.canvas
        shortcut.bind(canvas, pressed)
        if len(shortcut.key) == 1 and not shortcut.command:
            # Ctrl+S is not S: Tk gives an event to the closest match only.
            for modifier in _MODIFIERS:
                for key in (shortcut.key, shortcut.key.upper()):
                    canvas.bind(f"<{modifier}-KeyPress-{key}>", lambda _: None)

    def _is_held(self, event: tk.Event[tk.Misc]) -> bool:
        """Whether the keyboard repeats itself; otherwise the key is pressed anew."""
        # An event that tells a key's position comes right after the key, and has no keycode.
        keycode = event.keycode if isinstance(event.keycode, int) else self._unbound
        is_known = keycode in self._let_go
        let_go = self._let_go.get(keycode)
        self._let_go[keycode] = None
        return is_known and (let_go is None or abs(event.time - let_go) < _REPEAT)

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        self._unbound = event.keycode

    def _released(self, event: tk.Event[tk.Misc]) -> None:
        self._let_go[event.keycode] = event.time

    def _pop_up(self, event: tk.Event[tk.Misc]) -> None:
        self._pictures.canvas.focus_set()
        entry = self._pictures.entry_at(event.x, event.y)
        if entry is not None:
            self._pictures.select(entry)
            self.tk_popup(event.x_root, event.y_root)

    def _pop_up_at_selection(self, event: tk.Event[tk.Misc]) -> None:
        canvas = self._pictures.canvas
        self.tk_popup(canvas.winfo_rootx() + 20, canvas.winfo_rooty() + 20)
