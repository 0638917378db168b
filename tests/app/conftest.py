"""Galleries, empty and with pictures, and the window that shows one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from app.gallery import Gallery
from app.ui.window.window import MainWindow
from tests.app.gallery.gallery_folder import drawing
from tests.app.ui.gallery.gallery_window import SENTENCES, settle


@pytest.fixture
def gallery(tmp_path: Path) -> Gallery:
    return Gallery(tmp_path / "new" / "gallery")


@pytest.fixture
def kept() -> list[str]:
    """Three pictures in the gallery, the newest first."""
    gallery = Gallery()
    paths = [gallery.keep(drawing(text, seed)) for seed, text in enumerate(SENTENCES)]
    return [path.name for path in reversed(paths)]


@pytest.fixture
def open_gallery(make_window: Callable[..., MainWindow]) -> Callable[[], MainWindow]:
    """Give ``open_gallery()``: the window with the gallery in front, complete."""

    def make() -> MainWindow:
        window = make_window()
        window.tabs.select(window.gallery_tab)
        window.root.update()
        settle(window)
        return window

    return make
