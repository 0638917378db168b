"""A chosen gallery folder on a drive, or in a network, that goes and comes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.gallery import Gallery
from app.settings import Settings
from app.ui.window.window import MainWindow
from tests.app.gallery.gallery_folder import drawing
from tests.app.ui.gallery.gallery_window import settle, shown
from tests.conftest import wait_until

_TOLD = "is not there. Is its drive connected?"


def test_pictures_wait_for_their_drive(
    tmp_path: Path, make_window: Callable[..., MainWindow]
) -> None:
    folder, elsewhere = tmp_path / "drive" / "birds", tmp_path / "unplugged"
    kept = Gallery(folder).keep(drawing())
    Settings(gallery_folder=str(folder)).save()
    (tmp_path / "drive").rename(elsewhere)
    window = make_window()
    window.tabs.select(window.gallery_tab)
    wait_until(window, lambda: window.messages.text != "")
    assert f"{folder} for drawn pictures {_TOLD}" in window.messages.text
    window.messages.clear()
    window.desk.draw("a red bird", seed=1)
    wait_until(window, lambda: not window.desk.busy, timeout=90)
    assert window.panel.image is not None
    assert _TOLD in window.messages.text and "Save the picture" in window.messages.text
    assert not folder.exists(), "nothing is written where the drive should be"

    elsewhere.rename(tmp_path / "drive")
    window.gallery_tab.refresh()
    settle(window)
    assert shown(window.gallery_tab) == [kept.name]
    (tmp_path / "drive").rename(elsewhere)
    window.gallery_tab.refresh()
    settle(window)
    assert shown(window.gallery_tab) == [kept.name], "what is known stays"
    assert window.settings.gallery_folder == str(folder)
