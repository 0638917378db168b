"""The script that installs the program, with a pip that fails."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from tests.conftest import REPOSITORY

# Installs all but "run", for which it needs what "compile" brings.
_PYTHON = """#!/bin/sh
folder=$(dirname "$0")
case "$*" in
*requirements/run.lock)
    [ -e "$folder/compile" ] || { echo "ERROR: no network" >&2; exit 1; } ;;
*requirements/compile.lock)
    touch "$folder/compile" ;;
esac
"""


def test_why_packages_could_not_be_installed_is_told(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    shutil.copy(REPOSITORY / "scripts" / "install_program.sh", tmp_path / "scripts")
    python = tmp_path / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(_PYTHON)
    python.chmod(0o755)
    run = subprocess.run(
        [tmp_path / "scripts" / "install_program.sh"], capture_output=True, text=True, timeout=60
    )
    assert run.returncode == 0, run.stderr
    told = run.stderr.splitlines()
    assert told[0] == "ERROR: no network"
    assert "some packages could not be installed (why: .venv/pip.log)" in told[1]
    assert "no ready-made file" not in run.stdout + run.stderr
