"""Settings as options: `--help` says what each means, and shows what holds when it is not named."""

import argparse
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from models.training import __main__ as command
from models.training.commands.settings_options import add_settings, meanings, read_settings
from models.training.damsm.trainer import DamsmTraining
from models.training.gan.settings import GanTraining
from models.training.speech.trainer import SpeechTraining


@dataclass(frozen=True)
class Tea:
    """How tea is made.

    Attributes
    ----------
    minutes, degrees : how long and
        how hot, at most 100 %.
    milk : whether there is `milk` in it.
    cups : sizes.
    """

    minutes: float = 3.0
    degrees: int = 90
    milk: bool = False
    cups: tuple[int, ...] = (1, 2)


def test_the_docstring_is_the_help() -> None:
    parser = argparse.ArgumentParser()
    add_settings(parser, Tea(), presets=[Tea(), Tea(degrees=70)])
    text = " ".join(parser.format_help().split())
    assert "--minutes MINUTES how long and how hot, at most 100 %. (3.0)" in text
    assert "--degrees DEGREES how long and how hot, at most 100 %. --" in text, "presets differ"
    assert "--milk, --no-milk whether there is milk in it. (False)" in text
    assert "sizes. (1 2)" in text
    given = parser.parse_args(["--milk", "--cups", "5", "6"])
    assert read_settings(Tea(), given) == replace(Tea(), milk=True, cups=(5, 6))


@pytest.mark.parametrize("settings", [DamsmTraining, GanTraining, SpeechTraining])
def test_every_setting_has_a_meaning(settings: type[Any]) -> None:
    assert list(meanings(settings)) == [field.name for field in fields(settings)]
    assert all(len(meaning) > 5 for meaning in meanings(settings).values())


def test_no_value_is_shown_where_the_preset_decides(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["gan", "--help"])
    text = " ".join(capsys.readouterr().out.split())
    assert "photographs shown with a caption of another one of their species" in text
    assert "pictures a step, over all processes together. --accumulate" in text
    assert "updates of the generator for each one of the discriminators. (1)" in text
