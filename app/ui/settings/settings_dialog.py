"""The settings that have no place of their own in the window; each takes effect at once."""

from __future__ import annotations

import os
import tkinter as tk
from pathlib import Path
from tkinter import filedialog, ttk

from app.gallery import usual_folder
from app.settings import Device, Settings, Theme
from app.ui.settings.setting_changes import SettingChanges
from app.ui.toolkit.dialog import Dialog
from app.ui.toolkit.theme import GAP

_DEVICES: dict[str, Device] = {
    "Automatic": "auto",
    "Processor": "cpu",
    "Graphics card": "cuda",
}
_THEMES: dict[str, Theme] = {"Like the system": "system", "Light": "light", "Dark": "dark"}
_AUTOMATIC = "Automatic"
_SKETCHES = (1, 2, 4, 8, 16)
_WIDTH = 18  # characters of a choice
_SHOWN = 34  # characters of a folder's name
_LISTENING = "In the menu “Listening” on the Speak tab"
_ANEW = "Another choice loads the model anew."
_BEST = "The best of so many is drawn, by models that judge them."


class SettingsDialog(Dialog):
    """Where and how is drawn, where pictures are kept, light or dark.

    Attributes
    ----------
    device, threads, sketches, theme : the lists to choose from.
    folder_label : the gallery's folder.
    """

    def __init__(
        self, root: tk.Misc, settings: Settings, folder: Path, changes: SettingChanges
    ) -> None:
        super().__init__(root, "Settings")
        self._changes = changes
        self._folder = folder
        self._build(settings)
        self._show_folder()
        self.appear(self.device)

    def _build(self, settings: Settings) -> None:
        cores = os.cpu_count() or 1
        threads = [_AUTOMATIC, *(str(number) for number in range(1, cores + 1))]
        self.body.columnconfigure(1, weight=1)
        self.device = self._choice(0, "Draw on", list(_DEVICES), _name(_DEVICES, settings.device))
        chosen = _AUTOMATIC if settings.threads is None else str(min(settings.threads, cores))
        self.threads = self._choice(1, "Processor threads", threads, chosen)
        hint = ttk.Label(self.body, text=_ANEW, style="Caption.TLabel")
        hint.grid(row=2, column=1, sticky="w", pady=(0, 2 * GAP))
        for choice in (self.device, self.threads):
            choice.bind("<<ComboboxSelected>>", lambda event: self._draw_elsewhere())
        counts = sorted({*_SKETCHES, settings.sketches})
        self.sketches = self._choice(
            3, "Sketches", [str(count) for count in counts], str(settings.sketches)
        )
        self.sketches.bind("<<ComboboxSelected>>", lambda event: self._change_sketches())
        hint = ttk.Label(self.body, text=_BEST, style="Caption.TLabel")
        hint.grid(row=4, column=1, sticky="w", pady=(0, 2 * GAP))
        self._build_folder(5)
        self.theme = self._choice(7, "Appearance", list(_THEMES), _name(_THEMES, settings.theme))
        self.theme.bind("<<ComboboxSelected>>", lambda event: self._change_theme())
        self._label(8, "Microphone, recogniser")
        ttk.Label(self.body, text=_LISTENING, style="Muted.TLabel").grid(
            row=8, column=1, sticky="w"
        )
        self.close_button = ttk.Button(self.body, text="Close", command=self.destroy)
        self.close_button.bind("<Return>", lambda event: self.destroy())
        self.close_button.grid(row=9, column=0, columnspan=2, sticky="e", pady=(2 * GAP, 0))

    def _choice(self, row: int, label: str, names: list[str], chosen: str) -> ttk.Combobox:
        self._label(row, label)
        box = ttk.Combobox(self.body, values=names, state="readonly", width=_WIDTH)
        box.set(chosen)
        box.grid(row=row, column=1, sticky="w", pady=GAP // 2)
        return box

    def _label(self, row: int, text: str) -> None:
        label = ttk.Label(self.body, text=text)
        label.grid(row=row, column=0, sticky="w", padx=(0, 3 * GAP), pady=GAP // 2)

    def _build_folder(self, row: int) -> None:
        self._label(row, "Pictures are kept in")
        self.folder_label = ttk.Label(self.body, width=_SHOWN)
        self.folder_label.grid(row=row, column=1, sticky="w")
        buttons = ttk.Frame(self.body)
        buttons.grid(row=row + 1, column=1, sticky="w", pady=(GAP // 2, 2 * GAP))
        self.choose_button = ttk.Button(buttons, text="Choose…", command=self._choose_folder)
        self.reset_button = ttk.Button(
            buttons, text="Usual folder", command=lambda: self._keep_in(None)
        )
        self.choose_button.pack(side="left", padx=(0, GAP))
        self.reset_button.pack(side="left")

    def _draw_elsewhere(self) -> None:
        self._deselect()
        threads = self.threads.get()
        self._changes.drawing(
            _DEVICES[self.device.get()], None if threads == _AUTOMATIC else int(threads)
        )

    def _change_sketches(self) -> None:
        self._deselect()
        self._changes.sketches(int(self.sketches.get()))

    def _change_theme(self) -> None:
        self._deselect()
        self._changes.theme(_THEMES[self.theme.get()])

    def _deselect(self) -> None:
        """Show a choice as one: Tk leaves it looking like marked text."""
        for box in (self.device, self.threads, self.sketches, self.theme):
            box.selection_clear()

    def _choose_folder(self) -> None:
        chosen = filedialog.askdirectory(
            parent=self, title="Where to keep pictures", initialdir=self._folder, mustexist=True
        )
        if chosen:
            self._keep_in(Path(chosen))

    def _keep_in(self, folder: Path | None) -> None:
        if self._changes.gallery_folder(folder):
            self._folder = folder or usual_folder()
            self._show_folder()

    def _show_folder(self) -> None:
        text = str(self._folder)
        home = str(Path.home())
        text = "~" + text[len(home) :] if text.startswith(home) else text
        self.folder_label.configure(text=text if len(text) <= _SHOWN else "…" + text[1 - _SHOWN :])
        usual = self._folder == usual_folder()
        self.reset_button.state(["disabled" if usual else "!disabled"])


def _name(names: dict[str, Device] | dict[str, Theme], value: str) -> str:
    return next(name for name, known in names.items() if known == value)
