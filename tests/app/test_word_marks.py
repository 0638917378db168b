"""Words that the picture model does not know: marked, and others offered."""

from __future__ import annotations

import pytest

from app.ui.window import MainWindow
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
    write(field.text, "a yelllow bird")
    assert field.marks.marked == ["yelllow"]
    field.sentence = "A Yellow bird, it's GREEN; with a zeppelin"
    ready.root.update()
    assert field.marks.marked == ["zeppelin"]


def test_a_known_word_is_offered_and_taken(
    ready: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = ready.type_tab.field
    shown: list[tuple[int, int]] = []
    # A menu that is open holds the mouse until somebody clicks.
    monkeypatch.setattr(field.marks.menu, "tk_popup", lambda x, y: shown.append((x, y)))
    write(field.text, "a yelllow bird")
    field.text.mark_set("insert", "1.4")
    press(field.text, "period", "Control-")
    wait_until(ready, lambda: bool(shown))
    assert field.marks.menu.entrycget(0, "label") == "“yelllow” is not known; did you mean"
    assert field.marks.menu.entrycget(1, "label") == "yellow"
    field.marks.menu.invoke(1)
    ready.root.update()
    assert field.sentence == "a yellow bird" and field.marks.marked == []
    field.text.edit_undo()
    assert field.sentence == "a yelllow bird"


def test_a_click_asks_and_a_word_like_no_other_is_told(
    ready: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    field = ready.type_tab.field
    shown: list[tuple[int, int]] = []
    monkeypatch.setattr(field.marks.menu, "tk_popup", lambda x, y: shown.append((x, y)))
    field.sentence = "zeppelin"
    ready.root.update()
    left, top, _, height = field.text.bbox("1.2") or (0, 0, 0, 0)
    field.text.event_generate("<Motion>", x=left + 2, y=top + height // 2)
    field.text.event_generate("<ButtonPress-1>", x=left + 2, y=top + height // 2)
    field.text.event_generate("<ButtonRelease-1>", x=left + 2, y=top + height // 2)
    wait_until(ready, lambda: bool(shown))
    assert field.marks.menu.index("end") == 0
    assert "will be left out" in field.marks.menu.entrycget(0, "label")
