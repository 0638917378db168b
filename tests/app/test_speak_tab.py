"""Speaking a bird into the window: a virtual microphone, real recording, transcription, picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.gallery import Gallery
from app.speech.recording import Recording
from app.ui.speak_tab import SpeakState
from app.ui.window import MainWindow
from tests.app.events import click
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
    assert tab.recording_of("a small red bird with blue wings") is not None
    assert tab.recording_of("an owl") is None and tab.recording_of("") is None
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


def test_silence_is_told_and_text_is_kept(
    tmp_path: Path, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    import numpy as np
    import soundfile

    path = tmp_path / "silence.wav"
    soundfile.write(path, np.zeros(16_000, np.int16), 16_000)
    virtual_microphone(path)
    speaking.speak_tab.field.sentence = "what was there"
    record(speaking, 0.5)
    assert speaking.messages.is_error and speaking.messages.text
    assert speaking.speak_tab.field.sentence == "what was there"


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
