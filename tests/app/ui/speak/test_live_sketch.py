"""A sketch that follows the voice straight from its sound, and the picture that takes its place."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from app.settings import Settings
from app.ui.speak.speak_tab import SpeakState
from app.ui.window.window import MainWindow
from tests.app.events import click, write
from tests.conftest import wait_until
from tests.melody import melody
from tests.speech_fixtures import PlugIn, SpeakSentence

LONG = (
    "a small bird with a bright yellow belly and a black head and it has a short pointed beak "
    "with white bars on its brown wings"
)


@pytest.fixture
def speaking(window: MainWindow) -> MainWindow:
    """The window with the Speak tab in front, ready, and the sound to be drawn."""
    window.tabs.select(window.speak_tab)
    wait_until(window, lambda: window.painter_loader.value is not None, timeout=60)
    wait_until(window, lambda: window.transcriber_loader.value is not None, timeout=60)
    click(window.speak_tab.way_row.buttons["sound"])
    return window


def begin(window: MainWindow) -> None:
    """Click Record, and wait until sound comes in."""
    click(window.speak_tab.record_button)
    wait_until(window, lambda: window.speak_tab.state_of_speech is SpeakState.RECORDING)


def end(window: MainWindow) -> None:
    """Click Stop, and wait for all that comes of it."""
    tab = window.speak_tab
    click(tab.record_button)
    wait_until(window, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=60)
    wait_until(window, lambda: not window.desk.busy, timeout=60)


def until(window: MainWindow, seconds: float) -> None:
    """Wait until so much is recorded."""
    recorder = window.speak_tab._recorder
    assert recorder is not None
    wait_until(window, lambda: recorder.seconds > seconds, timeout=60)


def sketch(window: MainWindow) -> Image.Image | None:
    """Return the sketch that is shown, if one is."""
    panel = window.panel
    shown = panel.view.pictures is not None and panel.view.pictures is panel._sketch
    return panel.image if shown else None


def test_a_sketch_follows_the_voice_and_becomes_the_picture(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(LONG))
    panel = speaking.panel
    begin(speaking)
    seen: list[Image.Image] = []
    changed = 0.0
    recorder = speaking.speak_tab._recorder
    assert recorder is not None

    def look() -> bool:
        nonlocal changed
        now = sketch(speaking)
        if now is not None and (not seen or now is not seen[-1]):
            seen.append(now)
            changed = recorder.seconds
        return recorder.seconds > max(9, changed + 2)  # all was said, and is sketched

    wait_until(speaking, look, timeout=60)
    assert len(seen) > 4
    assert speaking.speak_tab.state_of_speech is SpeakState.RECORDING
    assert {image.size for image in seen} == {(64, 64)} and not panel.has_picture
    # One becomes the other by degrees: no step is as large as all of them together.
    pixels = [np.asarray(image, np.float32) for image in seen]
    steps = [float(np.abs(one - other).mean()) for one, other in pairwise(pixels)]
    assert 0 < max(steps) < 0.9 * sum(steps)
    seed = speaking.speak_tab.live_sketch.seed
    end(speaking)
    drawing = speaking.desk.drawing
    assert drawing is not None and drawing.spans and drawing.seed == seed
    assert panel.image is not None and panel.image.size == (512, 512) and panel.has_picture
    # It goes on from what was sketched last, when all was said.
    np.testing.assert_array_equal(np.asarray(drawing.stages[0]), np.asarray(seen[-1]))
    click(panel.again_button)
    wait_until(speaking, lambda: not speaking.desk.busy)
    assert speaking.desk.drawing.seed != seed


def test_without_drawing_the_last_picture_comes_back(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(LONG))
    speaking.desk.draw("a typed bird")
    wait_until(speaking, lambda: not speaking.desk.busy)
    typed = speaking.panel.image
    click(speaking.speak_tab.draw_box)
    begin(speaking)
    wait_until(speaking, lambda: sketch(speaking) is not None, timeout=60)
    end(speaking)
    assert speaking.panel.image is typed and speaking.panel.has_picture
    click(speaking.speak_tab.field.draw_button)  # what was said is drawn when it is wanted
    wait_until(speaking, lambda: not speaking.desk.busy)
    assert speaking.desk.drawing is not None and speaking.desk.drawing.spans


def test_no_sketch_is_drawn_where_none_is_wanted(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(LONG))
    tab = speaking.speak_tab
    tab.listening.menu.invoke("Sketch while I speak*")
    assert Settings.load().sketch_while_speaking is False
    begin(speaking)
    until(speaking, 3)
    assert sketch(speaking) is None
    tab.listening.menu.invoke("Sketch while I speak*")
    wait_until(speaking, lambda: sketch(speaking) is not None, timeout=60)
    click(tab.way_row.buttons["text"])
    assert sketch(speaking) is None
    until(speaking, tab._recorder.seconds + 1.5 if tab._recorder is not None else 0)
    assert sketch(speaking) is None
    end(speaking)


def test_what_somebody_looks_at_is_not_covered(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    virtual_microphone(spoken_sentence(LONG))
    begin(speaking)
    wait_until(speaking, lambda: sketch(speaking) is not None, timeout=60)
    speaking.tabs.select(speaking.type_tab)
    write(speaking.type_tab.field.text, "a blue bird")
    click(speaking.type_tab.field.draw_button)
    wait_until(speaking, lambda: not speaking.desk.busy, timeout=60)
    typed = speaking.panel.image
    until(speaking, 8)
    assert speaking.panel.image is typed
    speaking.tabs.select(speaking.speak_tab)
    end(speaking)
    assert speaking.desk.drawing is not None and speaking.desk.drawing.spans


@pytest.mark.parametrize("sound", ["silence", "music"])
def test_nothing_is_left_of_what_is_no_description(
    sound: str, tmp_path: Path, virtual_microphone: PlugIn, speaking: MainWindow
) -> None:
    path = tmp_path / "sound.wav"
    soundfile.write(path, np.zeros(48_000) if sound == "silence" else melody(), 16_000)
    virtual_microphone(path)
    begin(speaking)
    until(speaking, 3)
    assert sound == "music" or sketch(speaking) is None
    end(speaking)
    assert speaking.messages.is_error and speaking.desk.drawing is None
    assert sketch(speaking) is None
