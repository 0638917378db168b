"""Commands about the program itself: whatever menu or key gives them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tkinter import filedialog

from app.desktop import open_path
from app.installation import ROOT
from app.logfile import log_path
from app.ui.picture.drawing_desk import DrawingDesk
from app.ui.settings.setting_changes import SettingChanges
from app.ui.settings.settings_dialog import SettingsDialog
from app.ui.settings.settings_keeper import SettingsKeeper
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.dialog import Dialog
from app.ui.toolkit.file_dialogs import ALL_FILES, file_type
from app.ui.toolkit.message_bar import MessageBar
from app.ui.window.about_dialog import AboutDialog

_DOCS = ROOT / "docs"


@dataclass(eq=False)
class ProgramCommands:
    """Settings, help, and the folders of the program.

    Attributes
    ----------
    desk : knows the gallery.
    keeper, changes : the settings, and what carries out a change.
    model : gives the name of the loaded model; None while none is loaded.
    dialog : the settings or the About box, if one was opened; it may be closed already.
    """

    root: tk.Misc
    runner: BackgroundRunner
    messages: MessageBar
    desk: DrawingDesk
    keeper: SettingsKeeper
    changes: SettingChanges
    model: Callable[[], str | None]
    dialog: Dialog | None = None

    @property
    def has_other_model(self) -> bool:
        """Whether another model than the bundled one is chosen."""
        return self.keeper.current.weights is not None

    def open_model(self) -> None:
        """Let the person choose a weights file, and draw with its model."""
        last = self.keeper.current.weights
        chosen = filedialog.askopenfilename(
            parent=self.root,
            title="Open a model",
            initialdir=str(Path.home() if last is None else Path(last).parent),
            filetypes=(file_type("Weights files", (".safetensors",)), ALL_FILES),
        )
        if chosen:
            self.changes.model(Path(chosen))

    def use_bundled_model(self) -> None:
        """Draw with the model that came with the program."""
        self.changes.model(None)

    def open_gallery_folder(self) -> None:
        """Show the kept pictures' files."""
        self._open(self.desk.gallery.folder)

    def open_guide(self) -> None:
        """Open the user guide, or the folder with everything that was written."""
        guide = _DOCS / "guide.md"
        self._open(guide if guide.exists() else _DOCS)

    def open_log(self) -> None:
        """Open the log file."""
        self._open(log_path())

    def show_settings(self) -> None:
        """Let the person change settings."""
        self._close_dialog()
        folder = self.desk.gallery.folder
        self.dialog = SettingsDialog(self.root, self.keeper.current, folder, self.changes)

    def show_about(self) -> None:
        """Say what this program is, and on which terms it may be used."""
        self._close_dialog()
        self.dialog = AboutDialog(self.root, self.model(), self._open)

    def _open(self, path: Path) -> None:
        """Open a file or folder with the desktop's own program."""
        self.runner.run_in_thread(lambda task: open_path(path), lambda _: None, self.messages.error)

    def _close_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.destroy()
