"""What is in the menus: each command with its key."""

from __future__ import annotations

import os
from collections.abc import Callable
from functools import partial
from tkinter import ttk

from app.logfile import log_path
from app.ui.picture.drawing_desk import DrawingDesk
from app.ui.picture.picture_panel import PicturePanel
from app.ui.speak.speak_tab import SpeakTab
from app.ui.toolkit.flat_menu import MenuEntries, MenuEntry
from app.ui.toolkit.shortcut import Shortcut
from app.ui.window.drawing_commands import DrawingCommands
from app.ui.window.picture_commands import PictureCommands
from app.ui.window.program_commands import ProgramCommands

ESCAPE = Shortcut("Escape", command=False)


def file_entries(
    pictures: PictureCommands,
    program: ProgramCommands,
    speak_tab: SpeakTab,
    desk: DrawingDesk,
    leave: Callable[[], None],
) -> MenuEntries:
    """What is done with files and with the program."""
    can_open_sound = _usable(speak_tab.sound_row.open_button)
    return [
        MenuEntry("Open picture…", pictures.open, Shortcut("o")),
        MenuEntry("Open sound…", pictures.open_sound, Shortcut("o", shift=True), can_open_sound),
        MenuEntry("Open model…", program.open_model),
        MenuEntry(
            "Use the bundled model",
            program.use_bundled_model,
            possible=lambda: program.has_other_model,
        ),
        None,
        MenuEntry("Save…", pictures.save, Shortcut("s"), pictures.can_save),
        MenuEntry("Copy picture", pictures.copy, Shortcut("c", shift=True), pictures.can_save),
        MenuEntry(
            "Open gallery folder",
            program.open_gallery_folder,
            Shortcut("g", shift=True),
            lambda: os.path.exists(desk.gallery.folder),
        ),
        None,
        MenuEntry("Settings…", program.show_settings, Shortcut("comma")),
        MenuEntry("Quit", leave, Shortcut("q")),
    ]


def bird_entries(drawing: DrawingCommands, panel: PicturePanel, speak_tab: SpeakTab) -> MenuEntries:
    """What is done with the bird in front."""
    again, surprise = _usable(panel.again_button), _usable(panel.seed_bar.surprise_button)
    return [
        MenuEntry("Draw", drawing.draw, Shortcut("Return"), drawing.can_draw),
        MenuEntry("Draw again", drawing.draw_again, Shortcut("r"), again),
        MenuEntry("Surprise me", drawing.surprise, Shortcut("r", shift=True), surprise),
        MenuEntry("Cancel", drawing.cancel, ESCAPE, _usable(panel.cancel_button)),
        None,
        MenuEntry(
            "Record",
            drawing.record_or_stop,
            Shortcut("l"),
            _usable(speak_tab.record_button),
            lambda: "Stop recording" if drawing.recording else "Record",
        ),
    ]


def view_entries(tabs: ttk.Notebook) -> MenuEntries:
    """The tabs, and a line; light and dark come below it."""
    titles = [str(tabs.tab(index, "text")) for index in range(tabs.index("end"))]
    return [
        *(
            MenuEntry(title, partial(tabs.select, index), Shortcut(str(index + 1)))
            for index, title in enumerate(titles)
        ),
        None,
    ]


def help_entries(program: ProgramCommands) -> MenuEntries:
    """What explains the program."""
    return [
        MenuEntry("User guide", program.open_guide, Shortcut("F1", command=False)),
        MenuEntry("Show log file", program.open_log, possible=lambda: log_path().exists()),
        None,
        MenuEntry("About speech2bird", program.show_about),
    ]


def _usable(button: ttk.Button) -> Callable[[], bool]:
    return lambda: button.instate(["!disabled"])
