"""A disk that is full: told in a sentence, nothing half left behind, and nothing lost."""

from __future__ import annotations

import json
import logging
import resource
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image

from app.logfile import last_lines, start_logging
from app.pictures.morphing import save_animation, save_strip
from app.pictures.picture_file import PictureError, save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.settings import Settings
from app.ui.window.window import MainWindow
from models.request import Blend, DrawRequest
from tests.conftest import REPOSITORY

METADATA = PictureMetadata(DrawRequest("a red bird", 7, 256), "test (0000)")
_BLEND = Blend("a red bird", "a blue bird", 0.0, 1, 2, 0.0)


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """Let every file end after so many bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.fixture
def picture() -> Image.Image:
    return Image.effect_noise((256, 256), 60).convert("RGB")


@pytest.mark.parametrize("name", ["bird.png", "bird.jpg", "bird.webp"])
def test_a_picture_that_does_not_fit(tmp_path: Path, picture: Image.Image, name: str) -> None:
    path = tmp_path / name
    save_picture(picture, METADATA, path)
    before = path.read_bytes()
    for share in (0.0, 0.01, 0.5, 0.99):
        other = PictureMetadata(DrawRequest("a blue bird", 8, 256), "test (0000)")
        with (
            room_for(int(len(before) * share)),
            pytest.raises(PictureError, match=r"cannot be saved as .*: File too large\."),
        ):
            save_picture(picture, other, path)
        assert path.read_bytes() == before
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == [name]


def test_a_morph_that_does_not_fit(tmp_path: Path, picture: Image.Image) -> None:
    with room_for(3000):
        for save, name in ((save_animation, "way.gif"), (save_animation, "way.png")):
            with pytest.raises(PictureError, match="File too large"):
                save([picture] * 3, _BLEND, tmp_path / name)
        with pytest.raises(PictureError, match="File too large"):
            save_strip([picture] * 3, _BLEND, tmp_path / "strip.png")
    assert not [entry for entry in tmp_path.iterdir() if entry.is_file()]


def test_changed_settings_that_do_not_fit_are_logged_and_the_window_closes(
    window: MainWindow, caplog: pytest.LogCaptureFixture
) -> None:
    with room_for(20):
        window.keeper.remember(has_drawn=True)
        window.close()
    assert window.keeper.current.has_drawn
    assert "The settings cannot be saved" in caplog.text


def test_settings_that_do_not_fit(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    Settings(tab=2).save(path)
    with room_for(20), pytest.raises(OSError):
        Settings(tab=3).save(path)
    assert Settings.load(path) == Settings(tab=2)
    assert [entry.name for entry in tmp_path.iterdir() if entry.is_file()] == ["settings.json"]


def test_a_log_that_does_not_fit(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    start_logging()
    handler = logging.getLogger().handlers[-1]
    try:
        with room_for(0):
            logging.getLogger("tests").warning("The settings cannot be saved: %s", "full")
        assert capsys.readouterr().err == "The settings cannot be saved: full\n"
        logging.getLogger("tests").warning("there is room again")
        assert last_lines(2)[1].endswith("there is room again")
    finally:
        logging.getLogger().removeHandler(handler)
        handler.close()


_FILL = """
import json, sys
from pathlib import Path
from PIL import Image
from app.gallery import Gallery
from app.pictures.picture_file import PictureError, save_picture
from app.pictures.picture_metadata import PictureMetadata
from models.request import DrawRequest
from tests.app.gallery.gallery_folder import drawing, recording

folder = Path(sys.argv[1])
gallery = Gallery(folder / "gallery")
kept, told = [], []
for seed in range(60):
    try:
        size = 64 if seed % 2 else 256  # a small one fits where a large one does not
        kept.append(gallery.keep(drawing(seed=seed, size=size), recording()).name)
    except PictureError as error:
        told.append(str(error))
image = Image.effect_noise((256, 256), 60).convert("RGB")
for name in ("bird.png", "bird.jpg", "bird.webp"):
    try:
        metadata = PictureMetadata(DrawRequest("a red bird", 1, 256), "test")
        save_picture(image, metadata, folder / name)
    except PictureError as error:
        told.append(str(error))
for entry in gallery.find():
    gallery.thumbnail(entry, 64)
gallery.refresh()
again = Gallery(gallery.folder)
again.refresh()
found = [entry.name for entry in again.find()]
sentences = {entry.metadata.sentence for entry in again.find()}
parts = [str(path) for path in folder.rglob("*") if path.name.endswith(".part")]
# Room is made, and everything works again.
for entry in again.find()[:5]:
    (gallery.folder / entry.name).unlink()
    (gallery.folder / entry.name).with_suffix(".flac").unlink(missing_ok=True)
last = gallery.keep(drawing(seed=99)).name
print(json.dumps([kept, told, found, sorted(sentences), parts, last]))
"""

# A disk of its own, for a moment, for whoever may make one.
_SMALL_DISK = 'mount -t tmpfs -o size=1m none "$1" && exec "$0" -c "$2" "$1"'


def on_small_disk(program: str, folder: Path) -> subprocess.CompletedProcess[str] | None:
    """Run a program with a disk of a megabyte in ``folder``; None where nobody may mount one."""
    if shutil.which("unshare") is None:
        return None
    may = subprocess.run(
        ["unshare", "-rm", "mount", "-t", "tmpfs", "none", str(folder)], capture_output=True
    )
    if may.returncode != 0:
        return None
    command = ["unshare", "-rm", "sh", "-c", _SMALL_DISK, sys.executable, str(folder), program]
    return subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, timeout=100)


def test_a_disk_that_fills_up(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    run = on_small_disk(_FILL, disk)
    if run is None:  # a limit for single files says the same of pictures, if less of the rest
        command = ["sh", "-c", 'ulimit -f 60; exec "$0" -c "$1" "$2"', sys.executable, _FILL]
        run = subprocess.run(
            [*command, str(disk)], cwd=REPOSITORY, capture_output=True, text=True, timeout=100
        )
    assert run.returncode == 0, run.stderr
    kept, told, found, sentences, parts, last = json.loads(run.stdout)
    assert kept and told and all("cannot be saved" in sentence for sentence in told)
    assert sorted(found) == sorted(kept) and parts == [] and last
    assert set(sentences) <= {"a red bird"}
