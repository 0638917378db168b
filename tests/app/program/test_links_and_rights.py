"""What a person set up stays: links stay links, and a read-only file is asked about."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tkinter import messagebox

import pytest
from PIL import Image

from app.commandline.steps import ask_about_read_only
from app.files import replacing
from app.pictures.picture_file import PictureError, read_metadata, save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.settings import Settings, config_folder
from app.speech.build_language_model import main as build
from app.ui.window.window import MainWindow
from models.request import DrawRequest
from tests.app.commandline.command_line import failure, run
from tests.app.program.test_private_files import mode
from tests.app.ui.gallery.gallery_window import choose, click_on
from tests.conftest import REPOSITORY, wait_until

METADATA = PictureMetadata(DrawRequest("a red bird", 7, 64), "test (0000)")


@pytest.fixture
def picture() -> Image.Image:
    return Image.new("RGB", (64, 64), "red")


def test_a_link_to_a_picture_stays_one(tmp_path: Path, picture: Image.Image) -> None:
    (tmp_path / "there").mkdir()
    real, link = tmp_path / "there" / "real.png", tmp_path / "bird.png"
    link.symlink_to("there/real.png")
    for _ in range(2):  # what it leads to is made first, and then replaced
        save_picture(picture, METADATA, link)
        assert link.is_symlink() and not real.is_symlink()
        assert read_metadata(real) == METADATA
    assert os.listdir(tmp_path / "there") == ["real.png"]


def test_links_that_lead_nowhere_are_told(tmp_path: Path, picture: Image.Image) -> None:
    (tmp_path / "a.png").symlink_to("absent/real.png")
    with pytest.raises(PictureError, match=r"There is no folder .*absent"):
        save_picture(picture, METADATA, tmp_path / "a.png")
    (tmp_path / "b.png").symlink_to("b.png")
    with pytest.raises(PictureError, match="symbolic links"):
        save_picture(picture, METADATA, tmp_path / "b.png")
    assert (tmp_path / "b.png").is_symlink()


def test_settings_that_are_a_link_stay_one(tmp_path: Path) -> None:
    real = tmp_path / "settings of all computers.json"
    config_folder().mkdir(parents=True)
    (config_folder() / "settings.json").symlink_to(real)
    Settings(pictures=4).save()
    assert (config_folder() / "settings.json").is_symlink() and '"pictures": 4' in real.read_text()
    assert Settings.load().pictures == 4


def test_a_language_model_that_is_a_link_stays_one(tmp_path: Path) -> None:
    (tmp_path / "captions.txt").write_text("the nape is red\nthe nape is red\n")
    for name in ("m", "d"):
        (tmp_path / name).symlink_to(f"real {name}")
    model, dictionary = str(tmp_path / "m"), str(tmp_path / "d")
    build([str(tmp_path / "captions.txt"), "--model", model, "--dictionary", dictionary])
    for name in ("m", "d"):
        assert (tmp_path / name).is_symlink() and (tmp_path / f"real {name}").stat().st_size > 0
    with pytest.raises(SystemExit, match="The model cannot be written"):
        build([str(tmp_path / "captions.txt"), "--model", "/absent/m", "--dictionary", dictionary])


def test_a_read_only_picture_is_not_replaced_unasked(
    tmp_path: Path, picture: Image.Image, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bird.png"
    save_picture(picture, METADATA, path)
    path.chmod(0o444)
    before = path.read_bytes()
    command = ["draw", "a blue bird", "-o", path, "--size", "64"]
    told = run(*command).stderr  # nobody can be asked
    assert told.startswith(f"speech2bird: The file {path} is read-only: give another name")
    assert told.count("\n") == 1
    assert "read-only" in failure(capsys, 1, "listen", tmp_path / "absent.wav", "-o", path)
    stage = tmp_path / "c-stage-64.png"
    stage.touch(mode=0o444)
    told = failure(capsys, 1, "draw", "a bird", "-o", tmp_path / "c.png", "--stages")
    assert f"{stage} is read-only" in told and not (tmp_path / "c.png").exists()
    assert path.read_bytes() == before


def test_a_pipe_is_not_replaced(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "bird.png"
    os.mkfifo(path)
    assert "is a pipe or a device" in failure(capsys, 1, "draw", "a blue bird", "-o", path)
    with pytest.raises(OSError, match="no file"), replacing(path):
        pass
    assert path.is_fifo()


@pytest.mark.parametrize(("answer", "status"), [("y", 0), ("n", 1), ("", 1)])
def test_the_person_at_the_keyboard_decides(tmp_path: Path, answer: str, status: int) -> None:
    path = tmp_path / "bird.png"
    path.touch(mode=0o444)
    master, slave = pty.openpty()
    os.write(master, f"{answer}\n".encode())
    command = [sys.executable, str(REPOSITORY / "main.py"), "draw", "a blue bird", "--size", "64"]
    done = subprocess.run(
        [*command, "-o", str(path)], stdin=slave, capture_output=True, text=True, timeout=100
    )
    os.close(master)
    os.close(slave)
    assert f"{path} is read-only. Replace it all the same? [y/N]" in done.stderr
    assert done.returncode == status, done.stderr
    assert (path.stat().st_size > 0) == (status == 0)
    assert mode(path) == (0o644 if status == 0 else 0o444)


def test_files_that_may_be_changed_are_not_asked_about(tmp_path: Path) -> None:
    (tmp_path / "bird.png").touch()
    ask_about_read_only([tmp_path / "bird.png", tmp_path / "absent.png", tmp_path])


@pytest.mark.parametrize("replace", [True, False])
def test_the_window_asks_before_it_replaces_a_read_only_picture(
    kept: list[str],
    open_gallery: Callable[[], MainWindow],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    replace: bool,
) -> None:
    path = tmp_path / "mine.png"
    path.touch(mode=0o444)
    asked: list[str] = []

    def answer(title: str, question: str, **options: object) -> bool:
        asked.append(question)
        return replace

    monkeypatch.setattr(messagebox, "askyesno", answer)
    choose(monkeypatch, "asksaveasfilename", path)
    window = open_gallery()
    click_on(window, 0)
    window.pictures.save()
    dialog = window.saver.dialog
    assert dialog is not None
    dialog.save_button.invoke()
    assert asked == ["mine.png is read-only. Replace it all the same?"]
    if replace:
        wait_until(window, lambda: "Saved as" in window.messages.text)
    assert (path.stat().st_size > 0) == replace
