"""What can be done with the gallery's pictures: one menu, its keys, and the right mouse button."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from typing import TYPE_CHECKING

from app.ui.gallery.thumbnail_grid import ThumbnailGrid
from app.ui.toolkit.flat_menu import FlatMenu
from app.ui.toolkit.shortcut import Shortcut, on_mac

if TYPE_CHECKING:
    from app.ui.gallery.gallery_tab import GalleryTab

_RIGHT = "<Button-2>" if sys.platform == "darwin" else "<Button-3>"
# Macs have their Delete key where others have Backspace.
_DELETE = ("Delete", "BackSpace") if sys.platform == "darwin" else ("Delete",)
_MODIFIERS = ("Control", "Command") if sys.platform == "darwin" else ("Control", "Alt")


class GalleryMenu(FlatMenu):
    """The tab's menu; its keys work while the thumbnails have the focus.

    Parameters
    ----------
    tab
        Whose commands it gives.
    pictures
        The thumbnails.
    """

    def __init__(self, tab: GalleryTab, pictures: ThumbnailGrid) -> None:
        super().__init__(tab, self._update)
        self._tab = tab
        self._pictures = pictures
        mac = on_mac(self)
        copy, undo = Shortcut("c"), Shortcut("z")
        save, open_ = Shortcut("s"), Shortcut("o")  # these two are the window's own keys
        self._add("Star", "S", tab.star, "s", "S")
        self._add("Use the sentence", "Return", tab.use_sentence, "Return", "KP_Enter")
        self._add("Draw again with this seed", "R", tab.draw_again, "r", "R")
        self._add("Play what was said", "P", tab.play, "p", "P")
        self.add_separator()
        self._add("Copy the picture", copy.written(mac), tab.copy, *copy.sequences(mac))
        self._add("Save…", save.written(mac), tab.save)
        self._add("Delete", "Del", tab.delete, *_DELETE)
        self._add("Undo delete", undo.written(mac), tab.undo, *undo.sequences(mac))
        self.add_separator()
        self._add("Open picture…", open_.written(mac), tab.open_picture)
        self._add("Open folder", "", tab.open_folder)
        pictures.canvas.bind("<Double-Button-1>", lambda event: tab.use_sentence())
        pictures.canvas.bind("<F5>", lambda event: tab.refresh())
        pictures.canvas.bind(_RIGHT, self._pop_up)
        for key in ("<Menu>", "<Shift-F10>"):
            pictures.canvas.bind(key, self._pop_up_at_selection)

    def _add(self, label: str, shown: str, command: Callable[[], None], *keys: str) -> None:
        def pressed(event: tk.Event[tk.Misc]) -> str:
            command()
            return "break"  # with Shift it may be a key of the window, too, which copies as well

        self.add_command(label=label, accelerator=shown, command=command)
        canvas = self._pictures.canvas
        for key in keys:
            canvas.bind(key if key.startswith("<") else f"<KeyPress-{key}>", pressed)
            if len(key) == 1:  # Ctrl+S is not S: Tk gives an event to the closest match only
                for modifier in _MODIFIERS:
                    canvas.bind(f"<{modifier}-KeyPress-{key}>", lambda _: None)

    def _update(self) -> None:
        """Offer what is possible now."""
        tab = self._tab
        one = tab.selected is not None
        for label, possible in (
            ("Use the sentence", one),
            ("Draw again with this seed", one),
            ("Play what was said", tab.sound is not None),
            ("Copy the picture", one and tab.can_save),
            ("Save…", one and tab.can_save),
            ("Delete", one),
            ("Undo delete", tab.can_undo),
        ):
            self.entryconfigure(label, state="normal" if possible else "disabled")
        star = "Take the star away" if tab.has_star else "Star"
        self.entryconfigure(0, label=star, state="normal" if one else "disabled")

    def _pop_up(self, event: tk.Event[tk.Misc]) -> None:
        self._pictures.canvas.focus_set()
        entry = self._pictures.entry_at(event.x, event.y)
        if entry is not None:
            self._pictures.select(entry)
            self.tk_popup(event.x_root, event.y_root)

    def _pop_up_at_selection(self, event: tk.Event[tk.Misc]) -> None:
        canvas = self._pictures.canvas
        self.tk_popup(canvas.winfo_rootx() + 20, canvas.winfo_rooty() + 20)
