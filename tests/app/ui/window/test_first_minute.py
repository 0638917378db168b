"""What somebody meets who opens the window for the first time, and when that is over."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path

import pytest

from app.engine.engines import Engines
from app.pictures.picture_file import read_picture
from app.settings import Settings
from app.ui.picture import example
from app.ui.sentence.example_links import EXAMPLES
from app.ui.window.window import MainWindow
from tests.conftest import wait_until

SENTENCE = "a small red bird with black wings"


def shown(window: MainWindow) -> object:
    """Return the picture on the canvas, once it is as large as there is room."""
    (cell,) = window.panel.canvas._cells
    wait_until(window, lambda: cell.photo is not None and cell.photo.width() > 100, 5)
    assert cell.shown is not None
    return cell.shown.image


def test_the_first_that_is_seen_is_a_bird(
    make_window: Callable[..., MainWindow], fresh_engines: Engines
) -> None:
    window = make_window(fresh_engines)
    assert shown(window) is window.panel.view.example
    assert window.painter_loader.value is None  # long before the model is there
    assert window.panel.caption.cget("text") == f"For example: “{SENTENCE}”  ·  seed 3"
    panel = window.panel
    assert panel.image is None and not panel.has_picture  # it is nobody's: not to be saved
    for button in (panel.again_button, panel.save_button, panel.attention_button):
        assert button.instate(["disabled"])


def test_the_example_is_what_its_caption_says() -> None:
    """The weights that drew it may be others by now; the sentence and the picture are one file."""
    picture = example.example_picture()
    assert picture.metadata.sentence == SENTENCE and picture.metadata.seed == 3
    assert picture.image.size == (512, 512)
    red, green, blue = (sum(band.histogram()[128:]) for band in picture.image.split())
    assert red > max(green, blue)


@pytest.mark.parametrize("tab", ["speak_tab", "type_tab"])
def test_examples_are_one_click_away(window: MainWindow, tab: str) -> None:
    chosen = getattr(window, tab)
    window.tabs.select(chosen)
    window.root.update()
    links = chosen.examples.links
    assert [link.cget("text") for link in links] == list(EXAMPLES)
    for link in links:
        assert link.winfo_viewable()
        link.event_generate("<Button-1>", x=3, y=3)
        assert chosen.field.sentence == link.cget("text")


def test_the_welcome_ends_with_the_first_picture(window: MainWindow) -> None:
    window.tabs.select(window.speak_tab)
    window.speak_tab.examples.links[0].event_generate("<Button-1>", x=3, y=3)
    window.speak_tab.field.draw_button.invoke()
    wait_until(window, lambda: window.panel.has_picture, 60)
    wait_until(window, lambda: window.settings.has_drawn)
    assert shown(window) is window.panel.image
    assert not window.speak_tab.examples.winfo_manager()
    window.panel.show_nothing()  # as after deleting it from the gallery
    window.root.update()
    assert not window.panel.canvas._cells


def test_later_starts_have_no_example(make_window: Callable[..., MainWindow]) -> None:
    Settings(has_drawn=True).save()
    window = make_window()
    assert not window.panel.canvas._cells and window.panel.caption.cget("text") == " "
    window.tabs.select(window.speak_tab)
    window.root.update()
    assert not window.speak_tab.examples.winfo_ismapped()


def test_a_damaged_example_is_no_reason_not_to_open(
    make_window: Callable[..., MainWindow], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = tmp_path / "example.jpg"
    broken.write_bytes(b"\xff\xd8")
    monkeypatch.setattr(example, "_FILE", broken)
    window = make_window()
    assert not window.panel.canvas._cells
    with pytest.raises(Exception, match="example"):
        read_picture(broken)


def test_what_stays_here_is_said_and_what_does_not(window: MainWindow) -> None:
    said = window.status.privacy
    assert said.cget("text") == "All that you say, type and draw stays on this computer."
    assert said.winfo_viewable()
    window.changes.listening(recogniser="google")
    assert said.cget("text").startswith("Your voice is sent to Google")
    window.changes.listening(recogniser="whisper")
    assert said.cget("text").startswith("All that you say")


def test_the_window_has_the_icon(window: MainWindow) -> None:
    icons = [icon for icon in window._icons if isinstance(icon, tk.PhotoImage)]
    assert [icon.width() for icon in icons] == [128, 64, 48, 32, 24, 16]
