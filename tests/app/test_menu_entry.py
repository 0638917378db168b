"""The program in the desktop's menu: what is put there, what that starts, and what stays."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from PIL import Image

from app import menu_entry
from app.commandline.cli import main
from app.pictures.picture_file import save_picture
from app.pictures.picture_metadata import PictureMetadata
from models.request import DrawRequest
from tests.conftest import REPOSITORY

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)


def files_in(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in sorted(folder.rglob("*"))
    }


def test_the_entry_is_what_desktops_read(home: Path) -> None:
    assert main(["--install-desktop"]) == 0
    data = home / ".local" / "share"
    entry = data / "applications" / "speech2bird.desktop"
    checked = subprocess.run(["desktop-file-validate", entry], capture_output=True, text=True)
    assert checked.returncode == 0 and not checked.stdout, checked.stdout
    assert "speech2bird.desktop" in (data / "applications" / "mimeinfo.cache").read_text()
    for size in SIZES:
        icon = data / "icons" / "hicolor" / f"{size}x{size}" / "apps" / "speech2bird.png"
        with Image.open(icon) as image:
            assert image.size == (size, size) and image.mode == "RGBA"


@pytest.mark.parametrize("before", ["nothing", "other programs"])
def test_nothing_is_left_behind(home: Path, before: str) -> None:
    data = home / ".local" / "share"
    data.mkdir(parents=True)
    if before == "other programs":
        other = data / "applications" / "other.desktop"
        other.parent.mkdir()
        other.write_text("[Desktop Entry]\nType=Application\nName=a\nExec=a\nMimeType=image/png;\n")
        (data / "icons" / "hicolor" / "48x48" / "apps").mkdir(parents=True)
        (data / "icons" / "hicolor" / "48x48" / "apps" / "other.png").touch()
        subprocess.run(["update-desktop-database", other.parent], check=True)
    kept = files_in(home)
    for _ in range(2):  # twice is as good as once
        assert main(["--install-desktop"]) == 0
    assert files_in(home) != kept
    for _ in range(2):
        assert main(["--uninstall-desktop"]) == 0
    assert files_in(home) == kept


def test_a_folder_with_an_odd_name_is_started_from(tmp_path: Path, home: Path) -> None:
    """By the desktop's own rules, with the picture that was clicked."""
    odd = tmp_path / 'a "b" $HOME %f `c` \\d'
    odd.mkdir()
    shutil.copytree(REPOSITORY / "app", odd / "app")
    shutil.copytree(REPOSITORY / "models", odd / "models")
    shutil.copy(REPOSITORY / "main.py", odd)
    subprocess.run([sys.executable, odd / "main.py", "--install-desktop"], cwd="/", check=True)
    (entry,) = home.glob(".local/share/applications/*.desktop")
    told = tmp_path / "told"
    (odd / "main.py").write_text(
        f"import os, sys\nopen({str(told)!r} + '-', 'w').write('|'.join(sys.argv[1:]))\n"
        f"os.rename({str(told)!r} + '-', {str(told)!r})\n"
    )
    picture = tmp_path / "a bird.png"
    subprocess.run(["gio", "launch", entry, picture], check=True, timeout=30)
    deadline = time.monotonic() + 30
    while not told.exists() and time.monotonic() < deadline:
        time.sleep(0.02)
    assert told.read_text() == f"open|{picture}"


def test_a_data_folder_that_cannot_be_written_to_is_told(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (home / ".local").touch()
    assert main(["--install-desktop"]) == 1
    assert "speech2bird: The menu cannot be changed: " in capsys.readouterr().err


def test_a_relative_data_folder_does_not_count(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "share")
    assert menu_entry.install() == home / ".local/share/applications/speech2bird.desktop"


_LOOKING = """
import sys
from app.commandline.cli import main
from app.ui.window import window

class Looking(window.MainWindow):
    def run(self):
        self.root.after(5, self.look)
        super().run()

    def look(self):
        kept = self.panel.kept
        if kept is None and not self.messages.is_error:
            self.root.after(5, self.look)
        else:
            print(kept and kept.path.name, self.type_tab.field.sentence, self.messages.text)
            self.close()

window.MainWindow = Looking
sys.exit(main(["open", sys.argv[1]]))
"""


def opened(file: Path) -> str:
    run = subprocess.run(
        [sys.executable, "-c", _LOOKING, file],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout.strip()


def test_opening_a_picture_shows_it_and_its_sentence(display: None, tmp_path: Path) -> None:
    path = tmp_path / "bird.png"
    metadata = PictureMetadata(DrawRequest("a red bird", seed=7, size=64), model="m")
    save_picture(Image.new("RGB", (64, 64), "red"), metadata, path)
    assert opened(path).startswith("bird.png a red bird")


def test_opening_another_picture_says_what_is_wrong(display: None, tmp_path: Path) -> None:
    path = tmp_path / "cat.png"
    Image.new("RGB", (64, 64)).save(path)
    told = opened(path)
    assert told.startswith("None") and "cat.png" in told
