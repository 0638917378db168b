"""The help of every command fits a screen, and every key of a recipe has a meaning."""

import dataclasses
from typing import Any, get_type_hints

import pytest

from models.training import __main__ as command
from models.training.recipes.keys import explain_keys
from models.training.recipes.recipe import TABLES
from models.training.speech.trainer import SpeechTraining

SCREEN = 26
"""Lines of 80 characters; a few more than 24 for those with many files to name."""


@pytest.mark.parametrize("name", command.COMMANDS)
def test_the_help_fits_a_screen(
    name: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        command.main([name, "--help"])
    lines = capsys.readouterr().out.splitlines()
    assert 5 < len(lines) <= SCREEN, "\n".join(lines)


def test_every_key_has_a_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    def check(kind: type[Any]) -> None:
        hints = get_type_hints(kind)
        for field in dataclasses.fields(kind):
            assert len(field.metadata["help"]) > 4, f"{kind.__name__}.{field.name}"
            if dataclasses.is_dataclass(hints[field.name]):
                check(hints[field.name])

    for kind in (*TABLES.values(), SpeechTraining):
        check(kind)
    assert command.main(["show", "--keys"]) == 0
    printed = capsys.readouterr().out
    assert printed.rstrip() == explain_keys().rstrip()
    # Tables within tables once, whoever has them.
    for table in (*TABLES, "speech", "captions", "crops", "augment"):
        assert printed.count(f"[{table}]\n") == 1, table
    expected = "damsm_stages (every): which trained stages' pictures DAMSM judges (every or last)"
    assert f"  {expected}\n" in printed
    assert max(map(len, printed.splitlines())) <= 100
