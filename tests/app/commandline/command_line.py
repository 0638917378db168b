"""Running commands as a person types them, or in the process of the tests."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping

import pytest

from app.commandline import cli
from tests.conftest import REPOSITORY


def run(
    *arguments: object, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run ``python main.py ARGUMENTS`` in a process of its own, without a keyboard."""
    command = [sys.executable, str(REPOSITORY / "main.py"), *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=100, stdin=subprocess.DEVNULL, env=env
    )


def failure(capsys: pytest.CaptureFixture[str], status: int, *arguments: object) -> str:
    """Run a command that fails in this process; return its one sentence."""
    code: object
    try:
        code = cli.main(list(map(str, arguments)))
    except SystemExit as stopped:  # argparse leaves this way
        code = stopped.code
    captured = capsys.readouterr()
    assert code == status, captured.err
    assert captured.out == ""
    assert captured.err.startswith("speech2bird: ") and captured.err.count("\n") == 1
    return captured.err
