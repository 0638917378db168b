"""Words that appear while somebody speaks, and the picture that begins when they stop."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from app.engine.engines import Engines
from app.engine.speech import EngineTranscriber
from app.gallery import Gallery
from app.settings import Settings
from app.speech.recognition.agreement import Agreement
from app.speech.recognition.online import GoogleTranscriber
from app.speech.recognition.sphinx import SphinxTranscriber
from app.speech.recognition.transcriber import Transcriber
from app.speech.recognition.whisper import WhisperTranscriber
from app.speech.sound.recording import Recording
from app.ui.speak.speak_tab import SpeakState
from app.ui.window.window import MainWindow
from tests.app.events import click, write
from tests.conftest import wait_until
from tests.speech_fixtures import PlugIn, SpeakSentence

SENTENCE = "a small red bird with black wings"
LONG = (
    "a small bird with a bright yellow belly and a black head and it has a short pointed beak "
    "with white bars on its brown wings"
)


@pytest.fixture
def speaking(window: MainWindow) -> MainWindow:
    """The window with the Speak tab in front, ready."""
    return ready(window)


def ready(window: MainWindow) -> MainWindow:
    window.tabs.select(window.speak_tab)
    wait_until(window, lambda: window.painter_loader.value is not None, timeout=60)
    wait_until(window, lambda: window.transcriber_loader.value is not None, timeout=60)
    return window


def begin(window: MainWindow) -> None:
    """Click Record, and wait until sound comes in."""
    tab = window.speak_tab
    click(tab.record_button)
    wait_until(window, lambda: tab.state_of_speech is SpeakState.RECORDING)


def recorded(window: MainWindow, seconds: float) -> Callable[[], bool]:
    """Give what tells whether so much was recorded."""
    recorder = window.speak_tab._recorder
    assert recorder is not None
    return lambda: recorder.seconds > seconds


def end(window: MainWindow) -> None:
    """Click Stop, and wait for what was said and for what is drawn of it."""
    tab = window.speak_tab
    click(tab.record_button)
    wait_until(window, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=60)
    wait_until(window, lambda: not window.desk.busy, timeout=60)


class Asked:
    """How often the recogniser was asked from the window, and who does the answering."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, instead: Callable[..., Any] | None) -> None:
        self.times = 0
        understand = EngineTranscriber.understand

        def count(transcriber: EngineTranscriber, *given: Any, **named: Any) -> Any:
            self.times += 1
            if instead is not None and "cancelled" in named:
                instead()
            return understand(transcriber, *given, **named)

        monkeypatch.setattr(EngineTranscriber, "understand", count)


def test_words_appear_and_what_is_settled_stays(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(LONG))
    tab = speaking.speak_tab
    tab.field.sentence = "what was there"
    begin(speaking)
    seen: list[tuple[str, str]] = []
    all_said = recorded(speaking, 9)

    def look() -> bool:
        now = " ".join(tab.live_words._agreement.settled), tab.field.sentence
        if now not in seen:
            seen.append(now)
        return all_said() and len(now[0].split()) > 2

    wait_until(speaking, look, timeout=60)
    assert tab.state_of_speech is SpeakState.RECORDING
    shown = [text for _, text in seen]
    assert shown[0] == "what was there" and len(shown) > 2
    assert LONG.startswith(shown[1].rsplit(" ", 2)[0]), shown
    settled = [text for text, _ in seen]
    for at, (words, text) in enumerate(seen[1:], 1):
        assert text.startswith(words) and words.startswith(settled[at - 1]), seen
    end(speaking)
    final, recording = tab.field.sentence, tab.sound_row.recording
    assert recording is not None
    assert final == WhisperTranscriber().transcribe(recording)  # of the whole, and nothing before
    assert final.startswith(settled[-1].rsplit(" ", 3)[0])
    tab.field.text.edit_undo()
    assert tab.field.sentence == "what was there"  # no guess is in between


