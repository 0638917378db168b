"""Words that the picture model does not know: marked, and others offered."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from shutil import copyfile

import pytest

from app.engine.engines import Engines
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from models.checkpoints.header import BUNDLED_WEIGHTS
from tests.app.events import press, write
from tests.conftest import wait_until


@pytest.fixture
def ready(window: MainWindow) -> MainWindow:
    """The window with its model loaded and the Type tab in front."""
    window.tabs.select(window.type_tab)
    wait_until(window, lambda: window.painter_loader.value is not None)
    window.root.update()
    return window


def test_unknown_words_are_marked_as_they_are_written(ready: MainWindow) -> None:
    field = ready.type_tab.field
    write(field.text, "a yelqqw bird")
    assert field.marks.marked == ["yelqqw"]
    field.sentence = "A Yellow bird, it's GREEN; with a zeppelin"
    ready.root.update()
    assert field.marks.marked == ["zeppelin"]
    field.sentence = "a crimson puffin, no yelllow bellies please"
    ready.root.update()
    assert field.marks.marked == [], "synonyms, names and slips are understood"


def test_a_known_word_is_offered_and_taken(
    ready: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = ready.type_tab.field
    shown: list[tuple[int, int]] = []
    # A menu that is open holds the mouse until somebody clicks.
    monkeypatch.setattr(field.marks.menu, "tk_popup", lambda x, y: shown.append((x, y)))
    write(field.text, "a yelqqw bird")
    field.text.mark_set("insert", "1.4")
    press(field.text, "period", "Control-")
    wait_until(ready, lambda: bool(shown))
    assert field.marks.menu.entrycget(0, "label") == "“yelqqw” is not known; did you mean"
    assert field.marks.menu.entrycget(1, "label") == "yellow"
    field.marks.menu.invoke(1)
    ready.root.update()
    assert field.sentence == "a yellow bird" and field.marks.marked == []
    field.text.edit_undo()
    assert field.sentence == "a yelqqw bird"


def test_a_click_asks_and_a_word_like_no_other_is_told(
    ready: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = ready.type_tab.field
    shown: list[tuple[int, int]] = []
    monkeypatch.setattr(field.marks.menu, "tk_popup", lambda x, y: shown.append((x, y)))
    field.text.focus_force()  # a click gives the window the keys
    field.sentence = "zeppelin"
    ready.root.update()
    left, top, _, height = field.text.bbox("1.2") or (0, 0, 0, 0)
    field.text.event_generate("<Motion>", x=left + 2, y=top + height // 2)
    field.text.event_generate("<ButtonPress-1>", x=left + 2, y=top + height // 2)
    field.text.event_generate("<ButtonRelease-1>", x=left + 2, y=top + height // 2)
    wait_until(ready, lambda: bool(shown))
    assert field.marks.menu.index("end") == 0
    assert "will be left out" in field.marks.menu.entrycget(0, "label")


def test_an_offer_that_comes_late_is_not_made(
    ready: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = ready.type_tab.field
    shown: list[tuple[int, int]] = []
    answers: list[Callable[[list[str]], None]] = []
    monkeypatch.setattr(field.marks.menu, "tk_popup", lambda x, y: shown.append((x, y)))
    monkeypatch.setattr(field.marks, "_suggest", lambda word, tell: answers.append(tell))

    def ask() -> Callable[[list[str]], None]:
        field.sentence = "a yelqqw bird"
        field.text.mark_set("insert", "1.4")
        press(field.text, "period", "Control-")
        return answers.pop()

    tell = ask()
    field.sentence = "a zeppelin bird"
    tell(["yellow"])
    assert shown == []
    tell = ask()
    field.draw_button.focus_force()
    ready.root.update()
    tell(["yellow"])
    assert shown == []
    ask()(["yellow"])
    assert len(shown) == 1


def test_words_are_marked_after_a_load_that_failed_at_first(
    make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    weights = tmp_path / "bird.safetensors"
    weights.write_bytes(b"no weights")
    with Engines(weights) as engines:
        window = make_window(engines)
        field = window.type_tab.field
        window.tabs.select(window.type_tab)
        write(field.text, "a yelqqw bird")
        wait_until(window, lambda: window.painter_loader.state is LoadState.FAILED)
        copyfile(BUNDLED_WEIGHTS, weights)
        press(field.text, "Return")
        wait_until(window, lambda: not window.desk.busy)
        assert field.marks.marked == ["yelqqw"]
