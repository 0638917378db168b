"""Which picture Save, Copy and Draw again are about: the one that is shown, or none."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog

import pytest
from PIL import Image

from app.pictures.picture_file import read_picture, save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.ui.picture.picture_canvas import Tile
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from models.drawing import OnStage
from models.errors import DrawingCancelled
from models.request import DrawRequest
from tests.app.events import click, press, write
from tests.app.ui.gallery.gallery_window import SENTENCES, click_on, key, settle
from tests.app.ui.morph.test_morph_tab import drag
from tests.app.ui.window.test_menu_bar import entries
from tests.conftest import wait_until

RED = "a small red bird with black wings"


@pytest.fixture
def copied(monkeypatch: pytest.MonkeyPatch) -> list[Image.Image]:
    """What was put on the clipboard."""
    images: list[Image.Image] = []
    monkeypatch.setattr("app.ui.picture.picture_saver.copy_picture", images.append)
    return images


@pytest.fixture
def drawn(window: MainWindow) -> MainWindow:
    """The window with a red bird."""
    window.tabs.select(window.type_tab)
    draw(window)
    return window


@pytest.fixture
def galleried(kept: list[str], open_gallery: Callable[[], MainWindow]) -> MainWindow:
    """The window with a red bird, and then the second picture of the gallery, shown."""
    window = open_gallery()
    draw(window)
    settle(window)
    click_on(window, 2)  # the red bird is the first now
    assert shows(window, SENTENCES[1])
    return window


def draw(window: MainWindow) -> None:
    wait_until(window, lambda: window.painter_loader.state is LoadState.READY)
    window.desk.draw(RED, 7)
    wait_until(window, lambda: not window.desk.busy)


def morph(window: MainWindow) -> None:
    """Go to the Morph tab and drag a slider until a preview is shown."""
    window.tabs.select(window.morph_tab)
    window.root.update()
    drag(window.morph_tab.share.scale, 0, 50)
    wait_until(window, lambda: window.morph_desk.idle)
    assert "% of the way" in window.panel.caption.cget("text")


def shows(window: MainWindow, sentence: str) -> bool:
    """Tell whether the panel shows a kept picture, and all commands are about it."""
    picture = window.panel.kept
    return (
        picture is not None
        and picture is window.pictures.shown
        and picture.image is window.panel.image
        and picture.metadata.sentence == sentence
        and sentence in window.panel.caption.cget("text")
        and window.panel.save_button.instate(["!disabled"])
        and window.panel.attention_button.instate(["disabled"])
    )


def nothing_is_saved(window: MainWindow, copied: list[Image.Image]) -> bool:
    """Try every way to save and to copy."""
    press(window.root, "s", "Control-")
    press(window.root, "C", "Control-Shift-")
    press(window.panel.canvas, "c", "Control-")
    window.root.update()
    states = [entries(window, "File")[label][1] for label in ("Save…", "Copy picture")]
    return window.saver.dialog is None and copied == [] and states == ["disabled"] * 2


def test_a_preview_is_neither_saved_nor_taken_for_the_last_picture(
    drawn: MainWindow, copied: list[Image.Image]
) -> None:
    morph(drawn)
    assert nothing_is_saved(drawn, copied)
    drawn.tabs.select(drawn.type_tab)
    drawn.root.update()
    press(drawn.panel.canvas, "c", "Control-")
    wait_until(drawn, lambda: len(copied) == 1)
    assert drawn.desk.drawing is not None and copied[0] is drawn.desk.drawing.image


def test_copying_with_shift_copies_once(drawn: MainWindow, copied: list[Image.Image]) -> None:
    press(drawn.panel.canvas, "C", "Control-Shift-")
    wait_until(drawn, lambda: "is copied" in drawn.messages.text)
    settle(drawn)
    assert len(copied) == 1


def test_a_picture_under_way_does_not_save_the_one_before(
    drawn: MainWindow, copied: list[Image.Image], monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(drawn, monkeypatch)
    drawn.desk.draw("a yellow bird", 1)
    assert nothing_is_saved(drawn, copied) and drawn.desk.busy
    drawn.desk.cancel()
    assert drawn.panel.save_button.instate(["!disabled"])
    assert drawn.pictures.shown is not None


def test_an_empty_panel_has_nothing_to_save(
    galleried: MainWindow, copied: list[Image.Image]
) -> None:
    for _ in range(4):
        key(galleried, "Delete")
    assert galleried.panel.image is None and galleried.desk.drawing is not None
    assert nothing_is_saved(galleried, copied)


def test_a_picture_opened_over_the_morph_tab_stays(
    drawn: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "friend.png"
    save_picture(
        Image.new("RGB", (64, 64), "blue"),
        PictureMetadata(DrawRequest("a blue bird", 3, 64), ""),
        path,
    )
    monkeypatch.setattr(filedialog, "askopenfilename", lambda **options: str(path))
    morph(drawn)
    press(drawn.root, "o", "Control-")
    wait_until(drawn, lambda: "friend.png" in drawn.messages.text)
    settle(drawn)
    assert drawn.tabs.nametowidget(drawn.tabs.select()) is drawn.type_tab
    assert shows(drawn, "a blue bird")


def test_a_picture_that_somebody_cut_is_not_stretched(
    drawn: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, smaller = tmp_path / "cut.png", tmp_path / "smaller.png"
    metadata = PictureMetadata(DrawRequest("a blue bird", 3, 512), "")
    save_picture(Image.new("RGB", (512, 200), "blue"), metadata, path)
    monkeypatch.setattr(filedialog, "askopenfilename", lambda **options: str(path))
    press(drawn.root, "o", "Control-")
    wait_until(drawn, lambda: "cut.png" in drawn.messages.text)
    settle(drawn)
    photo = drawn.panel.canvas._cells[0].photo
    assert photo is not None and abs(photo.width() / photo.height() - 512 / 200) < 0.1
    save_picture(Image.open(path), metadata, smaller, 256)
    assert Image.open(smaller).size == (256, 100)


def test_the_narrowest_picture_is_shown(drawn: MainWindow, tmp_path: Path) -> None:
    narrow = Image.new("RGB", (2000, 1), "red")
    drawn.panel.canvas.show([Tile(narrow)])
    drawn.root.update()
    photo = drawn.panel.canvas._cells[0].photo
    assert photo is not None and photo.width() > photo.height() == 1


def test_a_picture_of_the_gallery_comes_back_from_the_morph_tab(galleried: MainWindow) -> None:
    galleried.tabs.select(galleried.morph_tab)
    galleried.root.update()
    assert shows(galleried, SENTENCES[1])
    morph(galleried)
    assert galleried.pictures.shown is None
    galleried.tabs.select(galleried.gallery_tab)
    settle(galleried)
    assert shows(galleried, SENTENCES[1])


def test_a_picture_of_the_gallery_outlives_a_drawing_that_comes_to_nothing(
    galleried: MainWindow,
) -> None:
    click(galleried.panel.again_button)
    assert galleried.desk.busy
    press(galleried.root, "Escape")
    assert "cancelled" in galleried.messages.text and shows(galleried, SENTENCES[1])


def test_a_stage_that_was_given_up_leaves_the_picture_of_the_gallery(
    galleried: MainWindow,
) -> None:
    def cancel(index: int, image: Image.Image) -> None:
        show_stage(index, image)
        galleried.desk.cancel()

    show_stage = galleried.panel.show_stage
    galleried.panel.show_stage = cancel  # type: ignore[method-assign]
    click(galleried.panel.again_button)
    wait_until(galleried, lambda: not galleried.desk.busy)
    assert "cancelled" in galleried.messages.text and shows(galleried, SENTENCES[1])


def test_a_sentence_that_is_not_understood_leaves_the_picture_of_the_gallery(
    galleried: MainWindow,
) -> None:
    galleried.desk.draw("qwxzv")
    wait_until(galleried, lambda: not galleried.desk.busy)
    assert galleried.messages.is_error and shows(galleried, SENTENCES[1])


def test_what_was_chosen_during_a_drawing_is_shown_without_it(
    galleried: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    hold(galleried, monkeypatch)
    galleried.desk.draw("a yellow bird", 1)
    press(galleried.gallery_tab.thumbnails.canvas, "End")
    wait_until(galleried, lambda: galleried.panel.kept is not None and is_last(galleried))
    assert galleried.desk.busy and galleried.pictures.shown is None
    menu = galleried.gallery_tab.menu
    menu.post(0, 0)
    menu.unpost()
    for label, state in (
        ("Save…", "disabled"),
        ("Copy the picture", "disabled"),
        ("Delete", "normal"),
    ):
        assert menu.entrycget(label, "state") == state
    galleried.desk.cancel()
    assert shows(galleried, SENTENCES[0])


def is_last(window: MainWindow) -> bool:
    kept, entry = window.panel.kept, window.gallery_tab.thumbnails.entries[-1]
    return kept is not None and kept.path.name == entry.name


def hold(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let every drawing take until it is cancelled."""

    def draw_for_ever(
        request: DrawRequest, on_stage: OnStage, cancelled: Callable[[], bool]
    ) -> None:
        while not cancelled():
            time.sleep(0.01)
        raise DrawingCancelled

    monkeypatch.setattr(window.painter_loader.value, "draw", draw_for_ever)


@pytest.mark.parametrize("searched_away", [False, True])
def test_surprise_me_is_about_the_kept_picture(galleried: MainWindow, searched_away: bool) -> None:
    if searched_away:
        write(galleried.gallery_tab.search.entry, "zzz")
        settle(galleried)
    path = galleried.panel.kept.path if galleried.panel.kept is not None else Path()
    seed = read_picture(path).metadata.seed
    click(galleried.panel.seed_bar.surprise_button)
    wait_until(galleried, lambda: not galleried.desk.busy)
    assert galleried.desk.drawing is not None
    assert galleried.desk.drawing.sentence == SENTENCES[1]
    assert galleried.desk.drawing.seed != seed
    assert galleried.panel.seed_bar.entry.get() == str(galleried.desk.drawing.seed)
