"""Keys of keyboards on which the layout writes other letters than Latin ones, or no digits."""

from __future__ import annotations

import contextlib
import itertools
import shutil
import subprocess
import sys
import tkinter as tk
from collections.abc import Callable, Iterator
from tkinter import filedialog

import pytest

from app.gallery import Gallery
from app.ui.toolkit.keyboard_layout import key_meant
from app.ui.window.window import MainWindow
from tests.app.ui.gallery.gallery_window import click_on, settle
from tests.conftest import virtual_screen, wait_until

_CONTROL, _SHIFT, _LOCK, _ALTGR = 0x4, 0x1, 0x2, 0x80
_NUM_LOCK = 0x10
_moments = itertools.count(1000, 25)
_X11 = {10: "1", 24: "q", 32: "o", 38: "a", 59: ","}
_DVORAK = {"q": 53, "o": 39, "a": 38, "1": 10}
_AZERTY = {"q": 38, "o": 32, "a": 24, "1": 10}


@pytest.mark.parametrize(
    "writes, keycode, layout, meant",
    [
        (0x6DD, 32, {}, "o"),  # Russian
        (0x6DD, 32, {"o": 32}, "o"),  # beside a US one
        (0xCED, 32, {}, "o"),  # Hebrew
        (0x2F, 24, {}, "q"),  # Hebrew has a slash there
        (0x3B, 24, {}, "q"),  # Greek a semicolon
        (0x6CA, 24, _AZERTY, "a"),  # Russian, where one otherwise writes French
        (0x26, 10, _AZERTY, "1"),
        (0x6C2, 59, {}, ","),
        (0x61, 24, _AZERTY, ""),  # a letter of its own
        (0x27, 24, _DVORAK, ""),  # its Q is elsewhere
        (0x72, 32, _DVORAK, ""),
        (0x3B, 59, _AZERTY, ""),  # its comma, too
        (0x2C, 24, {}, ""),  # Bulgarian has its comma there
        (0xFFC2, 71, {}, ""),  # F5
        (0, 0, {}, ""),  # what an input method writes
    ],
)
def test_what_a_key_means(writes: int, keycode: int, layout: dict[str, int], meant: str) -> None:
    assert key_meant(writes, keycode, _X11, lambda: layout) == meant


@pytest.fixture(scope="session")
def other_screen() -> Iterator[str]:
    """A screen whose keyboard is no person's; it lasts, as Tk ends a program that loses one."""
    if sys.platform in ("darwin", "win32") or shutil.which("setxkbmap") is None:
        pytest.skip("Layouts are chosen here as X11 does it, with setxkbmap.")
    with virtual_screen() as name:
        yield name


