"""``~`` on a command line, where no shell has put the home folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.commandline import cli
from models.home_folder import with_home
from models.training import __main__ as training


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))
    (tmp_path / "home").mkdir()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    return tmp_path / "home"


def test_it_stands_for_the_home_folder_at_the_beginning_of_a_name(home: Path) -> None:
    given = ["draw", "a ~ bird", "--output=~/bird.png", "~", "~/a/b", "x=~/y", "~anna/c", "-o"]
    there = ["draw", "a ~ bird", f"--output={home}/bird.png", str(home), f"{home}/a/b"]
    assert with_home(given) == [*there, "x=~/y", "~anna/c", "-o"]


def test_a_folder_that_is_called_so_counts_first(home: Path) -> None:
    Path("~").mkdir()
    assert with_home(["--output=~/bird.png"]) == ["--output=~/bird.png"]


def test_a_picture_is_saved_there(home: Path) -> None:
    assert cli.main(["draw", "a red bird", "--output=~/bird.png", "--size", "64"]) == 0
    assert (home / "bird.png").is_file() and not list(Path().iterdir())


def test_a_folder_of_the_training_is_found_there(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert training.main(["prepare", "--pictures=~/birds", "--captions=~/c", "--out=~/out"]) == 1
    assert f"There is no folder {home / 'birds'}." in capsys.readouterr().err
