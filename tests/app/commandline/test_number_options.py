"""Every number of every command: what cannot be used is told, with the option, before any work."""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.commandline.cli import build_parser
from app.commandline.file_option import file_to_read, named_path
from app.commandline.number_options import NumberOption
from tests.app.commandline.command_line import failure

_WRONG = [
    "",
    "-1",
    "nan",
    "-nan",
    "inf",
    "-inf",
    "1e400",
    "9" * 30,
    "9" * 5000,
    "many",
    "1,5",
    "0x10",
]
_SOMETIMES_RIGHT = ["0", "1", "0.5", "1e3", "64", "60.5", "2147483648"]


def commands() -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in build_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def numbers() -> Iterator[tuple[str, str, NumberOption]]:
    """Find command, option and reader of every number; an option may take no other kind of type."""
    for command, parser in commands():
        for action in parser._actions:
            if action.nargs == 0 or action.type in (None, named_path, file_to_read):
                continue  # a flag, a text or a file
            assert isinstance(action.type, NumberOption), f"{command} {action.option_strings}"
            yield command, action.option_strings[-1], action.type


_NUMBERS = list(numbers())


def test_there_are_numbers() -> None:
    found = {(command, option) for command, option, _ in _NUMBERS}
    assert found == {
        ("draw", "--count"),
        ("draw", "--seed"),
        ("draw", "--size"),
        ("draw", "--sketches"),
        ("listen", "--seconds"),
        ("listen", "--microphone"),
        ("listen", "--seed"),
        ("listen", "--sketches"),
        ("listen", "--size"),
    }


@pytest.mark.parametrize(("command", "option"), [entry[:2] for entry in _NUMBERS])
def test_a_number_that_cannot_be_used_is_told(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, command: str, option: str
) -> None:
    reader = next(entry[2] for entry in _NUMBERS if entry[:2] == (command, option))
    output = tmp_path / "absent" / "bird.png"  # whoever began to work would complain of this
    given = [command, *(["a red bird"] if command == "draw" else []), "-o", output]
    for value in _WRONG + _SOMETIMES_RIGHT:
        try:
            right = reader.fits(reader.kind(value))
        except ValueError:
            right = False
        if right:
            assert value in _SOMETIMES_RIGHT
            continue
        told = failure(capsys, 2, *given, option, value)
        assert f"argument {option}: " in told and len(told) < 200, value
    assert not reader.fits(math.nan)
