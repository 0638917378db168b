"""Settings and About: dialogs that a person opens, uses and closes."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog, ttk

import pytest

from app.engine.engines import Engines
from app.gallery import Gallery, usual_folder
from app.settings import Settings
from app.ui.settings.settings_dialog import SettingsDialog
from app.ui.toolkit.loader import LoadState
from app.ui.window.about_dialog import AboutDialog
from app.ui.window.window import MainWindow
from tests.app.events import click, press
from tests.conftest import wait_until

SENTENCE = "a small red bird with black wings"


def choose(box: ttk.Combobox, value: str) -> None:
    """Choose from a list, as a click on its entry does."""
    assert value in box.cget("values")
    box.set(value)
    box.event_generate("<<ComboboxSelected>>")
    box.update()


def settings_of(window: MainWindow) -> SettingsDialog:
    """Open the settings by their key."""
    press(window.root, "comma", "Control-")
    assert isinstance(window.program.dialog, SettingsDialog)
    return window.program.dialog


def test_device_and_threads_load_the_model_anew(
    make_window: Callable[..., MainWindow], fresh_engines: Engines
) -> None:
    window = make_window(fresh_engines)
    wait_until(window, lambda: window.painter_loader.state is LoadState.READY)
    before = fresh_engines.pictures.pid
    dialog = settings_of(window)
    choose(dialog.threads, "1")
    assert window.painter_loader.state is LoadState.LOADING and "anew" in window.messages.text
    assert "Loading" in window.status.text
    window.desk.draw(SENTENCE, seed=1)  # waits for the new one
    wait_until(window, lambda: not window.desk.busy)
    assert window.desk.drawing is not None
    assert fresh_engines.pictures.pid not in (None, before)
    assert (Settings.load().device, Settings.load().threads) == ("auto", 1)
    after = fresh_engines.pictures.pid
    choose(dialog.threads, "1")  # the same: nothing is to be done
    assert fresh_engines.pictures.pid == after
    press(dialog, "Escape")
    assert not dialog.winfo_exists()


def test_a_change_while_drawing_ends_the_drawing(
    make_window: Callable[..., MainWindow], fresh_engines: Engines
) -> None:
    window = make_window(fresh_engines)
    window.desk.draw(SENTENCE)
    choose(settings_of(window).device, "Processor")
    assert not window.desk.busy
    wait_until(window, lambda: "in use" in window.messages.text)
    assert window.status.text == "Ready. Drawing on the processor."


def test_gallery_folder_takes_effect_at_once(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "my birds"
    folder.mkdir()
    monkeypatch.setattr(filedialog, "askdirectory", lambda **options: str(folder))
    dialog = settings_of(window)
    click(dialog.choose_button)
    window.desk.draw(SENTENCE, seed=1)
    wait_until(window, lambda: not window.desk.busy)
    assert [path.suffix for path in folder.glob("*.png")] == [".png"]
    assert not Gallery().paths()
    wait_until(window, lambda: len(window.gallery_tab.thumbnails.entries) == 1)
    assert Settings.load().gallery_folder == str(folder)
    click(dialog.reset_button)
    wait_until(window, lambda: not window.gallery_tab.thumbnails.entries)
    assert Settings.load().gallery_folder is None and window.gallery.folder == usual_folder()


def test_a_folder_that_cannot_be_written_to_is_refused(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filedialog, "askdirectory", lambda **options: str(tmp_path / "gone"))
    click(settings_of(window).choose_button)
    assert window.messages.is_error and "choose another folder" in window.messages.text
    assert window.gallery.folder == usual_folder() and Settings.load().gallery_folder is None


def test_theme_and_the_menu_agree(window: MainWindow) -> None:
    choose(settings_of(window).theme, "Dark")
    assert window.appearance.dark and window.changes.chosen_theme.get() == "dark"


def test_about(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[Path] = []
    monkeypatch.setattr("app.ui.window.program_commands.open_path", opened.append)
    wait_until(window, lambda: window.painter_loader.state is LoadState.READY)
    window.program.show_about()
    dialog = window.program.dialog
    assert isinstance(dialog, AboutDialog)
    texts = " ".join(
        str(child.cget("text")) for child in dialog.body.winfo_children() if child.children == {}
    )
    painter = window.painter_loader.value
    assert painter is not None and painter.model_name in texts
    assert "AttnGAN" in texts and "non-commercial" in texts and "MIT" in texts
    click(dialog.card_link)
    press(dialog.licence_link, "Return")
    wait_until(window, lambda: len(opened) == 2)
    assert [path.name for path in opened] == ["README.md", "LICENSE"]
    press(dialog.close_button, "Escape")
    assert not dialog.winfo_exists()


def test_the_first_picture_ends_the_welcome(window: MainWindow) -> None:
    assert "press Draw" in window.heading.sentence.cget("text")
    window.desk.draw(SENTENCE)
    wait_until(window, lambda: not window.desk.busy)
    assert "press Draw" not in window.heading.sentence.cget("text")
    assert Settings.load().has_drawn


def test_a_full_disk_is_told_and_the_picture_is_shown(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*arguments: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("app.gallery.gallery.write_picture", full)
    window.desk.draw(SENTENCE)
    wait_until(window, lambda: not window.desk.busy)
    assert window.messages.is_error and "No space left" in window.messages.text
    assert "Save the picture" in window.messages.text and window.panel.image is not None
