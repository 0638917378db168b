"""Every number of training's commands and recipes: a wrong one is told by name, before any work."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest

from models.number_option import NumberOption
from models.training import __main__ as command
from models.training.recipes.ranges import check_range
from models.training.recipes.recipe import TABLES, Recipe, changed
from models.training.speech.trainer import SpeechTraining

_WRONG = ["", "-1", "nan", "-inf", "9" * 30, "many", "1,5"]
_CHECKED_ELSEWHERE = {"generator.text_feature_size", "phase.stages", "average.phase"}


def options() -> Iterator[tuple[str, str]]:
    """Find every number of every command; an option may take no other kind of type."""
    for name in command.COMMANDS:
        parser = command._parser([name])
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for each in action.choices[name]._actions:
                    if isinstance(each.type, NumberOption):
                        yield name, each.option_strings[-1]
                    assert each.type not in (int, float), f"{name} {each.option_strings}"


_OPTIONS = list(options())


def test_there_are_numbers() -> None:
    assert {("prepare", "--size"), ("run", "--seed"), ("compare", "--minutes")} <= set(_OPTIONS)
    assert len(_OPTIONS) >= 20


@pytest.mark.parametrize(("name", "option"), _OPTIONS)
def test_a_number_that_cannot_be_used_is_told(
    name: str, option: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for value in _WRONG:
        if option == "--minutes" and value == "9" * 30:  # as long as it takes
            continue
        with pytest.raises(SystemExit) as stopped:
            command.main([name, f"{option}={value}"])
        told = capsys.readouterr().err.splitlines()[-1]
        assert stopped.value.code == 2 and f"argument {option}: " in told, value


def test_species_that_cannot_be_chosen_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    for value in ("100%", "-1", "2.5", ""):
        with pytest.raises(SystemExit):
            command.main(["prepare", "--out", "birds", f"--test-species={value}"])
        assert "argument --test-species: it is a number" in capsys.readouterr().err


def test_threads_that_cannot_be_used_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    for value in ("0", "-1", "many", "99999999999"):
        with pytest.raises(SystemExit):
            command.main([f"--threads={value}", "show", "quick"])
        assert "argument --threads: " in capsys.readouterr().err


def keys() -> Iterator[tuple[str, str, type[Any]]]:
    """Find every number of a recipe, and of training the speech encoder: its kind, where, which."""

    def below(kind: type[Any], where: str) -> Iterator[tuple[str, str, type[Any]]]:
        for name, hint in get_type_hints(kind).items():
            if dataclasses.is_dataclass(hint):
                assert isinstance(hint, type)
                yield from below(hint, f"{where}.{name}")
            elif hint in (int, float) or (
                get_origin(hint) is tuple and get_args(hint)[0] in (int, float)
            ):
                yield where, name, hint

    for table, kind in {**TABLES, "speech": SpeechTraining}.items():
        yield from below(kind, table)


@pytest.mark.parametrize(("where", "name", "hint"), list(keys()))
def test_a_number_of_a_recipe_that_cannot_be_used_is_told(
    where: str, name: str, hint: type[Any]
) -> None:
    if f"{where}.{name}" in _CHECKED_ELSEWHERE:
        return
    for value in ("-1", "1" + "0" * 30):
        with pytest.raises(ValueError, match=name):
            check_range(name, int(value), f"{where}.{name}")
        written = value if hint in (int, float) else f"[{value}]"
        table, _, rest = where.partition(".")
        number = "0." if table in ("phase", "average") else ""
        change = f"{number}{rest}{'.' * bool(rest)}{name}={written}"
        with pytest.raises(ValueError, match=name):
            if table == "speech":
                changed(SpeechTraining, [change], "speech")
            else:
                Recipe.read("bundled", [f"{table}.{change}"])


def test_numbers_without_which_nothing_is_trained_are_told() -> None:
    for change in (
        "damsm.batch_size=0",
        "damsm.feature_size=7",
        "expert.picture_sizes=[0]",
        "expert.picture_sizes=[16]",
        "phase.0.betas=[0, 1]",
    ):
        with pytest.raises(ValueError, match=change.partition("=")[0]):
            Recipe.read("bundled", [change])


def test_a_phase_that_a_recipe_does_not_have_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "run"
    told = command.main(
        ["gan", "quick", "--data", str(tmp_path), "--out", str(out), "--phase", "2"]
    )
    assert told == 1 and not out.exists()
    assert "--phase 2: the last phase of quick is 1" in capsys.readouterr().err
