"""What can be done with the last recording: hear it, understand it again, take a file instead."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog, ttk
from typing import TYPE_CHECKING

from app.file_kind import SOUND_ENDINGS
from app.ui.toolkit.background import BackgroundRunner, Task
from app.ui.toolkit.file_dialogs import ALL_FILES, file_type
from app.ui.toolkit.theme import GAP

if TYPE_CHECKING:
    from app.speech.sound.recording import Recording

_SOUND_FILES = (file_type("Sound", SOUND_ENDINGS), ALL_FILES)


class SoundRow(ttk.Frame):
    """Play, Try again and Open.

    Parameters
    ----------
    on_again : receives the recording that is to be understood once more.
    on_open : receives a sound file.
    on_error : told what went wrong with playing.

    Attributes
    ----------
    recording : what was recorded or opened last; it is kept until the next one.
    """

    def __init__(
        self,
        parent: tk.Misc,
        runner: BackgroundRunner,
        on_again: Callable[[Recording], None],
        on_open: Callable[[Path], None],
        on_error: Callable[[Exception], None],
    ) -> None:
        super().__init__(parent)
        self._runner, self._on_again, self._on_open = runner, on_again, on_open
        self._on_error = on_error
        self._playing: Task[None] | None = None
        self.recording: Recording | None = None
        self.play_button = ttk.Button(self, text="Play", command=self._play, width=5)
        self.again_button = ttk.Button(self, text="Try again", command=self._try_again)
        self.open_button = ttk.Button(self, text="Open…", command=self._choose_file)
        for button in (self.play_button, self.again_button, self.open_button):
            button.pack(side="left", padx=(0, GAP // 2))

    def set_idle(self, idle: bool) -> None:
        """Lock the buttons while something is recorded or understood."""
        if not idle:
            self._stop()
        self.open_button.state(["!disabled" if idle else "disabled"])
        usable = idle and self.recording is not None
        for button in (self.play_button, self.again_button):
            button.state(["!disabled" if usable else "disabled"])

    def _try_again(self) -> None:
        if self.recording is not None:
            self._on_again(self.recording)

    def _play(self) -> None:
        recording = self.recording
        if self._playing is not None or recording is None:
            self._stop()
            return

        def play_it(task: Task[None]) -> None:
            from app.speech.devices.player import play

            play(recording, task.cancelled)

        def failed(error: Exception) -> None:
            self._stop()
            self._on_error(error)

        self.play_button.configure(text="Stop")
        self._playing = self._runner.run_in_thread(play_it, lambda _: self._stop(), failed)

    def _stop(self) -> None:
        if self._playing is not None:
            self._playing.cancel()
            self._playing = None
        self.play_button.configure(text="Play")

    def _choose_file(self) -> None:
        chosen = filedialog.askopenfilename(
            parent=self, title="Open a sound file", filetypes=_SOUND_FILES
        )
        if chosen:
            self._on_open(Path(chosen))
