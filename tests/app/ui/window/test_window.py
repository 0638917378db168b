"""The real window, used as a person uses it: keys, clicks, and waiting for the picture."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from tkinter import filedialog

import pytest
from PIL import Image

from app.engine.engines import Engines
from app.gallery import Gallery
from app.pictures.picture_file import read_metadata
from app.settings import Settings
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from models import Drawing, Painter
from tests.app.events import click, press, write
from tests.app.pictures.test_picture_file import unwritable_folder
from tests.conftest import ExpectedErrors, wait_until

SENTENCE = "a small red bird with black wings"


@pytest.fixture
def typing(window: MainWindow) -> MainWindow:
    """The window with the Type tab in front."""
    window.tabs.select(window.type_tab)
    window.root.update()
    return window


@pytest.fixture
def typing_early(
    make_window: Callable[..., MainWindow], fresh_engines: Engines
) -> Iterator[MainWindow]:
    """The same before its model is loaded."""
    window = make_window(fresh_engines)
    window.tabs.select(window.type_tab)
    window.root.update()
    yield window
    fresh_engines.close()  # before the window's threads are waited for


def ready(window: MainWindow) -> MainWindow:
    wait_until(window, lambda: window.painter_loader.state is LoadState.READY)
    return window


def drawn(window: MainWindow) -> Drawing:
    """Wait until the drawing ended and return it."""
    wait_until(window, lambda: not window.desk.busy)
    assert window.desk.drawing is not None
    return window.desk.drawing


def says(window: MainWindow, message: str) -> bool:
    return message in window.messages.text


def choose(monkeypatch: pytest.MonkeyPatch, path: Path | str) -> list[dict[str, object]]:
    """Answer the file dialog, the one part of the window no test can click."""
    asked: list[dict[str, object]] = []

    def answer(**options: object) -> str:
        asked.append(options)
        return str(path)

    monkeypatch.setattr(filedialog, "asksaveasfilename", answer)
    return asked


def save(window: MainWindow) -> None:
    """Save in the size it was drawn in."""
    click(window.panel.save_button)
    assert window.saver.dialog is not None
    window.saver.dialog.save_button.invoke()


@pytest.mark.parametrize("name", ["my bird.png", "my bird.jpg"])
def test_type_draw_save_open(
    typing: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    field = typing.type_tab.field
    write(field.text, SENTENCE)
    assert field.sentence == SENTENCE
    click(field.draw_button)
    drawing = drawn(typing)
    assert drawing.image.size == (512, 512) and typing.panel.image is drawing.image
    assert SENTENCE in typing.panel.caption.cget("text")
    assert str(drawing.seed) in typing.panel.caption.cget("text")

    path = tmp_path / name
    asked = choose(monkeypatch, path)
    save(typing)
    wait_until(typing, lambda: "Saved" in typing.messages.text)
    assert asked[0]["initialfile"] == f"a-small-red-bird-with-black-wings-{drawing.seed}.png"
    metadata = read_metadata(path)
    assert metadata.sentence == SENTENCE
    assert metadata.seed == drawing.seed and metadata.model == drawing.model_name
    with Image.open(path) as saved:
        assert saved.size == (512, 512)
        if name.endswith(".png"):
            assert saved.tobytes() == drawing.image.tobytes()
    assert Settings.load().save_folder == str(tmp_path)


def test_drawing_asked_for_while_loading_waits(typing_early: MainWindow) -> None:
    typing = typing_early
    assert typing.painter_loader.state is not LoadState.READY
    assert "Loading" in typing.status.text
    write(typing.type_tab.field.text, SENTENCE)
    press(typing.type_tab.field.text, "Return")
    assert typing.desk.busy and "loading" in typing.panel.caption.cget("text")
    drawn(typing)
    assert typing.status.text.startswith("Ready")
    assert typing.type_tab.field.sentence == SENTENCE  # Return drew, and wrote no new line


def test_shift_return_writes_a_line_and_control_return_draws(typing: MainWindow) -> None:
    text = typing.type_tab.field.text
    write(text, "a red bird")
    press(text, "Return", "Shift-")
    assert not typing.desk.busy
    write(text, "with wings")
    assert typing.type_tab.field.sentence == "a red bird\nwith wings"
    press(text, "Return", "Control-")
    assert drawn(typing).sentence == "a red bird\nwith wings"


def test_stages_appear_one_after_the_other(
    typing: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[tuple[int, int]] = []
    show = typing.panel.show_stage

    def watch(index: int, image: Image.Image) -> None:
        show(index, image)
        shown.append((image.width, int(typing.panel.progress.cget("value"))))

    monkeypatch.setattr(typing.panel, "show_stage", watch)
    write(typing.type_tab.field.text, SENTENCE)
    click(typing.type_tab.field.draw_button)
    drawn(typing)
    assert shown == [(64, 1), (128, 2), (256, 3), (512, 4)]


def test_draw_again_gives_another_seed_and_loses_nothing(typing: MainWindow) -> None:
    write(typing.type_tab.field.text, SENTENCE)
    click(typing.type_tab.field.draw_button)
    first = drawn(typing)
    click(typing.panel.again_button)
    second = drawn(typing)
    assert second.sentence == first.sentence and second.seed != first.seed
    kept = {read_metadata(path).seed for path in Gallery().paths()}
    assert kept == {first.seed, second.seed}


def test_a_kept_picture_is_what_the_model_draws(typing: MainWindow, painter: Painter) -> None:
    typing.desk.draw(SENTENCE, seed=11)
    drawn(typing)
    assert typing.desk.kept_as is not None
    with Image.open(typing.desk.kept_as) as kept:
        assert kept.tobytes() == painter.draw(SENTENCE, seed=11).image.tobytes()


@pytest.mark.parametrize(
    ("sentence", "message"),
    [
        ("", "describe a bird"),
        ("   \n ", "describe a bird"),
        ("qwxzv", "None of these words"),
        ("red " * 1250, "too long"),
    ],
)
def test_bad_sentences_are_told_in_the_window(
    typing: MainWindow, sentence: str, message: str
) -> None:
    typing.type_tab.field.text.insert("1.0", sentence)
    click(typing.type_tab.field.draw_button)
    wait_until(typing, lambda: message in typing.messages.text)
    assert typing.messages.is_error and not typing.desk.busy
    assert typing.desk.drawing is None
    typing.type_tab.field.sentence = SENTENCE
    click(typing.type_tab.field.draw_button)
    drawn(typing)
    assert typing.messages.text == ""


def test_unknown_words_are_told(typing: MainWindow) -> None:
    typing.type_tab.field.sentence = "a red zorblefitz bird"
    click(typing.type_tab.field.draw_button)
    drawn(typing)
    assert "zorblefitz" in typing.messages.text and not typing.messages.is_error


def test_all_that_is_worth_telling_of_a_drawing_is_told(typing: MainWindow) -> None:
    typing.desk.draw("a zorblefitz " + "red " * 26, seed=1)
    drawn(typing)
    assert "zorblefitz" in typing.messages.text
    assert "Only the first 24 known words" in typing.messages.text


@pytest.mark.alone
def test_cancel_brings_the_last_picture_back(typing: MainWindow) -> None:
    ready(typing)
    typing.desk.draw(SENTENCE, seed=1)
    first = drawn(typing).image
    typing.desk.draw(SENTENCE, seed=2)
    wait_until(typing, lambda: typing.panel.image is not first)  # its first stage
    begun = time.monotonic()
    press(typing.root, "Escape")
    assert not typing.desk.busy and time.monotonic() - begun < 0.2
    assert typing.panel.image is first and "cancelled" in typing.messages.text
    typing.desk.draw(SENTENCE, seed=3)  # the cancelled one ends in the background meanwhile
    assert drawn(typing).seed == 3
    assert {read_metadata(path).seed for path in Gallery().paths()} == {1, 3}


def test_cancel_while_the_model_loads(typing_early: MainWindow) -> None:
    typing = typing_early
    typing.desk.draw(SENTENCE)
    click(typing.panel.cancel_button)
    assert not typing.desk.busy
    ready(typing)
    typing.root.update()
    assert typing.desk.drawing is None and not typing.desk.busy


def test_save_problems_are_told(
    typing: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typing.desk.draw(SENTENCE, seed=1)
    drawn(typing)
    for path, message in (
        (tmp_path / "bird.gif", "must end in .png"),
        (unwritable_folder(tmp_path) / "bird.png", "cannot be"),
    ):
        choose(monkeypatch, path)
        save(typing)
        wait_until(typing, partial(says, typing, message))
        assert typing.messages.is_error
    choose(monkeypatch, "")  # the dialog was cancelled
    typing.messages.clear()
    save(typing)
    assert typing.messages.text == ""


def test_picture_that_cannot_be_kept_is_shown(typing: MainWindow) -> None:
    Gallery().folder.parent.mkdir(parents=True, exist_ok=True)
    Gallery().folder.write_text("a file where the folder should be")
    typing.desk.draw(SENTENCE, seed=1)
    assert drawn(typing).image is typing.panel.image
    assert typing.messages.is_error and "Save the picture" in typing.messages.text


def test_a_model_that_cannot_be_loaded_is_told(
    make_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")
    with Engines(device="cuda") as engines:
        window = make_window(engines)
        wait_until(window, lambda: window.painter_loader.state is LoadState.FAILED, timeout=60)
        assert window.messages.is_error and "no usable NVIDIA GPU" in window.messages.text
        assert "could not be loaded" in window.status.text
        window.messages.clear()
        window.desk.draw(SENTENCE)
        wait_until(window, lambda: not window.desk.busy)
        assert window.messages.is_error and window.desk.drawing is None


def test_engine_killed_while_drawing_is_told(
    typing: MainWindow, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready(typing)

    def kill(index: int, image: Image.Image) -> None:
        assert engines.pictures.pid is not None
        os.kill(engines.pictures.pid, signal.SIGKILL)  # as the system does when memory runs out

    with monkeypatch.context() as patched:
        patched.setattr(typing.panel, "show_stage", kill)
        typing.desk.draw(SENTENCE, seed=1)
        wait_until(typing, lambda: not typing.desk.busy)
    assert typing.messages.is_error and "Drawing stopped unexpectedly" in typing.messages.text
    assert typing.desk.drawing is None
    typing.desk.draw(SENTENCE, seed=1)
    assert drawn(typing).seed == 1


@pytest.mark.alone
def test_closing_while_the_model_loads(
    make_window: Callable[..., MainWindow], fresh_engines: Engines
) -> None:
    window = make_window(fresh_engines)
    window.desk.draw(SENTENCE)
    wait_until(window, lambda: fresh_engines.pictures.pid is not None)
    begun = time.monotonic()
    window.close()
    fresh_engines.close()
    window.runner.join(20)
    assert time.monotonic() - begun < 1  # nobody waits until it is loaded
    assert fresh_engines.pictures.pid is None
    working = [t.name for t in threading.enumerate() if t.name.startswith("speech2bird-")]
    assert not working


def test_error_in_a_callback_is_told_and_logged(
    typing: MainWindow, expected_errors: ExpectedErrors, caplog: pytest.LogCaptureFixture
) -> None:
    expected_errors.append("Error in a callback")
    typing.root.after(0, lambda: 1 / 0)
    wait_until(typing, lambda: typing.messages.is_error)
    assert "ZeroDivisionError" in typing.messages.text
    assert any(record.exc_info for record in caplog.records)


def test_tab_and_size_are_remembered(make_window: Callable[..., MainWindow]) -> None:
    window = make_window()
    window.tabs.select(window.type_tab)
    window.root.geometry("1000x700")
    window.root.update()
    window.close()
    again = make_window()
    assert again.tabs.index("current") == 1
    assert again.root.geometry().startswith("1000x700")


@pytest.mark.parametrize(
    ("stored", "restored"),
    [
        ("1000x700+120+60", "1000x700+120+60"),
        ("1000x700+-300+60", "1000x700+-300+60"),
        ("1000x700+5000+60", "1000x700+0+0"),
        ("1000x700+-990+60", "1000x700+0+0"),
        ("1000x700+120+2000", "1000x700+0+0"),
        ("1000x700+120+-400", "1000x700+0+0"),
    ],
)
def test_a_place_on_a_screen_that_is_gone_is_forgotten(
    make_window: Callable[..., MainWindow], stored: str, restored: str
) -> None:
    Settings(geometry=stored).save()
    assert make_window().root.geometry() == restored


@pytest.mark.parametrize("gave_up", [False, True])
def test_pictures_that_cannot_be_kept_are_told_also_when_the_drawing_does_not_end_well(
    typing: MainWindow, engines: Engines, monkeypatch: pytest.MonkeyPatch, gave_up: bool
) -> None:
    Gallery().folder.parent.mkdir(parents=True, exist_ok=True)
    Gallery().folder.write_text("a file where the folder should be")
    ready(typing)
    typing.panel.count_box.set(9)
    show = typing.panel.show_finished

    def stop(drawing: Drawing) -> None:
        show(drawing)
        if gave_up:
            typing.root.after(0, typing.desk.cancel)
        else:
            assert engines.pictures.pid is not None
            os.kill(engines.pictures.pid, signal.SIGKILL)
        monkeypatch.setattr(typing.panel, "show_finished", show)

    monkeypatch.setattr(typing.panel, "show_finished", stop)
    typing.desk.draw(SENTENCE, seed=1)
    wait_until(typing, lambda: not typing.desk.busy)
    assert typing.messages.is_error and "Save the picture before" in typing.messages.text
    assert gave_up or "Drawing stopped unexpectedly" in typing.messages.text
    assert typing.panel.save_button.instate(["!disabled"])


def test_cancel_in_the_save_dialog_is_reached_by_the_keyboard(
    typing: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = choose(monkeypatch, "")
    typing.desk.draw(SENTENCE, seed=1)
    drawn(typing)
    for widget, times in (("cancel_button", 0), ("save_button", 1)):
        click(typing.panel.save_button)
        dialog = typing.saver.dialog
        assert dialog is not None
        press(getattr(dialog, widget), "Return")
        assert not dialog.winfo_exists() and len(asked) == times


def test_shift_and_tab_go_back(typing: MainWindow) -> None:
    field = typing.type_tab.field
    press(field.text, "Tab", "Shift-")
    assert typing.root.focus_get() is field.text.tk_focusPrev()
    assert field.text.bind("<Shift-Tab>")  # X11 calls that key otherwise, a Mac does not
    press(field.text, "Tab")
    assert typing.root.focus_get() is field.draw_button


def test_examples_can_be_used(typing: MainWindow) -> None:
    link = typing.type_tab.examples.links[-1]
    click(link)
    assert typing.type_tab.field.sentence == link.cget("text")
