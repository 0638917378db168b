"""Accounts without a home, or without a place that can be written to: the window opens."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from app.home import make_home
from tests.conftest import REPOSITORY

# The window as it is opened, which tells what it says and closes itself.
_OPEN = """
import os, sys, main
from app.ui.window.window import MainWindow

def run(window):
    def leave():
        print(window.messages.text)
        print(os.environ["HOME"])
        window.close()
    window.root.after(500, leave)
    window.root.mainloop()

MainWindow.run = run
sys.exit(main.main([]))
"""
_UNKNOWN = 12345  # a number of which the system knows no account


def opened(home: str | None, account: int | None = None) -> tuple[str, Path]:
    """Open the window with such a HOME (None: without one); return what it said, and its home."""
    names = ("DISPLAY", "PATH", "PYTHONPATH", "OMP_NUM_THREADS")
    environment = {name: os.environ[name] for name in names if name in os.environ}
    if home is not None:
        environment["HOME"] = home
    command = [sys.executable, "-c", _OPEN]
    if account is not None:
        command = ["unshare", "--user", f"--map-user={account}", *command]
    done = subprocess.run(
        command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, timeout=100
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    said, used = done.stdout.splitlines()
    return said, Path(used)


@pytest.mark.skipif(sys.platform != "linux", reason="needs a user without an account")
@pytest.mark.parametrize("home", [None, "", "relative", "/nonexistent"])
def test_without_a_home_the_window_says_where_pictures_are(display: None, home: str | None) -> None:
    said, used = opened(home, _UNKNOWN)
    assert f"your pictures are kept in {used}/" in said and used.is_dir()
    assert used.stat().st_mode & 0o777 == 0o700
    shutil.rmtree(used)


def test_without_home_in_the_environment_the_accounts_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    account = os.environ.copy()
    monkeypatch.delenv("HOME")
    expected = os.path.expanduser("~")
    for name in ("", "relative/folder"):
        monkeypatch.setenv("HOME", name)
        assert make_home() is None
        assert os.environ["HOME"] == expected != account["HOME"]


def test_a_home_that_is_a_file_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "program"
    program.touch(mode=0o755)
    monkeypatch.setenv("HOME", str(program))
    used = make_home()
    assert used is not None and used.is_dir()
    used.rmdir()


def test_a_home_that_can_be_used_stays(home: Path) -> None:
    assert make_home() is None
    assert os.environ["HOME"] == str(home)
