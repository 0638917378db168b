"""Out of the gallery and into it: copied, opened, played, saved."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from app.gallery import Gallery
from app.pictures.picture_file import read_picture, save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.ui.window.window import MainWindow
from models.request import DrawRequest
from tests.app.events import click, press
from tests.app.gallery.gallery_folder import drawing, recording
from tests.app.ui.gallery.gallery_window import SENTENCES, choose, click_on, key
from tests.conftest import wait_until


@pytest.fixture
def window(kept: list[str], open_gallery: Callable[[], MainWindow]) -> MainWindow:
    return open_gallery()


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], Path]:
    """Give ``programs(name)``: a program of that name that writes down what it was given."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder), prepend=os.pathsep)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)

    def make(name: str) -> Path:
        note = tmp_path / f"{name} was given"
        program = folder / name
        program.write_text(f'#!/bin/sh\necho "$@" > "{note}.txt"\ncat > "{note}"\n')
        program.chmod(0o755)
        return note

    return make


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have their own clipboards")
@pytest.mark.parametrize("program", ["xclip", "wl-copy"])
def test_copy(
    window: MainWindow,
    programs: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
    program: str,
) -> None:
    given = programs(program)
    if program == "wl-copy":
        monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    click_on(window, 1)
    key(window, "c", "Control-")
    wait_until(window, lambda: "is copied" in window.messages.text)
    with Image.open(given) as copied:
        assert window.panel.image is not None
        assert copied.tobytes() == window.panel.image.tobytes()
    given.unlink()
    press(window.panel.canvas, "c", "Control-")
    wait_until(window, given.exists)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have their own clipboards")
def test_copy_without_a_program(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    click_on(window, 1)
    key(window, "c", "Control-")
    assert window.messages.is_error and "install the program" in window.messages.text


@pytest.mark.skipif(sys.platform != "linux", reason="the other systems open folders themselves")
def test_open_folder_and_play(
    kept: list[str], open_gallery: Callable[[], MainWindow], programs: Callable[[str], Path]
) -> None:
    spoken = Gallery().keep(drawing("a spoken bird"), recording())
    window = open_gallery()
    given = programs("xdg-open").with_suffix(".txt")
    window.gallery_tab.menu.invoke("Open folder")
    wait_until(window, lambda: given.exists() and given.read_text() != "")
    assert given.read_text().strip() == str(Gallery().folder)
    click_on(window, 0)
    key(window, "p")
    wait_until(window, lambda: "flac" in given.read_text())
    assert given.read_text().strip() == str(spoken.with_suffix(".flac"))


@pytest.mark.parametrize("name", ["bird.png", "bird.jpg", "bird.webp"])
def test_opening_a_saved_picture(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    metadata = PictureMetadata(DrawRequest("a white bird", 77, 512), "test (0000)")
    save_picture(Image.new("RGB", (512, 512), "white"), metadata, tmp_path / name, 256)
    choose(monkeypatch, "askopenfilename", tmp_path / name)
    click_on(window, 1)
    key(window, "o", "Control-")
    assert window.type_tab.field.sentence == "a white bird"
    assert window.tabs.index("current") == 1 and window.gallery_tab.selected is None
    assert window.panel.image is not None and window.panel.image.size == (256, 256)
    assert "seed 77" in window.panel.caption.cget("text") and "seed 77" in window.messages.text
    click(window.messages.link)
    wait_until(window, lambda: "test (0000), which is not here" in window.messages.text)
    click(window.messages.link)  # draw all the same
    wait_until(window, lambda: not window.desk.busy)
    assert window.desk.drawing is not None and window.desk.drawing.seed == 77
    assert window.desk.drawing.sentence == "a white bird"


def test_opening_foreign_files(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "foreign.png")
    Image.new("1", (30_000, 30_000)).save(tmp_path / "bomb.png")
    (tmp_path / "text.png").write_text("no picture")
    for name, message in (
        ("foreign.png", "does not say which sentence"),
        ("bomb.png", "is too large"),
        ("text.png", "is not a picture"),
    ):
        choose(monkeypatch, "askopenfilename", tmp_path / name)
        key(window, "o", "Control-")
        assert window.messages.is_error and message in window.messages.text
    choose(monkeypatch, "askopenfilename", "")  # the dialog was cancelled
    window.messages.clear()
    key(window, "o", "Control-")
    assert window.messages.text == ""


@pytest.mark.parametrize(("size", "name"), [(1024, "a.png"), (128, "a.webp"), (64, "a.jpg")])
def test_saving_in_a_chosen_size(
    window: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int, name: str
) -> None:
    click_on(window, 2)
    choose(monkeypatch, "asksaveasfilename", tmp_path / name)
    click(window.panel.save_button)
    dialog = window.saver.dialog
    assert dialog is not None and dialog.pixels.get() == 64
    click(dialog.choices[size])
    dialog.choices[size].event_generate("<Return>")  # closes the dialog
    wait_until(window, lambda: "Saved as" in window.messages.text)
    saved = read_picture(tmp_path / name)
    assert saved.image.size == (size, size) and saved.metadata.sentence == SENTENCES[0]


def test_escape_gives_up_saving(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    click_on(window, 2)
    click(window.panel.save_button)
    assert window.saver.dialog is not None
    window.saver.dialog.focus_force()
    window.root.update()
    window.saver.dialog.event_generate("<Escape>")
    assert not window.saver.dialog.winfo_exists()
