"""Light and dark: chosen, followed, and changed while the window is open."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.settings import Settings
from app.ui.toolkit.theme import DARK, LIGHT, Palette
from app.ui.window.window import MainWindow
from tests.conftest import wait_until


class System:
    """A desktop whose look can be changed."""

    def __init__(self) -> None:
        self.dark = False

    def is_dark(self) -> bool:
        return self.dark


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> System:
    system = System()
    monkeypatch.setattr("app.ui.settings.appearance.is_dark", system.is_dark)
    monkeypatch.setattr("app.ui.settings.appearance._PAUSE", 0.0)
    return system


def colours(window: MainWindow) -> dict[str, str]:
    """Return what each widget that has colours of its own is coloured like."""
    window.tabs.select(window.type_tab)
    window.root.update()
    window.tabs.select(window.gallery_tab)
    window.root.update()
    canvas = window.panel.canvas
    return {
        "canvas": str(canvas.cget("background")),
        "hint": str(canvas.itemcget(canvas._hint, "fill")),
        "stage": str(window.panel.view.strip.thumbnails[0].cget("background")),
        "field": str(window.type_tab.field.text.cget("highlightbackground")),
        "mark": str(window.type_tab.field.text.tag_cget("unknown", "underlinefg")),
        "gallery": str(window.gallery_tab.thumbnails.canvas.cget("background")),
        "message": str(window.messages.close_link.cget("background")),
    }


def expected(palette: Palette) -> dict[str, str]:
    return {
        "canvas": palette.stage,
        "hint": palette.muted,
        "stage": palette.stage,
        "field": palette.border,
        "mark": palette.error,
        "gallery": palette.stage,
        "message": palette.note_background,
    }


def test_everything_changes_its_colours(window: MainWindow, system: System) -> None:
    window.messages.note("A note that stays.")
    window.changes.theme("dark")
    assert colours(window) == expected(DARK)
    window.changes.theme("light")
    assert colours(window) == expected(LIGHT)


def test_begins_as_the_system_is(make_window: Callable[..., MainWindow], system: System) -> None:
    system.dark = True
    window = make_window()
    assert window.appearance.dark and colours(window) == expected(DARK)


def test_follows_when_the_person_comes_back(window: MainWindow, system: System) -> None:
    assert not window.appearance.dark
    system.dark = True
    window.root.event_generate("<FocusIn>")
    wait_until(window, lambda: window.appearance.dark)
    system.dark = False
    window.root.event_generate("<FocusIn>")
    wait_until(window, lambda: not window.appearance.dark)


def test_what_was_chosen_is_not_the_systems_business(
    make_window: Callable[..., MainWindow], system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    Settings(theme="light").save()
    asked: list[bool] = []
    monkeypatch.setattr("app.ui.settings.appearance.is_dark", lambda: asked.append(True))
    window = make_window()
    window.root.event_generate("<FocusIn>")
    window.root.update()
    assert not window.appearance.dark and not asked


def test_a_system_that_cannot_tell_is_light(
    make_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> bool:
        raise OSError("no such desktop")

    monkeypatch.setattr("app.ui.settings.appearance.is_dark", fail)
    assert not make_window().appearance.dark
