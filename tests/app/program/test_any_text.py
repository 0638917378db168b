"""Whatever a person writes: a picture or a plain sentence, never a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from app.commandline import cli
from app.gallery import Gallery
from app.pictures.picture_file import read_metadata
from app.ui.window.window import MainWindow
from models import Painter
from models.errors import ModelError
from models.words.vocabulary import tokenize
from tests.conftest import wait_until

_WORDS = st.sampled_from(["a", "red", "bird", "with", "black", "wings", "zeppelin"])
_ODD = st.sampled_from(
    [
        "\u202eright to left",
        "zero\u200bwidth\u200djoiner",
        "\x00",
        "\x07\x1b[31m",
        "\U0001f426",
        "e\u0301",
    ]
)
_SENTENCES = st.lists(_WORDS | _ODD | st.text(max_size=12), max_size=12).map(" ".join)
_TOGETHER = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


def shared(examples: int) -> settings:
    """So many examples, the same ones each time, however slow the computer."""
    return settings(
        max_examples=examples, deadline=None, derandomize=True, suppress_health_check=_TOGETHER
    )


@shared(60)
@given(sentence=_SENTENCES)
@example(sentence="red bird \ud800 alone")  # half of a pair that means nothing by itself
@example(sentence="red " * 25_000)
@example(sentence="-" * 50)
@example(sentence="\u0645\u0631\u062d\u0628\u0627 bird")
def test_the_library_and_the_gallery(painter: Painter, sentence: str) -> None:
    try:
        drawing = painter.draw(sentence, seed=1, size=64)
    except ModelError as error:
        assert len(str(error).split()) > 4
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Gallery(Path(folder)).keep(drawing)
        # What cannot be shown is read as a space; the words that were drawn are all there.
        kept = read_metadata(path)
        assert kept.seed == 1 and tokenize(kept.sentence) == tokenize(sentence)


@shared(25)
@given(sentence=_SENTENCES)
@example(sentence="--help me")
def test_the_command_line(
    sentence: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bird.png"
    path.unlink(missing_ok=True)
    try:
        status = cli.main(["draw", "-o", str(path), "--size", "64", "--seed", "1", "--", sentence])
    except SystemExit as stopped:
        status = int(stopped.code or 0)
    told = capsys.readouterr().err
    assert (status == 0) == path.exists(), told
    assert "Traceback" not in told and "unexpected" not in told


@shared(25)
@given(
    sentence=st.lists(_WORDS | _ODD | st.text(max_size=12), min_size=1, max_size=8).map(" ".join)
)
def test_the_window(window: MainWindow, sentence: str) -> None:
    window.type_tab.field.sentence = sentence
    before = window.desk.drawing
    window.desk.draw(window.type_tab.field.sentence, 1)
    wait_until(window, lambda: not window.desk.busy)
    assert window.desk.drawing is not before or window.messages.text, "nothing happened"
    assert "unexpected" not in window.messages.text
    window.messages.clear()
