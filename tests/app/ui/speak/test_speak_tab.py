"""Speaking a bird into the window: a virtual microphone, real recording, transcription, picture."""

from __future__ import annotations

import os
import sys
import threading
import time
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyaudio
import pytest
import soundfile
from PIL import Image

from app.engine.engines import Engines
from app.engine.speech import EngineTranscriber
from app.gallery import Gallery
from app.pictures.picture_file import save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.settings import Settings
from app.speech.devices.microphone import list_microphones
from app.speech.recognition.choices import RECOGNISERS
from app.speech.recognition.transcriber import Heard, SpeechModelError
from app.speech.sound.recording import Recording
from app.ui.speak.speak_tab import SpeakState
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from models.request import DrawRequest
from tests.app.events import click, drop, press, write
from tests.conftest import wait_until
from tests.speech_fixtures import PlugIn, SpeakSentence

SENTENCE = "a small red bird with black wings"


@pytest.fixture
def speaking(window: MainWindow) -> MainWindow:
    """The window with the Speak tab in front."""
    window.tabs.select(window.speak_tab)
    window.root.update()
    return window


def record(window: MainWindow, seconds: float) -> None:
    """Click Record, let ``seconds`` of sound come in, click Stop, wait for what it leads to."""
    tab = window.speak_tab
    click(tab.record_button)
    wait_until(window, lambda: tab.state_of_speech is SpeakState.RECORDING)
    assert tab.record_button.cget("text") == "Stop"
    wait_until(window, lambda: tab._recorder is not None and tab._recorder.seconds > seconds)
    click(tab.record_button)
    wait_until(window, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=40)