@pytest.fixture
def use_layout(
    display: None, other_screen: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Give ``use_layout("ru")``, to be called before there is a window."""
    monkeypatch.setenv("DISPLAY", other_screen)

    def use(*words: str) -> None:
        subprocess.run(["setxkbmap", *words], check=True)

    return use


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The titles of the dialogs that ask for a file, which nobody answers."""
    titles: list[str] = []

    def ask(**options: str) -> str:
        titles.append(options["title"])
        return ""

    monkeypatch.setattr(filedialog, "askopenfilename", ask)
    return titles


def strike(widget: tk.Misc, keycode: int, state: int = _CONTROL, repeats: int = 0) -> None:
    """Press a key by its place on the keyboard, for X11 and the layout to say what it writes."""
    widget.focus_force()
    widget.update()
    moment = next(_moments)
    widget.event_generate("<KeyPress>", keycode=keycode, state=state, time=moment)
    with contextlib.suppress(tk.TclError):  # it closed the window
        for _ in range(repeats):
            widget.event_generate("<KeyPress>", keycode=keycode, state=state, time=moment)
        widget.event_generate("<KeyRelease>", keycode=keycode, state=state, time=moment)
        widget.update()


@pytest.mark.parametrize("layout", ["us", "ru", "gr", "il", "ara", "us,ru", "fr"])
def test_shortcuts_work_once_with_any_layout(
    use_layout: Callable[..., None],
    make_window: Callable[[], MainWindow],
    asked: list[str],
    layout: str,
) -> None:
    use_layout(layout)
    window = make_window()
    text = window.type_tab.field.text
    for index, tab in enumerate(window.tabs.tabs()):
        window.tabs.select((index + 1) % 4)
        strike(window.root, 10 + index)
        assert window.tabs.select() == tab
    window.tabs.select(window.type_tab)
    strike(text, 32)
    assert len(asked) == 1
    strike(text, 32, _CONTROL | _SHIFT)
    strike(text, 32, _CONTROL | _LOCK)
    assert asked[::2] == asked[:1] * 2 and len({*asked}) == 2 and len(asked) == 3
    a, z = (24, 25) if layout == "fr" else (38, 52)  # the French ones are where they write A and Z
    for lock in 0, _LOCK:
        window.type_tab.field.sentence = "a red bird"
        strike(text, a, _CONTROL | lock)
        assert text.get("sel.first", "sel.last").strip() == "a red bird"
        strike(text, 54, _CONTROL | lock)
        strike(text, 53, _CONTROL | lock)
        assert window.type_tab.field.sentence == ""
        for _ in range(2):
            strike(text, 55, _CONTROL | lock)
        assert text.get("1.0", "end").split() == ["a", "red", "bird"] * 2
        strike(text, z, _CONTROL | lock)
        assert text.get("1.0", "end").split() == ["a", "red", "bird"]
    strike(text, 38 if layout == "fr" else 24)
    assert window._closed


def test_a_letter_that_is_elsewhere_is_not_taken_by_its_place(
    use_layout: Callable[..., None], make_window: Callable[[], MainWindow], asked: list[str]
) -> None:
    window = make_window()
    window.tabs.select(window.type_tab)
    for layout in ("us", "-variant", "dvorak"), ("fr", "-variant", "bepo"):
        use_layout(*layout)
        strike(window.type_tab.field.text, 24)  # Q with a US layout
        strike(window.type_tab.field.text, 32)  # O
        assert not window._closed and not asked
    use_layout("us", "-variant", "dvorak")
    strike(window.type_tab.field.text, 39)
    assert len(asked) == 1


def test_keys_without_ctrl_act_in_the_gallery_once_however_long_held(
    use_layout: Callable[..., None], kept: list[str], open_gallery: Callable[[], MainWindow]
) -> None:
    use_layout("ru")
    window = open_gallery()
    tab = window.gallery_tab
    click_on(window, 0)
    for starred in True, False:
        strike(tab.thumbnails.canvas, 39, 0, repeats=3)
        settle(window)
        assert tab.has_star is starred
    strike(tab.thumbnails.canvas, 39)  # Ctrl+S is not S
    assert not tab.has_star
    strike(tab.thumbnails.canvas, 119, 0)
    wait_until(window, lambda: tab.can_undo)
    strike(tab.thumbnails.canvas, 52)
    wait_until(window, lambda: not tab.can_undo)


def test_keys_of_the_numeric_block_are_those_of_their_names(
    use_layout: Callable[..., None], kept: list[str], open_gallery: Callable[[], MainWindow]
) -> None:
    use_layout("us")
    enter, delete, left = 104, 91, 83
    window = open_gallery()
    tab = window.gallery_tab
    click_on(window, 0)
    strike(tab.thumbnails.canvas, delete, 0, repeats=3)
    wait_until(window, lambda: tab.can_undo)
    assert len(Gallery().paths()) == len(kept) - 1
    strike(tab.thumbnails.canvas, 52)
    wait_until(window, lambda: not tab.can_undo)
    window.tabs.select(window.type_tab)
    text = window.type_tab.field.text
    window.type_tab.field.sentence = "red bird"
    text.mark_set("insert", "1.end")
    strike(text, left, 0)
    assert text.index("insert") == "1.7"
    strike(text, left, _CONTROL)
    assert text.index("insert") == "1.4"
    strike(text, enter, 0)
    wait_until(window, lambda: window.desk.drawing is not None)
    assert window.type_tab.field.sentence == "red bird"
    wait_until(window, lambda: not window.desk.busy)
    entry = window.panel.seed_bar.entry
    entry.delete(0, "end")
    strike(entry, 79, _NUM_LOCK)  # 7
    strike(entry, enter, _NUM_LOCK)
    wait_until(window, lambda: not window.desk.busy)
    drawing = window.desk.drawing
    assert drawing is not None and drawing.seed == 7


def test_what_is_typed_is_not_taken_for_a_key_of_the_window(
    use_layout: Callable[..., None], make_window: Callable[[], MainWindow], asked: list[str]
) -> None:
    use_layout("ru")
    window = make_window()
    window.tabs.select(window.type_tab)
    for keycode in 32, 39, 24:
        strike(window.type_tab.field.text, keycode, 0)
    strike(window.type_tab.field.text, 32, _CONTROL | _ALTGR)
    assert window.type_tab.field.sentence.startswith("щый")
    assert not asked and not window._closed
