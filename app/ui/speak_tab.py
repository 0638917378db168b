"""The tab in which a person says what the bird looks like."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from difflib import SequenceMatcher
from enum import Enum
from tkinter import ttk
from typing import TYPE_CHECKING

from app.ui.background import BackgroundRunner, Task
from app.ui.loader import Loader
from app.ui.message_bar import MessageBar
from app.ui.sentence_field import SentenceField
from app.ui.theme import GAP, Palette

if TYPE_CHECKING:
    from app.engine.speech import EngineTranscriber
    from app.speech.recorder import Recorder
    from app.speech.recording import Recording

_TICK = 60  # milliseconds between two looks at the running recording
_STILL_SPOKEN = 0.5  # of a sentence's words: as many must be those that were heard


class SpeakState(Enum):
    """What the tab is doing."""

    IDLE = "idle"
    STARTING = "starting"
    RECORDING = "recording"
    TRANSCRIBING = "transcribing"


_LABELS = {
    SpeakState.IDLE: ("Record", "Press Record, describe the bird, then press Stop."),
    SpeakState.STARTING: ("Record", "Opening the microphone…"),
    SpeakState.RECORDING: ("Stop", "Listening. Describe the bird, then press Stop."),
    SpeakState.TRANSCRIBING: ("Record", "Writing down what you said…"),
}


class SpeakTab(ttk.Frame):
    """Record and Stop, a running timer and level, and the text that was heard.

    Parameters
    ----------
    parent
        The notebook.
    palette
        The window's colours.
    runner
        Runs the microphone and the transcription beside the window.
    transcriber_loader
        Brings the transcriber; recording works while it loads.
    messages
        Where errors are told.
    on_draw
        Receives the text when the person wants it drawn.
    microphone
        Index of the recording device; None is the system's default.
    """

    def __init__(
        self,
        parent: tk.Misc,
        palette: Palette,
        runner: BackgroundRunner,
        transcriber_loader: Loader[EngineTranscriber],
        messages: MessageBar,
        on_draw: Callable[[str], None],
        microphone: int | None = None,
    ) -> None:
        super().__init__(parent, padding=2 * GAP)
        self._runner = runner
        self._transcriber_loader = transcriber_loader
        self._messages = messages
        self._microphone = microphone
        self._recorder: Recorder | None = None
        self._timer: str | None = None
        self.state_of_speech = SpeakState.IDLE
        self._heard_text = ""
        self._heard_from: Recording | None = None
        self._build(palette, on_draw)
        self._enter(SpeakState.IDLE)

    def _build(self, palette: Palette, on_draw: Callable[[str], None]) -> None:
        row = ttk.Frame(self)
        self.record_button = ttk.Button(row, style="Accent.TButton", command=self._toggle, width=9)
        self.record_button.pack(side="left")
        self.clock = ttk.Label(row, style="Timer.TLabel", text="0:00", width=5, anchor="e")
        self.clock.pack(side="left", padx=(GAP, 2 * GAP))
        self.level = ttk.Progressbar(row, maximum=1.0)
        self.level.pack(side="left", fill="x", expand=True)
        row.pack(fill="x")
        self.hint = ttk.Label(self, style="Caption.TLabel")
        self.hint.pack(anchor="w", pady=(GAP, 2 * GAP))
        self.field = SentenceField(self, palette, "What was heard (you can change it)", on_draw)
        self.field.pack(fill="both", expand=True)

    def recording_of(self, sentence: str) -> Recording | None:
        """Return what a sentence was spoken with: also after corrections, not for another one."""
        alike = SequenceMatcher(None, self._heard_text.split(), sentence.split()).ratio()
        return self._heard_from if alike >= _STILL_SPOKEN else None

    def close(self) -> None:
        """Let go of the microphone; called when the window closes."""
        if self._timer is not None:
            self.after_cancel(self._timer)
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            # Stopping may wait for the device, so not in Tk's thread.
            self._runner.run_in_thread(lambda task: recorder.stop(), lambda _: None, lambda _: None)

    def _toggle(self) -> None:
        if self.state_of_speech is SpeakState.RECORDING:
            self._stop()
        else:
            self._start()

    def _start(self) -> None:
        self._messages.clear()
        self._enter(SpeakState.STARTING)
        microphone = self._microphone

        def open_microphone(task: Task[Recorder]) -> Recorder:
            from app.speech.recorder import Recorder

            recorder = Recorder(microphone)
            recorder.start()
            if task.cancelled():  # the window was closed meanwhile
                recorder.stop()
            return recorder

        self._runner.run_in_thread(open_microphone, self._started, self._failed)

    def _started(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._enter(SpeakState.RECORDING)
        self._tick()

    def _tick(self) -> None:
        recorder = self._recorder
        if recorder is None:
            return
        seconds = int(recorder.seconds)
        self.clock.configure(text=f"{seconds // 60}:{seconds % 60:02}")
        self.level.configure(value=recorder.level)
        if recorder.is_recording:
            self._timer = self.after(_TICK, self._tick)
        else:  # the time is up, or the device failed: what was said until then still counts
            if recorder.failure is not None:
                self._messages.error(recorder.failure)
            self._stop()

    def _stop(self) -> None:
        recorder, self._recorder = self._recorder, None
        if self._timer is not None:
            self.after_cancel(self._timer)
            self._timer = None
        if recorder is None:
            return
        self._enter(SpeakState.TRANSCRIBING)
        self._runner.run_in_thread(lambda task: recorder.stop(), self._stopped, self._failed)

    def _stopped(self, recording: Recording) -> None:
        self._transcriber_loader.when_loaded(
            lambda transcriber: self._transcribe(transcriber, recording), self._failed
        )

    def _transcribe(self, transcriber: EngineTranscriber, recording: Recording) -> None:
        self._runner.run_in_thread(
            lambda task: transcriber.transcribe(recording),
            lambda text: self._heard(text, transcriber.notice, recording),
            self._failed,
        )

    def _heard(self, text: str, notice: str | None, recording: Recording) -> None:
        self._heard_text, self._heard_from = text, recording
        self.field.sentence = text
        self._enter(SpeakState.IDLE)
        if notice is not None and not self._messages.text:
            self._messages.note(notice)
        self.field.text.focus()  # Return draws at once, and a wrong word is corrected in place

    def _failed(self, error: Exception) -> None:
        self._enter(SpeakState.IDLE)
        self._messages.error(error)

    def _enter(self, state: SpeakState) -> None:
        self.state_of_speech = state
        button, hint = _LABELS[state]
        self.record_button.configure(text=button)
        waiting = state in (SpeakState.STARTING, SpeakState.TRANSCRIBING)
        self.record_button.state(["disabled" if waiting else "!disabled"])
        self.hint.configure(text=hint)
        self.level.stop()
        self.level.configure(mode="indeterminate" if waiting else "determinate", value=0)
        if waiting:
            self.level.start(25)
        if state is SpeakState.STARTING:
            self.clock.configure(text="0:00")