def test_say_see_draw(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    tab = speaking.speak_tab
    record(speaking, 3.5)
    assert tab.clock.cget("text") == "0:03"
    heard = tab.field.sentence
    assert heard.lower().rstrip(".") == SENTENCE
    click(tab.field.draw_button)
    wait_until(speaking, lambda: not speaking.desk.busy)
    assert speaking.desk.drawing is not None and speaking.panel.image is not None
    assert speaking.desk.drawing.sentence == heard
    assert speaking.panel.image.size == (512, 512)
    # What was said is kept beside the picture, also when it is drawn once more.
    click(speaking.panel.again_button)
    wait_until(speaking, lambda: not speaking.desk.busy)
    kept = Gallery().paths()
    assert len(kept) == 2
    for path in kept:
        assert Recording.from_file(path.with_suffix(".flac")).seconds > 3
    # A corrected sentence was still spoken; another one was not.
    for sentence, spoken in (("a small red bird with blue wings", True), ("an owl", False)):
        tab.field.sentence = sentence
        assert (tab.subject().recording is not None) is spoken
    assert speaking.type_tab.field.sentence == ""
    speaking.desk.draw("a typed bird")
    wait_until(speaking, lambda: not speaking.desk.busy)
    assert speaking.desk.kept_as is not None and Gallery().sound(speaking.desk.kept_as.name) is None


def test_lesser_recogniser_is_told(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    wait_until(speaking, lambda: speaking.transcriber_loader.value is not None)
    assert speaking.transcriber_loader.value is not None
    speaking.transcriber_loader.value.notice = "Sphinx listens instead."
    record(speaking, 2)
    assert "bird" in speaking.speak_tab.field.sentence
    assert speaking.messages.text == "Sphinx listens instead." and not speaking.messages.is_error


@pytest.mark.parametrize(
    ("loudness", "told"),
    [
        (0.0, "I heard no speech. The microphone gives no sound at all."),
        (0.1, "I heard no speech. Check that the microphone is on"),
    ],
    ids=["silence", "noise"],
)
def test_no_words_are_invented_and_text_is_kept(
    loudness: float,
    told: str,
    tmp_path: Path,
    virtual_microphone: PlugIn,
    speaking: MainWindow,
) -> None:
    noise = loudness * np.random.default_rng(0).standard_normal(3 * 16_000)
    path = tmp_path / "room.wav"
    soundfile.write(path, noise, 16_000)
    virtual_microphone(path)
    speaking.speak_tab.field.sentence = "what was there"
    record(speaking, 1)
    assert speaking.messages.is_error and speaking.messages.text.startswith(told)
    assert speaking.speak_tab.field.sentence == "what was there"


def test_without_pyaudio(speaking: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    click(speaking.speak_tab.record_button)
    wait_until(speaking, lambda: speaking.messages.is_error)
    assert "Recording needs PyAudio" in speaking.messages.text
    assert speaking.speak_tab.state_of_speech is SpeakState.IDLE


def test_unplugged_while_recording(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE), vanish=True)
    tab = speaking.speak_tab
    click(tab.record_button)
    wait_until(speaking, lambda: tab.state_of_speech is SpeakState.RECORDING)
    wait_until(speaking, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=40)
    assert speaking.messages.is_error and "stopped giving sound" in speaking.messages.text
    assert "red bird" in tab.field.sentence  # what was said until then


def test_no_microphone_and_typing_still_works(
    no_microphone: dict[str, str], speaking: MainWindow
) -> None:
    click(speaking.speak_tab.record_button)
    wait_until(speaking, lambda: speaking.messages.is_error)
    assert "microphone" in speaking.messages.text
    assert speaking.speak_tab.state_of_speech is SpeakState.IDLE
    speaking.tabs.select(speaking.type_tab)
    speaking.type_tab.field.sentence = SENTENCE
    click(speaking.type_tab.field.draw_button)
    wait_until(speaking, lambda: speaking.desk.drawing is not None)


def test_closing_while_recording(
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
    make_window: Callable[..., MainWindow],
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    window = make_window()
    click(window.speak_tab.record_button)
    wait_until(window, lambda: window.speak_tab.state_of_speech is SpeakState.RECORDING)
    recorder = window.speak_tab._recorder
    window.close()
    window.runner.join(10)
    assert recorder is not None and not recorder.is_recording


def hold_space(window: MainWindow, seconds: float, where: tk.Misc) -> None:
    """Hold the space bar as X11 tells it: pressed and let go of again and again."""
    where.focus_force()
    window.root.update()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        where.event_generate("<KeyPress-space>")
        pause = time.monotonic() + 0.03
        wait_until(window, lambda until=pause: time.monotonic() > until)  # type: ignore[misc]
        where.event_generate("<KeyRelease-space>")


def test_the_space_bar_is_held_while_speaking(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    tab = speaking.speak_tab
    hold_space(speaking, 5, tab.record_button)
    assert tab.state_of_speech in (SpeakState.RECORDING, SpeakState.UNDERSTANDING)
    wait_until(speaking, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=40)
    assert tab.field.sentence == SENTENCE


def test_spaces_of_a_sentence_do_not_record(speaking: MainWindow) -> None:
    tab = speaking.speak_tab
    write(tab.field.text, "a bird")
    assert tab.field.sentence == "a bird" and tab.state_of_speech is SpeakState.IDLE
    speaking.tabs.select(speaking.type_tab)
    press(speaking.tabs, "space")
    assert tab.state_of_speech is SpeakState.IDLE


def test_the_space_bar_is_left_to_what_wants_it(
    no_microphone: dict[str, str], speaking: MainWindow
) -> None:
    tab = speaking.speak_tab
    undone: list[bool] = []
    press(tab.way_row.buttons["both"], "space")
    assert tab.way_row.way == "both"
    speaking.messages.note("Something was done.", "Undo", lambda: undone.append(True))
    press(speaking.messages.link, "space")
    assert undone == [True]
    # Its own menu would hold the mouse until somebody clicks.
    speaking.root.tk.eval("bind TMenubutton <space> {}")
    press(tab.listening, "space")
    assert tab.state_of_speech is SpeakState.IDLE and not speaking.messages.is_error


def test_the_space_bar_is_tapped_to_begin_and_to_end(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    tab = speaking.speak_tab
    hold_space(speaking, 0.1, speaking.tabs)
    wait_until(speaking, lambda: tab._recorder is not None and tab._recorder.seconds > 2)
    assert tab.state_of_speech is SpeakState.RECORDING
    hold_space(speaking, 0.1, speaking.tabs)
    wait_until(speaking, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=40)
    assert "red bird" in tab.field.sentence


def test_the_sound_is_kept_and_heard_again(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    tab = speaking.speak_tab
    row = tab.sound_row
    assert row.again_button.instate(["disabled"]) and row.play_button.instate(["disabled"])
    virtual_microphone(spoken_sentence(SENTENCE))
    record(speaking, 3.5)
    heard, recording = tab.field.sentence, tab.sound_row.recording
    tab.field.sentence = ""
    click(tab.sound_row.again_button)
    wait_until(speaking, lambda: tab.field.sentence != "")
    assert tab.field.sentence == heard and tab.sound_row.recording is recording


def test_nothing_said_is_lost_when_transcription_fails(
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
    speaking: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    tab = speaking.speak_tab
    wait_until(speaking, lambda: speaking.transcriber_loader.value is not None)
    with monkeypatch.context() as broken:

        def fail(self: EngineTranscriber, recording: Recording, words: bool) -> Heard:
            raise SpeechModelError("Whisper failed.")

        broken.setattr(EngineTranscriber, "understand", fail)
        record(speaking, 3)
        assert speaking.messages.text == "Whisper failed." and speaking.messages.is_error
    click(tab.sound_row.again_button)
    wait_until(speaking, lambda: "red bird" in tab.field.sentence)
    assert speaking.messages.text == ""


def test_it_stops_by_itself_when_the_person_pauses(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    tab = speaking.speak_tab
    tab.listening.menu.invoke("Stop by itself when I pause")
    assert speaking.settings.stop_when_silent and Settings.load().stop_when_silent
    click(tab.record_button)
    wait_until(speaking, lambda: tab.state_of_speech is SpeakState.RECORDING)
    wait_until(speaking, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=40)
    assert tab.field.sentence == SENTENCE
    assert tab.sound_row.recording is not None and tab.sound_row.recording.seconds < 10


def test_the_microphone_is_chosen_by_name_and_remembered(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    listening = speaking.speak_tab.listening
    listening.look_for_microphones()
    wait_until(speaking, lambda: listening.microphones.index("end") != 0)
    listening.microphones.invoke("default")
    assert listening.microphone == "default" and Settings.load().microphone == "default"
    record(speaking, 2)
    assert "red bird" in speaking.speak_tab.field.sentence and not speaking.messages.text


def test_the_second_of_two_microphones_of_one_name_records(
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
    speaking: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both are the same virtual one: the number that is opened tells which was chosen."""
    virtual_microphone(spoken_sentence(SENTENCE))
    count = len(list_microphones())
    describe, open_ = pyaudio.PyAudio.get_device_info_by_index, pyaudio.PyAudio.open
    opened: list[int] = []

    def twice(audio: pyaudio.PyAudio, index: int) -> dict[str, Any]:
        if index < count:
            return dict(describe(audio, index))
        return dict(audio.get_default_input_device_info()) | {"index": index}

    def open_either(audio: pyaudio.PyAudio, **options: Any) -> Any:
        opened.append(options["input_device_index"])
        options["input_device_index"] = audio.get_default_input_device_info()["index"]
        return open_(audio, **options)

    monkeypatch.setattr(pyaudio.PyAudio, "get_device_count", lambda audio: count + 1)
    monkeypatch.setattr(pyaudio.PyAudio, "get_device_info_by_index", twice)
    monkeypatch.setattr(pyaudio.PyAudio, "open", open_either)
    listening = speaking.speak_tab.listening
    listening.look_for_microphones()
    wait_until(speaking, lambda: listening.microphones.index("end") != 0)
    listening.microphones.invoke("default (2)")
    assert Settings.load().microphone == "default (2)"
    record(speaking, 2)
    assert {*opened} == {count}
    assert "red bird" in speaking.speak_tab.field.sentence and not speaking.messages.text


def test_a_microphone_that_was_left_at_home(
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
    make_window: Callable[..., MainWindow],
) -> None:
    Settings(microphone="Headset").save()
    virtual_microphone(spoken_sentence(SENTENCE))
    window = make_window()
    window.tabs.select(window.speak_tab)
    record(window, 2)
    assert "“Headset” is not there; recording with" in window.messages.text
    assert "red bird" in window.speak_tab.field.sentence


def test_another_recogniser_listens(
    spoken_sentence: SpeakSentence,
    make_window: Callable[..., MainWindow],
    fresh_engines: Engines,
) -> None:
    window = make_window(fresh_engines)
    tab = window.speak_tab
    wait_until(window, lambda: window.transcriber_loader.value is not None, timeout=60)
    assert window.transcriber_loader.value is not None
    assert window.transcriber_loader.value.name == "Whisper"
    tab.listening.recognisers.invoke(RECOGNISERS["sphinx"])
    assert Settings.load().recogniser == "sphinx"
    tab.open_sound(spoken_sentence(SENTENCE))
    wait_until(window, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=40)
    assert window.transcriber_loader.value.name == "Sphinx"
    assert "bird" in tab.field.sentence and not window.messages.is_error


def test_choices_are_locked_while_speech_is_understood(
    spoken_sentence: SpeakSentence, speaking: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    understand, clicked = EngineTranscriber.understand, threading.Event()

    def later(self: EngineTranscriber, *given: Any) -> Heard:
        clicked.wait(60)  # a quick computer would understand all before the click
        return understand(self, *given)

    monkeypatch.setattr(EngineTranscriber, "understand", later)
    tab = speaking.speak_tab
    choices = [*tab.way_row.buttons.values(), tab.listening]
    tab.open_sound(spoken_sentence(SENTENCE))
    assert tab.state_of_speech is SpeakState.UNDERSTANDING
    assert all(choice.instate(["disabled"]) for choice in choices)
    click(tab.way_row.buttons["sound"])
    assert tab.way_row.way == "text"
    clicked.set()
    wait_until(speaking, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=40)
    assert tab.field.sentence == SENTENCE
    assert all(choice.instate(["!disabled"]) for choice in choices)


def test_the_same_recogniser_once_more_changes_nothing(speaking: MainWindow) -> None:
    loader = speaking.transcriber_loader
    wait_until(speaking, lambda: loader.value is not None, timeout=60)
    before = loader.value
    recognisers = speaking.speak_tab.listening.recognisers
    recognisers.invoke(RECOGNISERS["whisper"])
    recognisers.invoke("The model that came with speech2bird")
    assert loader.value is before


def test_what_has_to_wait_while_recording_is_told(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    tab = speaking.speak_tab
    tab.open_sound(spoken_sentence(SENTENCE))
    tab.open_sound(spoken_sentence(SENTENCE))
    assert "Wait until the recording is written down" in speaking.messages.text
    wait_until(speaking, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=40)
    click(tab.way_row.buttons["sound"])
    click(tab.record_button)
    wait_until(speaking, lambda: tab.state_of_speech is SpeakState.RECORDING)
    drop(speaking, spoken_sentence(SENTENCE))
    told = "Press Stop first, then open a file."
    wait_until(speaking, lambda: speaking.messages.text == told)  # what kind it is is looked up
    click(tab.field.draw_button)  # what was said before would be understood meanwhile
    assert speaking.messages.text == "Press Stop first, then draw."
    assert tab.state_of_speech is SpeakState.RECORDING and not speaking.desk.busy


def test_a_sound_file_is_opened_and_dropped(
    spoken_sentence: SpeakSentence, tmp_path: Path, window: MainWindow
) -> None:
    tab = window.speak_tab
    path = tmp_path / "my birds ä.wav"
    path.write_bytes(spoken_sentence(SENTENCE).read_bytes())
    window.tabs.select(window.type_tab)
    wait_until(window, lambda: window.painter_loader.state is not LoadState.WAITING)
    drop(window, path)
    wait_until(window, lambda: window.tabs.index("current") == window.tabs.index(tab))
    wait_until(window, lambda: tab.field.sentence == SENTENCE, timeout=40)
    path.write_bytes(b"no sound")
    tab.open_sound(path)
    wait_until(window, lambda: window.messages.is_error)
    assert "my birds ä.wav is not a sound file" in window.messages.text
    assert tab.field.sentence == SENTENCE
    pipe = tmp_path / "pipe.wav"
    os.mkfifo(pipe)  # nobody writes into it
    tab.open_sound(pipe)
    wait_until(window, lambda: window.messages.text == f"{pipe} is no file.")
    assert tab.state_of_speech is SpeakState.IDLE


def test_a_dropped_picture_brings_back_its_sentence_and_seed(
    window: MainWindow, tmp_path: Path
) -> None:
    path = tmp_path / "bird.png"
    picture = Image.new("RGB", (64, 64), "red")
    save_picture(picture, PictureMetadata(DrawRequest(SENTENCE, 7, 64), "a model"), path)
    wait_until(window, lambda: window.painter_loader.state is not LoadState.WAITING)
    drop(window, path)
    wait_until(window, lambda: window.panel.kept is not None)
    assert window.type_tab.field.sentence == SENTENCE
    assert window.panel.seed_bar.entry.get() == "7"
