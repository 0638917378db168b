"""Names that a file system allows and that programs stumble over: told, or simply used."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from app.commandline import cli
from app.gallery import Gallery
from app.logfile import last_lines, start_logging
from app.pictures.picture_file import PictureError, read_metadata, save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.speech.recognition.transcriber import SpeechModelError
from app.speech.recognition.whisper import WhisperTranscriber
from app.ui.window.window import MainWindow
from models import Painter
from models.request import DrawRequest
from tests.conftest import wait_until

METADATA = PictureMetadata(DrawRequest("a red bird", 7, 64), "test (0000)")
NEW_LINE = "a\nred\tbird.png"
NO_TEXT = os.fsdecode(b"a red bird \xff\xfe.png")
LONGEST = "b" * 251 + ".png"  # 255 bytes: no suffix longer than this one fits
TOO_LONG = "b" * 300 + ".png"
ODD = [NEW_LINE, NO_TEXT, LONGEST]


@pytest.fixture
def picture() -> Image.Image:
    return Image.new("RGB", (64, 64), "red")


@pytest.mark.parametrize("name", ODD)
def test_saved_and_read(tmp_path: Path, picture: Image.Image, name: str) -> None:
    for _ in range(2):
        save_picture(picture, METADATA, tmp_path / name)
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == [name]
    assert read_metadata(tmp_path / name) == METADATA


@pytest.mark.parametrize("name", [TOO_LONG, "a\0b.png"])
def test_names_that_no_file_can_have(tmp_path: Path, picture: Image.Image, name: str) -> None:
    with pytest.raises(PictureError, match=r"cannot be saved as .*(too long|null)"):
        save_picture(picture, METADATA, tmp_path / name)
    with pytest.raises(PictureError, match="cannot be read"):
        read_metadata(tmp_path / name)
    with pytest.raises(PictureError, match="There is no folder"):
        save_picture(picture, METADATA, tmp_path / name / "bird.png")


def test_the_command_line_tells_of_a_long_name_before_it_draws(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Painter, "draw", lambda *arguments, **options: pytest.fail("it drew"))
    for arguments in (
        ["-o", str(tmp_path / TOO_LONG), "a red bird"],
        ["-o", str(tmp_path / "bird.png"), "a red bird", "--weights", str(tmp_path / TOO_LONG)],
        ["-o", str(tmp_path / "bird.png"), "--from", str(tmp_path / TOO_LONG)],
    ):
        assert cli.main(["draw", *arguments]) == cli.FAILURE
        told = capsys.readouterr().err
        assert TOO_LONG in told and "unexpected" not in told


def test_the_command_line_writes_any_name(tmp_path: Path) -> None:
    for name in ODD:
        options = ["--size", "64", "--seed", "1", "a red bird"]
        assert cli.main(["draw", "-o", str(tmp_path / name), *options]) == cli.SUCCESS
        assert read_metadata(tmp_path / name).seed == 1


def test_the_gallery_with_any_names(tmp_path: Path, picture: Image.Image) -> None:
    gallery = Gallery(tmp_path)
    for name in ODD:
        save_picture(picture, METADATA, tmp_path / name)
    gallery.refresh()
    assert (tmp_path / "index.sqlite3").exists(), "one odd name costs the whole index"
    again = Gallery(tmp_path)
    assert again.find() == gallery.find() and len(again.find()) == 3, "as the index has it"
    for entry in again.find("red"):
        assert again.sound(entry.name) is None
        assert again.thumbnail(entry, 64) is not None
        again.star(entry.name, True)
        trashed = again.delete(entry.name)
        assert again.restore(trashed) == entry.name
    assert again.starred() == set(ODD)
    again.tidy()
    assert len(again.find()) == 3


def test_a_gallery_that_cannot_exist_is_told(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / TOO_LONG)
    assert gallery.find() == [] and gallery.starred() == frozenset()
    for use in (gallery.refresh, gallery.tidy):
        with pytest.raises(PictureError, match="too long"):
            use()


def test_a_folder_of_whisper_that_cannot_exist_is_told(tmp_path: Path) -> None:
    with pytest.raises(SpeechModelError, match="has no model"):
        WhisperTranscriber(tmp_path / TOO_LONG)


@pytest.fixture
def log(home: Path) -> Iterator[None]:
    """Write a log as the program does, for the time of a test."""
    before = list(logging.getLogger().handlers)
    start_logging()
    yield
    for handler in set(logging.getLogger().handlers) - set(before):
        logging.getLogger().removeHandler(handler)
        handler.close()


def test_the_log_takes_any_name(log: None, capsys: pytest.CaptureFixture[str]) -> None:
    logging.getLogger("app").warning("There is no %s", NO_TEXT)
    assert last_lines(1)[0].endswith(r"There is no a red bird \udcff\udcfe.png")
    assert "Logging error" not in capsys.readouterr().err


@pytest.mark.parametrize("name", [NEW_LINE, LONGEST, NO_TEXT])
def test_the_window_opens_and_shows_any_name(
    make_window: Callable[[], MainWindow], tmp_path: Path, picture: Image.Image, name: str
) -> None:
    save_picture(picture, METADATA, tmp_path / name)
    window = make_window()
    window.pictures.opener.open(tmp_path / name)
    wait_until(window, lambda: window.messages.text != "")
    assert "was drawn with seed 7" in window.messages.text
    (tmp_path / name).unlink()
    window.messages.clear()
    window.pictures.opener.open(tmp_path / name)
    wait_until(window, lambda: window.messages.text != "")
    assert "There is no picture" in window.messages.text
