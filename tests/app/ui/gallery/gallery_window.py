"""How a person works with the gallery in the window, for its tests."""

from __future__ import annotations

import time
from pathlib import Path
from tkinter import filedialog

import pytest

from app.ui.gallery.gallery_tab import GalleryTab
from app.ui.window.window import MainWindow
from tests.app.events import press
from tests.conftest import wait_until

SENTENCES = ("a red bird", "a blue bird", "a yellow bird with red wings")


def settle(window: MainWindow) -> None:
    """Wait until nothing works in the background and every thumbnail seen is there."""
    tab = window.gallery_tab

    def rests() -> bool:
        window.root.update()
        busy = any(thread.name != "speech2bird-load" for thread in window.runner._running)
        return not busy and window.runner._calls.empty() and not tab.thumbnails.cache.missing()

    until = time.monotonic() + 0.15  # longer than any pause the tab makes before it begins
    wait_until(window, lambda: time.monotonic() > until)
    wait_until(window, rests)


def shown(tab: GalleryTab) -> list[str]:
    return [entry.name for entry in tab.thumbnails.entries]


def selected(tab: GalleryTab) -> str | None:
    return None if tab.selected is None else tab.selected.name


def click_on(window: MainWindow, index: int, event: str = "<Button-1>") -> None:
    """Click on the thumbnail of a number."""
    grid = window.gallery_tab.thumbnails
    x, y = grid.cells.place(index)
    grid.canvas.event_generate(event, x=x + 20, y=y + 20)
    settle(window)


def key(window: MainWindow, keysym: str, modifier: str = "") -> None:
    """Press a key in the grid of thumbnails."""
    press(window.gallery_tab.thumbnails.canvas, keysym, modifier)
    settle(window)


def choose(monkeypatch: pytest.MonkeyPatch, dialog: str, path: Path | str) -> None:
    monkeypatch.setattr(filedialog, dialog, lambda **options: str(path))