@pytest.mark.parametrize("wanted", [True, False], ids=["draws", "does not"])
def test_it_draws_when_the_person_stops(
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
    make_window: Callable[..., MainWindow],
    wanted: bool,
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    window = ready(make_window())
    tab = window.speak_tab
    if not wanted:
        click(tab.draw_box)
        assert Settings.load().draw_when_stopped is False
    begin(window)
    wait_until(window, recorded(window, 3.5))
    end(window)
    assert tab.field.sentence == SENTENCE
    assert (window.desk.drawing is not None) is wanted
    assert len(Gallery().paths()) == wanted
    if wanted:
        assert window.desk.drawing is not None and window.desk.drawing.sentence == SENTENCE
    else:
        tab.open_sound(spoken_sentence(SENTENCE))  # nobody stopped
        wait_until(window, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=60)
        assert not window.desk.busy


def test_what_is_drawn_can_be_cancelled_and_its_text_stays(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    tab = speaking.speak_tab
    speaking.panel.count_box.set(9)
    begin(speaking)
    wait_until(speaking, recorded(speaking, 3.5))
    click(tab.record_button)
    wait_until(speaking, lambda: speaking.desk.busy, timeout=60)
    click(speaking.panel.cancel_button)
    assert not speaking.desk.busy and tab.field.sentence == SENTENCE
    assert tab.state_of_speech is SpeakState.IDLE


def test_what_is_no_bird_is_not_drawn(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence("a very old car"))
    begin(speaking)
    wait_until(speaking, recorded(speaking, 2.5))
    end(speaking)
    assert "car" in speaking.speak_tab.field.sentence
    assert speaking.desk.drawing is None and speaking.messages.is_error


def test_what_was_said_while_something_is_drawn_comes_next(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    tab = speaking.speak_tab
    begin(speaking)
    wait_until(speaking, recorded(speaking, 3.5))
    speaking.panel.count_box.set(9)
    speaking.desk.draw("a typed bird")
    click(tab.record_button)
    wait_until(speaking, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=60)
    assert speaking.desk.busy and tab._waits
    speaking.panel.count_box.set(1)
    wait_until(
        speaking,
        lambda: not speaking.desk.busy and len(Gallery().paths()) == 10,
        timeout=90,
    )
    assert speaking.desk.drawing is not None and speaking.desk.drawing.sentence == SENTENCE


def test_who_writes_while_speaking_is_not_overruled(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    tab = speaking.speak_tab
    begin(speaking)
    wait_until(speaking, lambda: "bird" in tab.field.sentence, timeout=40)
    tab.field.text.mark_set("insert", "end-1c")
    write(tab.field.text, " here")
    written = tab.field.sentence
    wait_until(speaking, recorded(speaking, 5), timeout=40)
    assert tab.field.sentence == written
    end(speaking)
    assert tab.field.sentence == SENTENCE and speaking.desk.drawing is None
    tab.field.text.edit_undo()
    assert tab.field.sentence == written


def test_who_begins_to_write_sees_no_guesses(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    tab = speaking.speak_tab
    begin(speaking)
    write(tab.field.text, "an owl")
    wait_until(speaking, recorded(speaking, 4), timeout=40)
    assert tab.field.sentence == "an owl"
    end(speaking)
    assert tab.field.sentence == SENTENCE and speaking.desk.drawing is None
    # That was once: what is said next is drawn. Plugged in anew, the microphone speaks again even
    # if the computer is slow to let go of the first recording.
    virtual_microphone(spoken_sentence(SENTENCE))
    begin(speaking)
    wait_until(speaking, recorded(speaking, 3.5), timeout=40)
    end(speaking)
    drawing = speaking.desk.drawing
    assert drawing is not None, speaking.messages.text
    assert drawing.sentence == SENTENCE


def test_a_slow_recogniser_delays_nothing(
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
    speaking: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = Recording.from_file(spoken_sentence(LONG)).resampled(48_000)
    virtual_microphone(spoken_sentence(LONG))
    asked = Asked(monkeypatch, lambda: time.sleep(2))
    tab = speaking.speak_tab
    begin(speaking)
    begun = time.monotonic()
    wait_until(speaking, recorded(speaking, 8), timeout=40)
    assert time.monotonic() - begun < 9.5
    assert 1 <= asked.times <= 3  # it sleeps as long as it works
    end(speaking)
    # Not one sample is missing.
    recording = tab.sound_row.recording
    assert recording is not None and recording.rate == 48_000
    wanted = sound.samples[48_000 : 6 * 48_000]
    first = int(np.flatnonzero((sound.samples != 0)[: 3 * 48_000])[0])
    begins = int(np.flatnonzero(recording.samples)[0]) - first
    np.testing.assert_array_equal(recording.samples[begins + 48_000 :][: len(wanted)], wanted)
    assert tab.field.sentence == WhisperTranscriber().transcribe(recording)


def test_only_who_is_quick_and_at_home_listens_meanwhile(
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
    speaking: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert WhisperTranscriber.live and not SphinxTranscriber.live and not GoogleTranscriber.live
    virtual_microphone(spoken_sentence(SENTENCE))
    tab, transcriber = speaking.speak_tab, speaking.transcriber_loader.value
    assert transcriber is not None
    asked = Asked(monkeypatch, None)
    monkeypatch.setattr(transcriber, "live", False)
    begin(speaking)
    wait_until(speaking, recorded(speaking, 3.5))
    assert asked.times == 0 and tab.field.sentence == ""
    end(speaking)
    assert asked.times == 1 and tab.field.sentence == SENTENCE


def test_a_recogniser_that_dies_meanwhile_costs_the_guesses_only(
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
    make_window: Callable[..., MainWindow],
    fresh_engines: Engines,
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    window = ready(make_window(fresh_engines))
    tab = window.speak_tab
    begin(window)
    wait_until(window, lambda: "bird" in tab.field.sentence, timeout=40)
    assert fresh_engines.speech.pid is not None
    os.kill(fresh_engines.speech.pid, signal.SIGKILL)
    wait_until(window, recorded(window, 4), timeout=40)
    end(window)
    assert tab.field.sentence == SENTENCE and not window.messages.is_error


def test_words_that_were_not_said_are_taken_back(
    tmp_path: Path,
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
    speaking: MainWindow,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "silence.wav"
    soundfile.write(path, np.zeros(16_000), 16_000)
    virtual_microphone(path)
    tab = speaking.speak_tab
    tab.field.sentence = "what was there"
    begin(speaking)
    tab.live_words._show("thank you")
    assert tab.field.sentence == "thank you"
    wait_until(speaking, recorded(speaking, 1))
    end(speaking)
    assert speaking.messages.text.startswith("I heard no speech")
    assert tab.field.sentence == "what was there" and speaking.desk.drawing is None


def test_the_way_is_changed_meanwhile(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(LONG))
    tab = speaking.speak_tab
    tab.field.sentence = "what was there"
    begin(speaking)
    wait_until(speaking, lambda: "bird" in tab.field.sentence, timeout=40)
    click(tab.way_row.buttons["sound"])
    assert tab.field.sentence == "what was there"
    so_far = tab._recorder.seconds if tab._recorder is not None else 0
    wait_until(speaking, recorded(speaking, so_far + 2), timeout=40)
    assert tab.field.sentence == "what was there"
    click(tab.way_row.buttons["text"])
    wait_until(speaking, lambda: "bird" in tab.field.sentence, timeout=40)
    end(speaking)


def test_closing_meanwhile_ends_everything(
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
    make_window: Callable[..., MainWindow],
) -> None:
    virtual_microphone(spoken_sentence(LONG))
    window = ready(make_window())
    begin(window)
    wait_until(window, recorded(window, 2.2))  # a pass is under way
    window.close()
    window.runner.join(20)
    names = [thread.name for thread in threading.enumerate()]
    assert not [name for name in names if "follow" in name]


def test_what_two_guesses_agree_on_is_settled() -> None:
    agreement = Agreement()
    for guess, settled, shown in (
        ("a small", "", "a small"),
        ("a small rat bird", "a small", "a small rat bird"),
        ("a small red bird with", "a small", "a small red bird with"),
        ("a small red bird with black", "a small red bird with", "a small red bird with black"),
        # What is settled was understood as something else: it stays, and the rest follows it.
        ("small bread bird with black wings", None, "a small red bird with black wings"),
        ("the small red bird with black wings", None, "a small red bird with black wings"),
        ("owl", None, "a small red bird with black wings"),
    ):
        agreement.take(guess)
        assert " ".join(agreement.settled + agreement.open) == shown
        assert settled is None or " ".join(agreement.settled) == settled


def test_nothing_of_a_transcriber_is_live_unless_it_says_so() -> None:
    assert Transcriber.live is False
