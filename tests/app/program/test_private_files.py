"""What the program writes by itself is for the person alone; what they save follows their umask."""

from __future__ import annotations

import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from app import logfile
from app.files import make_private_folder, replacing, temporary_beside
from app.gallery import Gallery
from app.pictures.picture_file import save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.settings import Settings
from models.request import DrawRequest
from tests.app.gallery.gallery_folder import drawing, recording

METADATA = PictureMetadata(DrawRequest("a red bird", 7, 64), "test (0000)")


@pytest.fixture(autouse=True)
def usual_umask() -> Iterator[None]:
    """Let others read new files, as most systems do."""
    before = os.umask(0o022)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_temporary_files(tmp_path: Path) -> None:
    with temporary_beside(tmp_path / "bird.png") as temporary:
        assert mode(temporary) == 0o600
    for follow_umask, expected in ((False, 0o600), (True, 0o644)):
        path = tmp_path / f"bird-{follow_umask}.png"
        with replacing(path, follow_umask) as temporary:
            assert mode(temporary) == 0o600
            temporary.write_text("written")
            assert mode(temporary) == 0o600
        assert mode(path) == expected


@pytest.mark.parametrize(("umask", "expected"), [(0o022, 0o644), (0o077, 0o600), (0o002, 0o664)])
def test_saved_pictures_follow_the_umask(tmp_path: Path, umask: int, expected: int) -> None:
    os.umask(umask)
    save_picture(Image.new("RGB", (64, 64)), METADATA, tmp_path / "bird.png")
    assert mode(tmp_path / "bird.png") == expected
    assert os.umask(umask) == umask, "looking at it changes nothing"


def test_a_private_picture_that_is_replaced_stays_private(tmp_path: Path) -> None:
    path = tmp_path / "bird.png"
    path.touch(mode=0o600)
    save_picture(Image.new("RGB", (64, 64)), METADATA, path)
    assert mode(path) == 0o600


def test_everything_in_the_gallery(tmp_path: Path) -> None:
    gallery = Gallery(tmp_path / "new" / "gallery")
    kept = [gallery.keep(drawing(seed=seed), recording()) for seed in range(2)]
    for path in kept:
        gallery.star(path.name, True)
    for entry in gallery.find():
        gallery.thumbnail(entry, 64)
    gallery.delete(kept[0].name)
    everything = list((tmp_path / "new").rglob("*"))
    assert {path.suffix for path in everything} >= {".png", ".flac", ".jpg", ".sqlite3"}
    for path in (tmp_path / "new", *everything):
        assert mode(path) == (0o700 if path.is_dir() else 0o600), path


def test_settings(tmp_path: Path) -> None:
    Settings().save(tmp_path / "config" / "speech2bird" / "settings.json")
    assert mode(tmp_path / "config" / "speech2bird" / "settings.json") == 0o600
    assert mode(tmp_path / "config" / "speech2bird") == 0o700


def test_the_log_and_the_one_before_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logfile, "_BYTES", 200)
    before = set(logging.getLogger().handlers)
    logfile.start_logging()
    for number in range(10):
        logging.getLogger("app").warning("A warning that is written down, number %s", number)
    for handler in set(logging.getLogger().handlers) - before:
        logging.getLogger().removeHandler(handler)
        handler.close()
    logs = list(logfile.log_path().parent.iterdir())
    assert len(logs) == 2 and {mode(path) for path in logs} == {0o600}
    assert mode(logfile.log_path().parent) == 0o700


def test_folders_of_the_person_stay_as_they_are(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    theirs.chmod(0o755)
    Gallery(theirs).keep(drawing())
    make_private_folder(theirs / "a" / "b")
    assert mode(theirs) == 0o755
    assert mode(theirs / "a") == mode(theirs / "a" / "b") == 0o700
