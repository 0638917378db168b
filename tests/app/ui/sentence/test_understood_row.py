"""What is drawn of a sentence, told below it while it is typed or said, and used by a click."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest

from app.pictures.picture_file import read_metadata
from app.ui.speak.speak_tab import SpeakState
from app.ui.window.window import MainWindow
from models import Painter
from models.request import DrawRequest
from tests.app.events import click, press, write
from tests.conftest import wait_until
from tests.speech_fixtures import SpeakSentence

CARDINAL = (
    "a bright red cardinal with a red pointed crest a black face and a short thick orange bill"
)
NORTHERN = CARDINAL.replace("cardinal", "northern cardinal")


@pytest.fixture
def ready(window: MainWindow) -> MainWindow:
    """The window with its model loaded and the Type tab in front."""
    window.tabs.select(window.type_tab)
    wait_until(window, lambda: window.painter_loader.value is not None)
    window.root.update()
    return window


def telling(window: MainWindow, text: str) -> Callable[[], bool]:
    return lambda: window.type_tab.field.understood.text == text


def test_what_is_drawn_of_a_name_is_told_after_a_pause(ready: MainWindow) -> None:
    field = ready.type_tab.field
    write(field.text, "a cardinal")
    assert field.understood.text == "", "nothing changes while somebody types"
    wait_until(ready, telling(ready, f"Drawn as: {CARDINAL}"))
    assert field.understood.link.winfo_ismapped()
    write(field.text, " with a crimson tail, no crest")
    wait_until(ready, lambda: "dark red tail" in field.understood.text)
    field.sentence = "a crimson bird with a cerulean tummy, " * 20
    wait_until(ready, lambda: field.understood.text.endswith(" …"))
    assert len(field.understood.text) < 250, "a low window has room for the field, too"
    field.sentence = "a small red bird"
    ready.root.update()
    assert field.understood.text == "" and not field.understood.link.winfo_ismapped()


def test_the_words_are_used_and_drawn_as_they_are(ready: MainWindow, painter: Painter) -> None:
    field = ready.type_tab.field
    field.sentence = "common eider"
    wait_until(ready, lambda: field.understood.text.startswith("Drawn as: "))
    words = field.understood.text.removeprefix("Drawn as: ")
    click(field.understood.link)
    ready.root.update()
    assert field.sentence == words
    wait_until(ready, telling(ready, ""))
    ready.desk.draw(field.request, 3)
    wait_until(ready, lambda: not ready.desk.busy)
    drawing = ready.desk.drawing
    assert drawing is not None and drawing.words == tuple(words.split())
    expected = painter.draw("common eider", 3)
    assert drawing.image.tobytes() == expected.image.tobytes()
    write(field.text, " on a branch")  # from now on they are read as what a person wrote
    assert not field.request.as_written


def test_a_name_is_drawn_kept_and_drawn_again(ready: MainWindow) -> None:
    field = ready.type_tab.field
    write(field.text, "cardinal")
    press(field.text, "Return")
    wait_until(ready, lambda: ready.desk.kept_as is not None and not ready.desk.busy)
    first, path = ready.desk.drawing, ready.desk.kept_as
    assert first is not None and path is not None
    assert "“cardinal”" in ready.panel.caption.cget("text")
    texts = [label.cget("text") for label in ready.panel.view.word_row.labels]
    assert texts == CARDINAL.split(), "attention is to the words that were drawn"
    metadata = read_metadata(path)
    assert metadata.sentence == "cardinal" and metadata.request.drawn_as == CARDINAL
    ready.drawing.draw_kept(metadata, path)
    wait_until(ready, lambda: not ready.desk.busy and ready.desk.kept_as not in (None, path))
    again = ready.desk.drawing
    assert again is not None and again.image.tobytes() == first.image.tobytes()
    assert again.request == first.request


def test_what_no_bird_is_is_told_and_not_drawn(ready: MainWindow) -> None:
    ready.desk.draw("a red car")
    wait_until(ready, lambda: "Only birds are drawn" in ready.messages.text)
    assert ready.messages.is_error and ready.desk.drawing is None


def test_what_was_heard_is_understood_too(ready: MainWindow) -> None:
    tab = ready.speak_tab
    ready.tabs.select(tab)
    tab.field.sentence = "a cardinal"
    wait_until(ready, lambda: tab.field.understood.text == f"Drawn as: {CARDINAL}")
    click(tab.way_row.buttons["sound"])
    assert tab.field.understood.text == "", "no text is drawn"
    click(tab.way_row.buttons["text"])
    wait_until(ready, lambda: bool(tab.field.understood.text))
    assert tab.subject().request == DrawRequest("a cardinal")


def test_what_was_said_is_kept_with_the_words_that_are_used(
    ready: MainWindow, spoken_sentence: SpeakSentence
) -> None:
    tab = ready.speak_tab
    ready.tabs.select(tab)
    wait_until(ready, lambda: ready.transcriber_loader.value is not None, timeout=60)
    tab.open_sound(spoken_sentence("a northern cardinal"))
    wait_until(ready, lambda: tab.state_of_speech is SpeakState.IDLE, timeout=40)
    assert "cardinal" in tab.field.sentence
    wait_until(ready, lambda: tab.field.understood.text.endswith(NORTHERN))
    click(tab.field.understood.link)
    assert tab.field.sentence == NORTHERN
    assert tab.subject().recording is not None


@pytest.mark.alone
def test_a_key_in_a_long_text_is_answered_at_once(ready: MainWindow) -> None:
    field = ready.type_tab.field
    quickest = 1.0
    field.sentence = "a crimson cardinal with a zorgly tummy, no crest, " * 19
    for _ in range(5):
        begun = time.perf_counter()
        write(field.text, "y")
        quickest = min(quickest, time.perf_counter() - begun)
    assert quickest < 0.1
