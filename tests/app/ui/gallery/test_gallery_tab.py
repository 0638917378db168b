"""The gallery in the real window: looked through, searched, starred, deleted and brought back."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from app.gallery import Gallery
from app.pictures.picture_file import read_metadata, read_picture
from app.ui.window.window import MainWindow
from tests.app.events import FREEZE, Heartbeat, click, hold, press, write
from tests.app.gallery.gallery_folder import copy_in
from tests.app.ui.gallery.gallery_window import SENTENCES, click_on, key, selected, settle, shown
from tests.conftest import ExpectedErrors, wait_until


@pytest.fixture
def window(kept: list[str], open_gallery: Callable[[], MainWindow]) -> MainWindow:
    return open_gallery()


def test_empty_gallery_is_friendly(open_gallery: Callable[[], MainWindow]) -> None:
    window = open_gallery()
    tab = window.gallery_tab
    assert "Every bird you draw is kept here" in tab.thumbnails.hint
    for keysym in ("Down", "Delete", "s", "Return", "r", "End", "p", "F5"):
        key(window, keysym)
    key(window, "z", "Control-")
    key(window, "c", "Control-")
    assert window.messages.text == "" and not window.desk.busy
    assert window.tabs.index("current") == window.tabs.index(window.gallery_tab)


def test_click_and_arrow_keys_show_pictures(window: MainWindow, kept: list[str]) -> None:
    tab = window.gallery_tab
    assert shown(tab) == kept and selected(tab) is None
    click_on(window, 1)
    assert selected(tab) == kept[1]
    metadata = read_metadata(Gallery().folder / kept[1])
    assert window.panel.image == read_picture(Gallery().folder / kept[1]).image
    assert metadata.sentence in window.panel.caption.cget("text")
    assert f"seed {metadata.seed}" in window.panel.caption.cget("text")
    key(window, "Right")
    assert selected(tab) == kept[2] and SENTENCES[0] in window.panel.caption.cget("text")
    key(window, "Home")
    assert selected(tab) == kept[0] and SENTENCES[2] in window.panel.caption.cget("text")


def test_search_as_you_type(window: MainWindow, kept: list[str]) -> None:
    tab = window.gallery_tab
    write(tab.search.entry, "red")
    settle(window)
    assert shown(tab) == [kept[0], kept[2]]
    write(tab.search.entry, " wing")
    settle(window)
    assert shown(tab) == [kept[0]]
    write(tab.search.entry, "x")
    settle(window)
    assert shown(tab) == [] and "No picture has all of these words" in tab.thumbnails.hint
    press(tab.search.entry, "Escape")
    settle(window)
    assert shown(tab) == kept
    press(tab.search.entry, "Down")
    assert window.root.focus_get() is tab.thumbnails.canvas


def test_stars(window: MainWindow, kept: list[str]) -> None:
    tab = window.gallery_tab
    click(tab.search.starred_button)
    settle(window)
    assert "press S" in tab.thumbnails.hint
    click(tab.search.starred_button)
    settle(window)
    click_on(window, 1)
    key(window, "s")
    assert Gallery().starred() == {kept[1]} and tab.has_star
    key(window, "s", "Control-")  # that is Save
    assert Gallery().starred() == {kept[1]} and window.saver.dialog is not None
    window.saver.dialog.destroy()
    click(tab.search.starred_button)
    settle(window)
    assert shown(tab) == [kept[1]] and selected(tab) == kept[1]
    key(window, "S")
    assert Gallery().starred() == frozenset() and shown(tab) == []


def test_the_sentence_is_used_again(window: MainWindow) -> None:
    click_on(window, 0)
    key(window, "Return")
    assert window.tabs.index("current") == 1
    assert window.type_tab.field.sentence == SENTENCES[2]
    assert window.root.focus_get() is window.type_tab.field.text


def test_drawing_again_with_the_same_seed(window: MainWindow, kept: list[str]) -> None:
    click_on(window, 1)
    click(window.gallery_tab.again_button)
    wait_until(window, lambda: not window.desk.busy)
    settle(window)
    assert window.desk.drawing is not None and window.desk.kept_as is not None
    assert (window.desk.drawing.sentence, window.desk.drawing.seed) == (SENTENCES[1], 1)
    # The new picture is at the top at once, and it is the selected one.
    assert shown(window.gallery_tab) == [window.desk.kept_as.name, *kept]
    assert selected(window.gallery_tab) == window.desk.kept_as.name


def test_draw_again_of_a_kept_picture_takes_another_seed(window: MainWindow) -> None:
    click_on(window, 1)
    click(window.panel.again_button)
    wait_until(window, lambda: not window.desk.busy)
    assert window.desk.drawing is not None
    assert window.desk.drawing.sentence == SENTENCES[1] and window.desk.drawing.seed != 1


def test_a_drawing_is_not_covered_by_the_gallery(window: MainWindow, kept: list[str]) -> None:
    window.desk.draw("a black bird", seed=5)
    click_on(window, 0)
    wait_until(window, lambda: not window.desk.busy)
    settle(window)
    assert window.panel.kept is None and "a black bird" in window.panel.caption.cget("text")
    click_on(window, 1)
    assert window.panel.kept is not None


def test_delete_and_undo(window: MainWindow, kept: list[str]) -> None:
    tab = window.gallery_tab
    folder = Gallery().folder
    click_on(window, 0)
    key(window, "Delete")
    assert shown(tab) == kept[1:] and selected(tab) == kept[1]
    assert "is deleted" in window.messages.text and not (folder / kept[0]).exists()
    key(window, "Delete")
    assert shown(tab) == kept[2:] and SENTENCES[0] in window.panel.caption.cget("text")
    click(window.messages.link)
    settle(window)
    assert shown(tab) == kept[1:] and selected(tab) == kept[1]
    assert window.messages.text == "The picture is back. Still deleted: 1."
    click(window.messages.link)
    settle(window)
    assert shown(tab) == kept and selected(tab) == kept[0]
    assert window.messages.text == ""
    assert SENTENCES[2] in window.panel.caption.cget("text")
    key(window, "z", "Control-")  # there is nothing left to undo
    assert shown(tab) == kept and window.messages.text == ""


def test_undo_can_be_tried_again(
    window: MainWindow, kept: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(source: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    tab = window.gallery_tab
    click_on(window, 0)
    key(window, "Delete")
    with monkeypatch.context() as patched:
        patched.setattr("app.gallery.trash.move_to_new", full)
        key(window, "z", "Control-")
    assert window.messages.is_error and "cannot be brought back" in window.messages.text
    assert shown(tab) == kept[1:] and tab.can_undo
    key(window, "z", "Control-")
    assert shown(tab) == kept and not tab.can_undo


def test_what_is_gone_from_the_trash_is_not_in_the_way(window: MainWindow, kept: list[str]) -> None:
    tab = window.gallery_tab
    click_on(window, 0)
    key(window, "Delete")
    key(window, "Delete")
    for picture in (Gallery().folder / "trash").glob(f"*/{kept[1]}"):
        picture.unlink()
    key(window, "z", "Control-")
    assert window.messages.is_error
    key(window, "z", "Control-")
    assert shown(tab) == [kept[0], kept[2]] and not tab.can_undo


def test_keys_of_a_mac(
    kept: list[str], open_gallery: Callable[[], MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in ("toolkit.flat_menu", "toolkit.shortcut", "gallery.gallery_tab"):
        monkeypatch.setattr(f"app.ui.{module}.on_mac", lambda widget: True)
    window = open_gallery()
    tab = window.gallery_tab
    copied: list[object] = []
    monkeypatch.setattr("app.ui.picture.picture_saver.copy_picture", copied.append)
    keys = [("Copy the picture", "C"), ("Save…", "S"), ("Undo delete", "Z"), ("Open picture…", "O")]
    for label, letter in keys:
        assert tab.menu.entrycget(label, "accelerator").strip() == f"Command+{letter}"
    click_on(window, 0)
    key(window, "c", "Command-")
    press(window.panel.canvas, "c", "Command-")
    wait_until(window, lambda: len(copied) == 2)
    key(window, "Delete")
    key(window, "z", "Command-")
    assert shown(tab) == kept


def test_undo_by_keyboard_alone(window: MainWindow, kept: list[str]) -> None:
    click_on(window, 0)
    key(window, "Delete")
    assert window.messages.link.winfo_ismapped()
    window.messages.link.focus_force()
    window.root.update()
    window.messages.link.event_generate("<Return>")
    settle(window)
    assert shown(window.gallery_tab) == kept
    window.messages.note("something else")
    window.root.update()
    assert not window.messages.link.winfo_ismapped()


def test_unreadable_gallery_is_told(open_gallery: Callable[[], MainWindow]) -> None:
    Gallery().folder.parent.mkdir(parents=True, exist_ok=True)
    Gallery().folder.write_text("a file where the folder should be")
    window = open_gallery()
    assert window.messages.is_error and "cannot be looked through" in window.messages.text


def test_lost_index_of_an_open_window(window: MainWindow, kept: list[str]) -> None:
    for path in Gallery().folder.glob("index.sqlite3*"):
        path.unlink()
    click_on(window, 0)
    key(window, "Delete")
    key(window, "F5")
    assert shown(window.gallery_tab) == kept[1:]
    gallery = Gallery()
    gallery.refresh()
    assert [entry.name for entry in gallery.find()] == kept[1:]


def test_tab_key_goes_through_everything(window: MainWindow) -> None:
    tab = window.gallery_tab
    click_on(window, 0)
    tab.search.entry.focus_force()
    window.root.update()
    expected = [
        tab.search.starred_button,
        tab.thumbnails.canvas,
        tab.star_button,
        tab.use_button,
        tab.again_button,
        tab.more_button,
    ]
    for widget in expected:
        focused = window.root.focus_get()
        assert focused is not None
        press(focused, "Tab")
        assert window.root.focus_get() is widget


def test_another_picture_under_the_selected_name(window: MainWindow, kept: list[str]) -> None:
    click_on(window, 1)
    copy_in(Gallery(), kept[1], "a grey bird", "2099-01-01T00:00:00+00:00")
    key(window, "F5")
    assert shown(window.gallery_tab)[0] == kept[1]  # it is the newest now
    assert window.gallery_tab.selected is not None
    assert window.gallery_tab.selected.metadata.sentence == "a grey bird"


def test_quick_keys_happen_one_after_the_other(window: MainWindow, kept: list[str]) -> None:
    tab = window.gallery_tab
    click_on(window, 0)
    canvas = tab.thumbnails.canvas
    for _ in range(3):
        press(canvas, "Delete")
    settle(window)
    assert shown(tab) == [] and window.panel.image is None and Gallery().paths() == []
    for _ in range(3):
        press(canvas, "z", "Control-")
    settle(window)
    assert shown(tab) == kept
    for _ in range(3):
        press(canvas, "s")
    settle(window)
    assert len(Gallery().starred()) == 1


@pytest.mark.parametrize("let_go", [True, False])
def test_a_held_key_deletes_one_picture(window: MainWindow, kept: list[str], let_go: bool) -> None:
    tab = window.gallery_tab
    click_on(window, 0)
    hold(tab.thumbnails.canvas, "Delete", 20, let_go)
    settle(window)
    assert shown(tab) == kept[1:]
    key(window, "Delete")
    assert shown(tab) == kept[2:], "pressed once more"


def test_a_key_that_is_let_go_of_elsewhere_counts_when_it_is_pressed_again(
    window: MainWindow, kept: list[str]
) -> None:
    canvas = window.gallery_tab.thumbnails.canvas
    click_on(window, 0)
    canvas.focus_force()
    window.root.update()
    canvas.event_generate("<KeyPress-Delete>")
    window.gallery_tab.search.entry.focus_force()
    window.root.update()
    window.gallery_tab.search.entry.event_generate("<KeyRelease-Delete>")
    settle(window)
    key(window, "Delete")
    assert shown(window.gallery_tab) == kept[2:]


def test_a_file_deleted_by_hand(window: MainWindow, kept: list[str]) -> None:
    tab = window.gallery_tab
    click_on(window, 0)
    (Gallery().folder / kept[0]).unlink()
    key(window, "Delete")
    assert window.messages.is_error and "no longer there" in window.messages.text
    assert shown(tab) == kept[1:]
    (Gallery().folder / kept[1]).unlink()
    click_on(window, 0)
    assert window.messages.is_error and "There is no picture" in window.messages.text
    copy_in(Gallery(), "from a friend.png", "a friend's bird", "2099-01-01T00:00:00+00:00")
    window.tabs.select(window.type_tab)
    window.root.update()
    window.tabs.select(tab)
    window.root.update()
    settle(window)
    assert shown(tab) == ["from a friend.png", kept[2]]


def test_menu_of_the_right_mouse_button(window: MainWindow, kept: list[str]) -> None:
    tab, menu = window.gallery_tab, window.gallery_tab.menu
    button = "<Button-2>" if sys.platform == "darwin" else "<Button-3>"
    click_on(window, 2, button)
    assert selected(tab) == kept[2]
    assert menu.entrycget("Delete", "state") == "normal"
    assert menu.entrycget("Play what was said", "state") == "disabled"
    menu.unpost()
    menu.invoke("Delete")
    settle(window)
    assert shown(tab) == kept[:2]
    menu.post(0, 0)
    menu.unpost()
    menu.invoke("Undo delete")
    settle(window)
    assert shown(tab) == kept


@pytest.mark.alone
def test_thousands_scroll_without_a_halt(
    open_gallery: Callable[[], MainWindow], expected_errors: ExpectedErrors
) -> None:
    path = copy_in(Gallery(), "0.png", "a red bird")
    data = path.read_bytes()
    for number in range(1, 3000):
        path.with_name(f"{number}.png").write_bytes(data)
    window = open_gallery()
    grid = window.gallery_tab.thumbnails
    assert len(grid.entries) == 3000
    heartbeat = Heartbeat(window.root)
    for keysym in ("End", "Home", *["Next"] * 10):
        press(grid.canvas, keysym)
    for _ in range(20):
        grid.canvas.event_generate("<Button-5>")
        window.root.update()
    grid.scrollbar.focus_set()
    grid._scroll("moveto", "0.5")
    settle(window)
    heartbeat.stop()
    assert heartbeat.busiest < FREEZE
    assert len(grid.canvas.find_all()) < 100  # what is seen, not thousands
    assert len(grid.cache) < 300
    write(window.gallery_tab.search.entry, "red")
    settle(window)
    assert len(grid.entries) == 3000
