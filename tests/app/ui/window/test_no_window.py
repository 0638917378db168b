"""Where no window can be opened, one plain sentence says so, and what works instead."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.conftest import REPOSITORY


def run(*command: str) -> str:
    """Run Python without a display; return the one sentence that it ends with."""
    environment = {name: value for name, value in os.environ.items() if name != "DISPLAY"}
    done = subprocess.run(
        [sys.executable, *command],
        cwd=REPOSITORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 1 and done.stdout == ""
    assert done.stderr.startswith("speech2bird: ") and done.stderr.count("\n") == 1, done.stderr
    return done.stderr


def test_a_computer_without_a_display() -> None:
    told = run("main.py")
    assert "the window cannot be opened" in told and "main.py draw" in told


def test_a_python_without_tk() -> None:
    told = run(
        "-c", "import sys; sys.modules['tkinter'] = None; import main; sys.exit(main.main([]))"
    )
    assert "has no Tk" in told and "python3-tk" in told
