"""How to listen: which microphone, who understands, when to stop, and whether to sketch."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import filedialog, ttk
from typing import TYPE_CHECKING

from app.speech.recognition.choices import RECOGNISERS
from app.ui.toolkit.background import BackgroundRunner, Task
from app.ui.toolkit.flat_menu import FlatMenu

if TYPE_CHECKING:
    from app.settings import Settings
    from app.speech.devices.microphone import Microphone

_DEFAULT = "The system's microphone"


class ListeningMenu(ttk.Menubutton):
    """A button with a menu of the choices.

    Parameters
    ----------
    settings : what was chosen before.
    on_change : receives the changed settings by name, at once after each choice.
    """

    def __init__(
        self,
        parent: tk.Misc,
        runner: BackgroundRunner,
        settings: Settings,
        on_change: Callable[..., None],
    ) -> None:
        super().__init__(parent, text="Listening")
        self._runner = runner
        self._on_change = on_change
        self._microphone = tk.StringVar(self, settings.microphone or _DEFAULT)
        self._recogniser = tk.StringVar(self, settings.recogniser)
        self._whisper_folder = settings.whisper_folder
        self._stop_when_silent = tk.BooleanVar(self, settings.stop_when_silent)
        self._sketch_while_speaking = tk.BooleanVar(self, settings.sketch_while_speaking)
        self.menu = FlatMenu(self, self.look_for_microphones)
        self.microphones = FlatMenu(self.menu)
        self.recognisers = FlatMenu(self.menu)
        self.configure(menu=self.menu)
        self._fill()
        self._show_microphones([])

    @property
    def microphone(self) -> str | None:
        """Name of the microphone to record with; None is the system's default."""
        chosen = self._microphone.get()
        return None if chosen == _DEFAULT else chosen

    @property
    def stop_when_silent(self) -> bool:
        """Whether recording ends by itself when the person pauses."""
        return self._stop_when_silent.get()

    @property
    def sketch_while_speaking(self) -> bool:
        """Whether a sketch follows the voice, where the sound itself is drawn."""
        return self._sketch_while_speaking.get()

    def look_for_microphones(self) -> None:
        """Bring the list of microphones up to date."""

        def look(task: Task[list[Microphone]]) -> list[Microphone]:
            from app.speech.devices.microphone import list_microphones

            return list_microphones()

        # No microphone, or no PyAudio, is told when a person wants to record.
        self._runner.run_in_thread(
            look, self._show_microphones, lambda error: self._show_microphones([])
        )

    def _fill(self) -> None:
        self.menu.add_cascade(label="Microphone", menu=self.microphones)
        self.menu.add_cascade(label="Understood by", menu=self.recognisers)
        for key, label in RECOGNISERS.items():
            self.recognisers.add_radiobutton(
                label=label,
                variable=self._recogniser,
                value=key,
                command=self._choose_recogniser,
            )
        self.recognisers.add_separator()
        self.recognisers.add_command(
            label="Another model for Whisper…", command=self._choose_whisper_folder
        )
        self.recognisers.add_command(
            label="The model that came with speech2bird", command=self._use_bundled_whisper
        )
        self.menu.add_separator()
        self.menu.add_checkbutton(
            label="Stop by itself when I pause",
            variable=self._stop_when_silent,
            command=lambda: self._on_change(stop_when_silent=self._stop_when_silent.get()),
        )
        self.menu.add_checkbutton(
            label="Sketch while I speak, straight from sound",
            variable=self._sketch_while_speaking,
            command=lambda: self._on_change(sketch_while_speaking=self.sketch_while_speaking),
        )

    def _show_microphones(self, found: list[Microphone]) -> None:
        names = dict.fromkeys([_DEFAULT, *(microphone.name for microphone in found)])
        names.setdefault(self._microphone.get())  # one that is unplugged now stays the choice
        self.microphones.delete(0, "end")
        for name in names:
            self.microphones.add_radiobutton(
                label=name,
                variable=self._microphone,
                value=name,
                command=lambda: self._on_change(microphone=self.microphone),
            )

    def _choose_recogniser(self) -> None:
        self._on_change(recogniser=self._recogniser.get(), whisper_folder=self._whisper_folder)

    def _choose_whisper_folder(self) -> None:
        folder = filedialog.askdirectory(
            parent=self, title="Folder of a Whisper model in CTranslate2's format", mustexist=True
        )
        if folder:
            self._use_whisper(folder)

    def _use_bundled_whisper(self) -> None:
        self._use_whisper(None)

    def _use_whisper(self, folder: str | None) -> None:
        self._whisper_folder = folder
        self._recogniser.set("whisper")
        self._choose_recogniser()
