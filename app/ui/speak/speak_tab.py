"""The tab in which a person says what the bird looks like."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from difflib import SequenceMatcher
from enum import Enum
from pathlib import Path
from tkinter import ttk
from typing import TYPE_CHECKING

from app.ui.picture.subject import Subject
from app.ui.sentence.example_links import ExampleLinks
from app.ui.sentence.pose_menu import ShownPose
from app.ui.sentence.sentence_field import SentenceField
from app.ui.sentence.word_marks import Suggest
from app.ui.speak.listening_menu import ListeningMenu
from app.ui.speak.live_sketch import LiveSketch
from app.ui.speak.live_words import LiveWords
from app.ui.speak.push_to_talk import PushToTalk
from app.ui.speak.record_row import RecordRow
from app.ui.speak.sound_row import SoundRow
from app.ui.speak.way_row import WayRow
from app.ui.toolkit.background import BackgroundRunner, Task
from app.ui.toolkit.loader import Loader
from app.ui.toolkit.message_bar import MessageBar
from app.ui.toolkit.theme import GAP, tab_padding

if TYPE_CHECKING:
    from app.engine.speech import EngineTranscriber
    from app.settings import Settings, Way
    from app.speech.devices.recorder import Recorder
    from app.speech.recognition.transcriber import Heard
    from app.speech.sound.recording import Recording
    from app.speech.sound.voice_detector import Speech

_TICK = 60  # milliseconds between two looks at the running recording
_STILL_SPOKEN = 0.5  # of a sentence's words: as many must be those that were heard


class SpeakState(Enum):
    """What the tab is doing."""

    IDLE = "idle"
    STARTING = "starting"
    RECORDING = "recording"
    UNDERSTANDING = "understanding"


_LABELS = {
    SpeakState.IDLE: ("Record", "Press Record, or hold the space bar, and describe the bird."),
    SpeakState.STARTING: ("Record", "Opening the microphone…"),
    SpeakState.RECORDING: ("Stop", "● Listening. Describe the bird, then Stop."),
    SpeakState.UNDERSTANDING: ("Record", "Understanding what you said…"),
}


class SpeakTab(ttk.Frame):
    """Record and Stop, a running timer and level, and the text that was heard.

    The text appears while the person speaks. A picture is drawn through it, or straight from the
    sound: as soon as the person stops, or when the text was read and corrected.

    Parameters
    ----------
    transcriber_loader : brings the transcriber; recording works while it loads.
    live_sketch : follows the voice.
    on_draw : receives what was said when it is to be drawn, and a seed, where it has one already.
    suggest : finds known words for unknown ones.
    shown_pose : as for `PoseMenu`.
    settings : how to listen, as it was chosen before.
    on_change : receives changed settings by name.

    Attributes
    ----------
    live_words, live_sketch : what follows the voice.
    """

    def __init__(
        self,
        parent: tk.Misc,
        runner: BackgroundRunner,
        transcriber_loader: Loader[EngineTranscriber],
        messages: MessageBar,
        live_sketch: LiveSketch,
        on_draw: Callable[[Subject, int | None], None],
        suggest: Suggest,
        shown_pose: ShownPose,
        settings: Settings,
        on_change: Callable[..., None],
    ) -> None:
        super().__init__(parent, padding=tab_padding(parent))
        self._runner = runner
        self._transcriber_loader = transcriber_loader
        self._messages = messages
        self.live_sketch = live_sketch
        self._on_draw = on_draw
        self._recorder: Recorder | None = None
        self._timer: str | None = None
        self._stop_asked = False
        self.state_of_speech = SpeakState.IDLE
        self._beside: str | None = None  # what to say when the file that was opened is heard
        self._heard_text = ""
        self._heard_from: Recording | None = None
        self._speech: Speech | None = None  # the part of the last recording that is a voice
        self._was_stopped = False  # whether what is understood was just recorded
        self._busy = self._waits = False  # something is drawn; what was said is drawn then
        self._build(suggest, shown_pose, settings, on_change)
        PushToTalk(
            self.record_button,
            lambda: self.state_of_speech in (SpeakState.STARTING, SpeakState.RECORDING),
            self._start,
            self._stop,
        )
        self._enter(SpeakState.IDLE)

    def _build(
        self,
        suggest: Suggest,
        shown_pose: ShownPose,
        settings: Settings,
        on_change: Callable[..., None],
    ) -> None:
        self._record_row = RecordRow(self, self._toggle)
        self.record_button, self.clock = self._record_row.button, self._record_row.clock
        self._record_row.pack(fill="x")
        self.sound_row = SoundRow(
            self, self._runner, self._try_again, self.open_sound, self._messages.error
        )

        def choose_listening(**changes: object) -> None:
            on_change(**changes)
            self._follow_choices()

        self.listening = ListeningMenu(self.sound_row, self._runner, settings, choose_listening)
        self.listening.pack(side="right")
        # Packed from below: in a low window the text gives way, never the buttons.
        self.sound_row.pack(side="bottom", fill="x", pady=(GAP, 0))

        def choose_way(way: Way) -> None:
            self._follow_choices()
            self.field.set_needed(way != "sound")
            on_change(way=way)

        self.way_row = WayRow(self, settings.way, choose_way)
        self.way_row.pack(fill="x", pady=(0, GAP))
        label = "What was heard"
        self.field = SentenceField(
            self, label, lambda _: self._draw(), suggest, shown_pose, self._messages.error
        )
        self.live_words = LiveWords(self._runner, self._transcriber_loader, self.field.guessed)
        self._follow_choices()
        self.field.set_needed(settings.way != "sound")
        self._draw_when_stopped = tk.BooleanVar(self, settings.draw_when_stopped)
        self.draw_box = ttk.Checkbutton(
            self,
            text="Draw when I stop",
            variable=self._draw_when_stopped,
            command=lambda: on_change(draw_when_stopped=self._draw_when_stopped.get()),
        )
        # Beside the field's label: in a low window there is no room for a row of its own.
        self.draw_box.place(in_=self.field, relx=1, y=-GAP // 2, anchor="ne")
        self.examples = ExampleLinks(self, "You could say", self.field)
        self.field.pack(fill="both", expand=True)
        self.show_examples(not settings.has_drawn)

    def subject(self) -> Subject:
        """Return what there is to be drawn.

        The recording belongs to a sentence also after corrections, and not to another one.
        """
        request, way = self.field.request, self.way_row.way
        words = self.field.written.split()
        alike = SequenceMatcher(None, self._heard_text.split(), words).ratio()
        spoken = alike >= _STILL_SPOKEN
        if way != "text":
            return Subject(request, self._heard_from, self._speech, way, spoken)
        return Subject(request, self._heard_from if spoken else None)

    def show_examples(self, wanted: bool) -> None:
        """Show what one could say, or give that room to the text."""
        if not wanted:
            self.examples.pack_forget()
        elif not self.examples.winfo_manager():
            self.examples.pack(side="bottom", anchor="w", before=self.field)

    def close(self) -> None:
        """Let go of the microphone; called when the window closes."""
        if self._timer is not None:
            self.after_cancel(self._timer)
        self.live_words.passes.stop()
        self.live_sketch.close()
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            # Stopping may wait for the device, so not in Tk's thread.
            self._runner.run_in_thread(lambda task: recorder.stop(), lambda _: None, lambda _: None)

    def open_sound(self, path: Path, beside: str | None = None) -> None:
        """Take a sound file for what was said; ``beside`` is said behind what comes of it."""
        if self._told_busy("open a file"):
            return

        def read(task: Task[Recording]) -> Recording:
            from app.speech.files import SoundFileError
            from app.speech.sound.recording import Recording

            if path.exists() and not path.is_file():  # nobody writes into a pipe meanwhile
                raise SoundFileError(f"{path} is no file.")
            return Recording.from_file(path)

        self._beside = beside
        self._was_stopped = self._waits = False
        self._messages.clear()
        self._enter(SpeakState.UNDERSTANDING)
        self._runner.run_in_thread(read, self._recorded, self._failed)

    def _toggle(self) -> None:
        if self.state_of_speech is SpeakState.RECORDING:
            self._stop()
        else:
            self._start()

    def _start(self) -> None:
        if self.state_of_speech is not SpeakState.IDLE:
            return
        self._messages.clear()
        self._stop_asked = self._waits = False
        self._enter(SpeakState.STARTING)
        microphone = self.listening.microphone
        stop_when_silent = self.listening.stop_when_silent

        def open_microphone(task: Task[Recorder]) -> Recorder:
            from app.speech.devices.recorder import Recorder

            recorder = Recorder(microphone, stop_when_silent=stop_when_silent)
            recorder.start()
            if task.cancelled():  # the window was closed meanwhile
                recorder.stop()
            return recorder

        self._runner.run_in_thread(open_microphone, self._started, self._failed)

    def _started(self, recorder: Recorder) -> None:
        self._recorder = recorder
        self._enter(SpeakState.RECORDING)
        wanted, used = self.listening.microphone, recorder.microphone
        if wanted is not None and used is not None and used.name != wanted:
            self._messages.note(f"“{wanted}” is not there; recording with “{used.name}”.")
        if self._stop_asked:  # the space bar was let go of before the microphone was open
            self._stop()
        else:
            self.live_words.start(recorder)
            self.live_sketch.start(recorder, self.field.request)
            self._tick()

    def _follow_choices(self) -> None:
        """Let words and sketch follow the voice where they are wanted, from now on."""
        way = self.way_row.way
        words = way != "sound"
        sketch = way != "text" and self.listening.sketch_while_speaking
        self.live_words.passes.wanted, self.live_sketch.passes.wanted = words, sketch
        if not words:
            self.live_words.take_away()
        if not sketch:
            self.live_sketch.hide()

    def _tick(self) -> None:
        recorder = self._recorder
        if recorder is None:
            return
        self._record_row.follow(recorder.seconds, recorder.level)
        if recorder.is_recording:
            self._timer = self.after(_TICK, self._tick)
        else:  # the time is up, the person is done, or the device failed: what was said counts
            if recorder.failure is not None:
                self._messages.error(recorder.failure)
            self._stop()

    def _stop(self) -> None:
        self._stop_asked = True
        recorder, self._recorder = self._recorder, None
        if self._timer is not None:
            self.after_cancel(self._timer)
            self._timer = None
        if recorder is None:
            return
        # What is under way gives up now; the engine goes on from there with the whole recording.
        self.live_words.passes.stop()
        self.live_sketch.passes.stop()
        # Who lost the microphone in the middle of a sentence has to say whether that was all.
        self._was_stopped = recorder.failure is None
        self._enter(SpeakState.UNDERSTANDING)
        self._runner.run_in_thread(lambda task: recorder.stop(), self._recorded, self._failed)

    def _recorded(self, recording: Recording) -> None:
        self.sound_row.recording = recording
        self._transcriber_loader.when_loaded(
            lambda transcriber: self._understand(transcriber, recording), self._failed
        )

    def _try_again(self, recording: Recording) -> None:
        self._was_stopped = self._waits = False
        self._messages.clear()
        self._enter(SpeakState.UNDERSTANDING)
        self._recorded(recording)

    def _understand(self, transcriber: EngineTranscriber, recording: Recording) -> None:
        words = self.way_row.way != "sound"
        self._runner.run_in_thread(
            lambda task: transcriber.understand(recording, words),
            lambda heard: self._heard(recording, heard, transcriber.notice),
            self._failed,
        )

    def _heard(self, recording: Recording, heard: Heard, notice: str | None) -> None:
        from app.speech.sound.loudness import with_advice

        self._heard_text, self._heard_from = heard.text, recording
        self._speech = heard.speech
        way = self.way_row.way
        drawn = self._draw_when_stopped.get() if self._was_stopped else way != "text"
        written = self.live_words.take_away()
        self._enter(SpeakState.IDLE)  # until here the way could not be changed
        if way != "sound":
            self.field.sentence = heard.text
        about_words = notice if way != "sound" else None
        told = self._messages.text or with_advice(about_words or "", recording)
        if drawn and not written:  # who writes meanwhile has something else in mind
            self._waits = True
            self._draw_when_free()
        else:
            self.live_sketch.end()
        if way != "sound":
            self.field.text.focus()  # Return draws, and a wrong word is corrected in place
        if told and not self._messages.text:
            self._messages.note(told)
        self._say_beside()

    def _say_beside(self) -> None:
        """Say, once, what was to be said beside what came of a file."""
        if self._beside is not None:
            self._messages.add(self._beside)
            self._beside = None

    def _draw(self) -> None:
        """Draw what was said, or what became of it; never a sound while the next one comes."""
        subject = self.subject()
        if subject.way == "text" or not self._told_busy("draw"):
            self._on_draw(subject, self.live_sketch.seed)
            self.live_sketch.end()

    def set_busy(self, busy: bool) -> None:
        """Know whether something is being drawn: what was said meanwhile is drawn then."""
        self._busy = busy
        self.field.set_busy(busy)
        if self._waits and not busy:
            self.after_idle(self._draw_when_free)

    def _draw_when_free(self) -> None:
        if self._waits and not self._busy:
            self._waits = False
            self._draw()

    def _told_busy(self, wish: str) -> bool:
        """Say what a wish has to wait for, and tell whether it has to."""
        if self.state_of_speech is SpeakState.IDLE:
            return False
        understanding = self.state_of_speech is SpeakState.UNDERSTANDING
        first = "Wait until the recording is written down" if understanding else "Press Stop first"
        self._messages.note(f"{first}, then {wish}.")
        return True

    def _failed(self, error: Exception) -> None:
        from app.speech.recognition.transcriber import NothingHeardError

        guess = self.live_words.shown
        if not self.live_words.take_away() and guess and not isinstance(error, NothingHeardError):
            self.field.sentence = guess  # better than nothing
        self.live_sketch.end()
        self._enter(SpeakState.IDLE)
        self._messages.error(error)
        self._say_beside()

    def _enter(self, state: SpeakState) -> None:
        self.state_of_speech = state
        waiting = state in (SpeakState.STARTING, SpeakState.UNDERSTANDING)
        self._record_row.show(*_LABELS[state], waiting, state is SpeakState.RECORDING)
        if state is SpeakState.STARTING:
            self._record_row.follow(0, 0)
        self.sound_row.set_idle(state is SpeakState.IDLE)
        # What comes of a recording is settled when it ends; and another recogniser ends this one.
        settled = state is SpeakState.UNDERSTANDING
        self.way_row.set_locked(settled)
        self.listening.state(["disabled" if settled else "!disabled"])
