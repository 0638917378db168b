"""The menu bar, and the keys of the whole window."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Mapping, Sequence

from app.ui.toolkit.flat_menu import FlatMenu, MenuEntries, MenuEntry
from app.ui.toolkit.shortcut import on_mac


class MenuBar(tk.Menu):
    """The menus above the window.

    Parameters
    ----------
    menus : what is in each, by its name; keys of entries work from anywhere in the window.
    without_menu : commands that have keys alone.

    Attributes
    ----------
    menus : the menus by name.
    """

    def __init__(
        self,
        root: tk.Tk,
        menus: Mapping[str, MenuEntries],
        without_menu: Sequence[MenuEntry] = (),
    ) -> None:
        super().__init__(root, tearoff=False)
        self._window = root
        self._on_mac = on_mac(self)
        self.menus: dict[str, FlatMenu] = {}
        for name, entries in menus.items():
            menu = self.menus[name] = FlatMenu(self)
            menu.add_entries(entries)
            self.add_cascade(label=name, menu=menu, underline=0)
            for entry in filter(None, entries):
                self._bind(entry)
        for entry in without_menu:  # bound last: a key of a menu's own gives way
            self._bind(entry)
        root.configure(menu=self)

    def use_menu_of_a_mac(self, settings: Callable[[], None], leave: Callable[[], None]) -> None:
        """Give commands to the entries of the menu that a Mac gives every program."""
        if self._on_mac:
            self._window.createcommand("::tk::mac::ShowPreferences", settings)
            self._window.createcommand("::tk::mac::Quit", leave)

    def _bind(self, entry: MenuEntry) -> None:
        def pressed(event: tk.Event[tk.Misc]) -> None:
            in_menu = isinstance(event.widget, str)  # Tk's clone of the bar, unknown to tkinter
            if not in_menu and entry.possible():
                entry.command()

        if entry.shortcut is None:
            return
        entry.shortcut.bind(self._window, pressed)
        if entry.shortcut.command:
            # Some of these keys edit in a text field, as in Emacs: not here.
            for sequence in entry.shortcut.sequences(self._on_mac):
                self._window.bind_class("Text", sequence, lambda event: None)
