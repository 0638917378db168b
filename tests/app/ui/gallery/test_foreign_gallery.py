"""A folder of others' pictures as the gallery: one's own are shown at once, and it is read once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from app.gallery import Gallery
from app.gallery import gallery as module
from app.settings import Settings
from app.ui.window.window import MainWindow
from tests.app.events import FREEZE, Heartbeat
from tests.app.gallery.gallery_folder import copy_in, names, opened
from tests.app.ui.gallery.gallery_window import settle, shown
from tests.conftest import wait_until

MANY = 2000


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Thousands of names of a large picture that was not drawn here, and two of one's own."""
    folder = tmp_path / "pictures"
    folder.mkdir()
    foreign = tmp_path / "foreign.png"
    Image.effect_noise((1000, 1000), 60).convert("RGB").save(foreign, compress_level=1)
    for number in range(MANY):
        (folder / f"IMG_{number:04}.png").symlink_to(foreign)
    copy_in(Gallery(folder), "20260101-120000-a-red-bird-1.png", "a red bird")
    copy_in(Gallery(folder), "zzz copied.png", "a blue bird")
    return folder


@pytest.mark.alone
def test_thousands_of_foreign_pictures_are_passed_over_quickly(folder: Path) -> None:
    gallery = Gallery(folder)
    begun = time.process_time()
    gallery.refresh()
    assert time.process_time() - begun < 5  # two milliseconds each; to decode them took 66 s
    assert sorted(names(gallery)) == ["20260101-120000-a-red-bird-1.png", "zzz copied.png"]


def slow_reading(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let each picture take as long to read as from a slow disk; return what is read."""
    read: list[str] = []
    peek = module.peek_metadata

    def slow(path: Path) -> object:
        read.append(path.name)
        time.sleep(0.03)
        return peek(path)

    monkeypatch.setattr(module, "peek_metadata", slow)
    return read


def test_what_was_kept_here_is_found_first_and_what_was_learnt_is_kept(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = slow_reading(monkeypatch)
    gallery = Gallery(folder)
    found: list[list[str]] = []
    gallery.refresh(lambda: found.append(names(gallery)), lambda: len(read) >= 40)
    assert read[0] == "20260101-120000-a-red-bird-1.png"
    assert read[0] in found[0]
    assert len(read) == 40, "it went on after it was to stop"
    Gallery(folder).refresh(cancelled=lambda: len(read) >= 80)
    assert len(set(read)) == 80, "a picture was read twice"


def test_the_folder_is_looked_through_once_at_a_time(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read = slow_reading(monkeypatch)
    for number in range(30, MANY):
        (folder / f"IMG_{number:04}.png").unlink()
    gallery = Gallery(folder)
    threads = [threading.Thread(target=gallery.refresh) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read) == len(set(read)) == 32
    assert len(names(gallery)) == 2


def test_foreign_pictures_are_logged_once_in_a_line(
    folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gallery = opened(folder)
    gallery.refresh()
    told = [record.getMessage() for record in caplog.records]
    assert len(told) == 1 and "Left out of the gallery: " in told[0]
    assert f"And {MANY - 1:,} other files." in told[0]


def test_the_window_shows_ones_own_pictures_at_once(
    folder: Path, make_window: Callable[..., MainWindow], monkeypatch: pytest.MonkeyPatch
) -> None:
    slow_reading(monkeypatch)
    Settings(gallery_folder=str(folder)).save()
    window = make_window()
    heart = Heartbeat(window.root)
    tab = window.gallery_tab
    window.tabs.select(tab)
    wait_until(window, lambda: len(shown(tab)) > 0, timeout=5)
    assert "20260101-120000-a-red-bird-1.png" in shown(tab)
    for other in (window.type_tab, tab, window.type_tab, tab, window.type_tab, tab):
        window.tabs.select(other)
        window.root.update()
    heart.stop()
    assert heart.busiest < FREEZE
    running = [thread.name for thread in window.runner._running if thread.is_alive()]
    assert running.count("speech2bird-look_through") == 1
    wait_until(window, lambda: window.painter_loader.value is not None)  # is awaited, too
    wait_until(window, lambda: window.transcriber_loader.value is not None)
    begun = time.monotonic()
    window.close()
    window.runner.join(10)
    assert time.monotonic() - begun < 1


def test_what_comes_into_the_folder_is_shown(
    folder: Path, make_window: Callable[..., MainWindow]
) -> None:
    Settings(gallery_folder=str(folder)).save()
    window = make_window()
    window.tabs.select(window.gallery_tab)
    settle(window)
    assert len(shown(window.gallery_tab)) == 2
    copy_in(Gallery(folder), "third.png", "a green bird")
    window.gallery_tab.refresh()
    window.gallery_tab.refresh()
    settle(window)
    assert len(shown(window.gallery_tab)) == 3
