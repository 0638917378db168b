"""The menu bar, and the keys of the whole window."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from tkinter import ttk
from typing import TYPE_CHECKING

from app.logfile import log_path
from app.settings import Theme
from app.ui.toolkit.flat_menu import FlatMenu
from app.ui.toolkit.shortcut import Shortcut, on_mac

if TYPE_CHECKING:
    from app.ui.window.window import MainWindow

_THEMES: tuple[tuple[Theme, str], ...] = (
    ("system", "Like the system"),
    ("light", "Light"),
    ("dark", "Dark"),
)
_ESCAPE = Shortcut("Escape", command=False)


def _always() -> bool:
    return True


@dataclass(frozen=True)
class Entry:
    """One command in a menu.

    Attributes
    ----------
    label
        What it is called.
    command
        What it does.
    shortcut
        The key that does it from anywhere in the window.
    possible
        Tells whether it makes sense now.
    label_now
        Tells what it is called at the moment, where that changes.
    """

    label: str
    command: Callable[[], None]
    shortcut: Shortcut | None = None
    possible: Callable[[], bool] = _always
    label_now: Callable[[], str] | None = None


_Entries = Sequence[Entry | None]  # None is a line between two entries


class MenuBar(tk.Menu):
    """File, Bird, View and Help.

    Parameters
    ----------
    window
        Whose commands they give.

    Attributes
    ----------
    menus
        The menus by name.
    """

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window.root, tearoff=False)
        self._window = window
        self._root = window.root
        self._on_mac = on_mac(self)
        self.menus: dict[str, FlatMenu] = {}
        self._add_menu("File", self._file_entries())
        self._add_menu("Bird", self._bird_entries())
        self._add_menu("View", self._view_entries())
        self._add_themes(self.menus["View"])
        self._add_menu("Help", self._help_entries())
        self._bind(_ESCAPE, Entry("Escape", window.commands.escape))  # leaves more than a drawing
        if self._on_mac:  # entries of the menu that a Mac gives every program
            self._root.createcommand("::tk::mac::ShowPreferences", window.commands.show_settings)
            self._root.createcommand("::tk::mac::Quit", window.close)
        self._root.configure(menu=self)

    def _file_entries(self) -> _Entries:
        window, commands = self._window, self._window.commands
        open_sound = _usable(window.speak_tab.sound_row.open_button)

        def has_picture() -> bool:
            return commands.shown_picture is not None

        def has_gallery() -> bool:
            return os.path.exists(window.gallery.folder)

        return [
            Entry("Open picture…", commands.open, Shortcut("o")),
            Entry("Open sound…", commands.open_sound, Shortcut("o", shift=True), open_sound),
            None,
            Entry("Save…", commands.save, Shortcut("s"), has_picture),
            Entry("Copy picture", commands.copy, Shortcut("c", shift=True), has_picture),
            Entry(
                "Open gallery folder",
                commands.open_gallery_folder,
                Shortcut("g", shift=True),
                has_gallery,
            ),
            None,
            Entry("Settings…", commands.show_settings, Shortcut("comma")),
            Entry("Quit", window.close, Shortcut("q")),
        ]

    def _bird_entries(self) -> _Entries:
        commands, panel = self._window.commands, self._window.panel
        again = _usable(panel.again_button)
        surprise = _usable(panel.seed_bar.surprise_button)
        record = _usable(self._window.speak_tab.record_button)

        def can_draw() -> bool:
            return commands.field is not None and commands.field.draw_button.instate(["!disabled"])

        def record_or_stop() -> str:
            return "Stop recording" if commands.recording else "Record"

        return [
            Entry("Draw", commands.draw, Shortcut("Return"), can_draw),
            Entry("Draw again", commands.draw_again, Shortcut("r"), again),
            Entry("Surprise me", commands.surprise, Shortcut("r", shift=True), surprise),
            Entry("Cancel", commands.cancel, _ESCAPE, _usable(panel.cancel_button)),
            None,
            Entry("Record", commands.record_or_stop, Shortcut("l"), record, record_or_stop),
        ]

    def _view_entries(self) -> _Entries:
        tabs = self._window.tabs
        entries = [
            Entry(
                str(tabs.tab(index, "text")), partial(tabs.select, index), Shortcut(str(index + 1))
            )
            for index in range(tabs.index("end"))
        ]
        return [*entries, None]

    def _help_entries(self) -> _Entries:
        commands = self._window.commands
        return [
            Entry("User guide", commands.open_guide, Shortcut("F1", command=False)),
            Entry("Show log file", commands.open_log, possible=lambda: log_path().exists()),
            None,
            Entry("About speech2bird", commands.show_about),
        ]

    def _add_menu(self, name: str, entries: _Entries) -> None:
        menu = self.menus[name] = FlatMenu(self, lambda: self._update(menu, entries))
        self.add_cascade(label=name, menu=menu, underline=0)
        for entry in entries:
            if entry is None:
                menu.add_separator()
                continue
            key = "" if entry.shortcut is None else entry.shortcut.written(self._on_mac)
            menu.add_command(label=entry.label, command=entry.command, accelerator=key)
            if entry.shortcut is not None:
                self._bind(entry.shortcut, entry)

    def _add_themes(self, menu: FlatMenu) -> None:
        for theme, label in _THEMES:
            menu.add_radiobutton(
                label=label,
                variable=self._window.theme,
                value=theme,
                command=partial(self._window.changes.theme, theme),
            )

    def _update(self, menu: FlatMenu, entries: _Entries) -> None:
        """Offer what is possible now, and call it what it is now."""
        for index, entry in enumerate(entries):
            if entry is not None:
                label = entry.label if entry.label_now is None else entry.label_now()
                state = "normal" if entry.possible() else "disabled"
                menu.entryconfigure(index, label=label, state=state)

    def _bind(self, shortcut: Shortcut, entry: Entry) -> None:
        def pressed(event: tk.Event[tk.Misc]) -> None:
            in_menu = isinstance(event.widget, str)  # Tk's clone of the bar, unknown to tkinter
            if not in_menu and entry.possible():
                entry.command()

        for sequence in shortcut.sequences(self._on_mac):
            self._root.bind(sequence, pressed)
            if shortcut.command:
                # Some of these keys edit in a text field, as in Emacs: not here.
                self._root.bind_class("Text", sequence, lambda event: None)


def _usable(button: ttk.Button) -> Callable[[], bool]:
    return lambda: button.instate(["!disabled"])
