"""The report that a person sends: what is in it, and that nothing of theirs is."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.settings import Settings, data_folder
from app.without_names import without_names
from tests.conftest import REPOSITORY

_LOG = """\
2026-11-29 10:00:00,000 WARNING app.gallery.gallery: Secret diary.png cannot be read
2026-11-29 10:00:01,000 ERROR app.ui.window.window: Error in a callback of the window
Traceback (most recent call last):
  File "{root}/app/ui/window/window.py", line 12, in _load
    open("Secret diary.png")
  File "/media/Secret diary/app/x.py", line 3, in read
FileNotFoundError: [Errno 2] No such file or directory: 'Secret diary.png'
"""


def examine(folder: Path = REPOSITORY, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, folder / "main.py", "doctor"],
        cwd="/",
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=110,
    )


def test_the_report_is_complete_and_names_nobody(
    display: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home, pictures = tmp_path / "Anna-Lena", tmp_path / "Secret diary"
    home.mkdir()
    pictures.mkdir()
    monkeypatch.setenv("HOME", str(home))
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(home / name))
    Settings(gallery_folder=str(pictures)).save()
    log = data_folder() / "speech2bird.log"
    log.parent.mkdir(parents=True)
    log.write_text(_LOG.format(root=REPOSITORY))
    before = kept_files(tmp_path)

    run = examine(LOGNAME="annalena")
    assert run.returncode == 0, run.stdout + run.stderr
    for name in ("Anna", "annalena", "Secret", "diary", str(tmp_path)):
        assert name not in run.stdout + run.stderr
    assert "failed" not in run.stdout
    sections = dict(
        part.split("]\n", 1) for part in run.stdout.removeprefix("[").split("\n[") if part
    )
    assert sections["window"].startswith("Tk 8")
    assert "torch 2." in sections["libraries"] and "is missing" not in sections["models"]
    assert sections["folders"].count("is there, can be written to, ") == 4
    assert sections["listening"].startswith("Whisper loaded in ")
    assert "\ndrew 512 px in " in sections["drawing"]
    assert sections["log"].splitlines() == [
        "2026-11-29 10:00:00,000 WARNING app.gallery.gallery",
        "2026-11-29 10:00:01,000 ERROR app.ui.window.window",
        "  app/ui/window/window.py:12 _load",
        "  x.py:3 read",
        "  FileNotFoundError",
    ]
    assert kept_files(tmp_path) == before, "the picture was kept"
    assert "nothing was sent" in run.stderr


def kept_files(folder: Path) -> list[Path]:
    """All files but those that PulseAudio, where it is there, keeps when it is asked."""
    return sorted(path for path in folder.rglob("*") if "pulse" not in path.parts)


def test_what_is_missing_is_told(tmp_path: Path) -> None:
    """Without weights, without a screen, and without a folder that can be written to."""
    for name in ("app", "models"):
        shutil.copytree(REPOSITORY / name, tmp_path / "program" / name)
    shutil.copy(REPOSITORY / "main.py", tmp_path / "program")
    (tmp_path / "data").touch()  # no folder
    run = examine(tmp_path / "program", DISPLAY="", XDG_DATA_HOME=str(tmp_path / "data"))
    assert run.returncode == 1
    assert "[window]\nfailed: TclError: " in run.stdout
    assert "[drawing]\nfailed: CheckpointError: " in run.stdout
    assert "bird.safetensors is missing" in run.stdout
    assert "pictures: is not there yet, cannot be written to (" in run.stdout


@pytest.mark.parametrize(
    ("account", "text", "sendable"),
    [
        ("anna", "{home}/bird.png of Anna, annals, hanna", "~/bird.png of ACCOUNT, annals, hanna"),
        ("root", "the root of {home}", "the root of ~"),
    ],
)
def test_names_are_replaced(
    home: Path, monkeypatch: pytest.MonkeyPatch, account: str, text: str, sendable: str
) -> None:
    monkeypatch.setenv("LOGNAME", account)
    assert without_names(text.format(home=home)) == sendable
