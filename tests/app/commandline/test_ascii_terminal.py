"""Terminals and locales that know ASCII alone: everything is drawn, and nothing is a traceback."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from app.pictures.picture_file import read_metadata
from tests.app.commandline.command_line import run

SENTENCE = "a naïve réd bird with a zörgly head"
_ASCII_LOCALE = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"}, _ASCII_LOCALE])
def test_any_text_and_name(tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / "dätä 鳥"
    folder.mkdir()
    path = folder / "bird.png"
    env = {**os.environ, **environment}
    done = run("draw", SENTENCE, "-o", path, "--size", 64, env=env)
    assert done.returncode == 0, done.stderr
    assert read_metadata(path).sentence == SENTENCE
    assert "not understood: naive, zorgly." in done.stderr and "(seed " in done.stderr
    captions = folder / "captions.txt"
    captions.write_text(f"{SENTENCE}\nzörgly\n", encoding="utf-8")
    done = run("draw", "--captions", captions, "-o", folder / "vögel", "--size", 64, env=env)
    assert done.returncode == 1 and "1 line of 2 could not be drawn" in done.stderr
    assert read_metadata(folder / "vögel" / "000000.png").sentence == SENTENCE
    assert "Traceback" not in done.stderr and "unexpected" not in done.stderr
    for command in ("--help", "--version"):
        assert run(command, env=env).returncode == 0
