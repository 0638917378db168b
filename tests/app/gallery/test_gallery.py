"""The gallery's folder: quick through its index, right without it, and never a picture lost."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

import numpy as np
import pytest
import soundfile
from PIL import Image

from app.gallery import Gallery
from app.pictures.picture_file import PictureError, read_metadata, save_picture
from app.pictures.picture_metadata import PictureMetadata
from app.speech.sound.recording import Recording
from tests.app.gallery.gallery_folder import copy_in, drawing, names, opened, recording
from tests.conftest import REPOSITORY


def test_every_picture_is_kept(gallery: Gallery) -> None:
    kept = [gallery.keep(drawing("a red/blue bird: ../with wings?", 3)) for _ in range(3)]
    assert len(set(kept)) == 3 and set(gallery.paths()) == set(kept)
    assert all(path.parent == gallery.folder for path in kept)
    assert read_metadata(kept[2]).sentence == "a red/blue bird: ../with wings?"
    assert read_metadata(kept[2]).size == 64
    for found in (gallery, opened(gallery.folder)):
        assert names(found) == [path.name for path in reversed(kept)]  # the newest first
        assert found.find()[0].metadata == read_metadata(kept[2])


def test_what_was_said_is_kept(gallery: Gallery) -> None:
    path = gallery.keep(drawing(), recording())
    sound = gallery.sound(path.name)
    assert sound == path.with_suffix(".flac")
    samples, rate = soundfile.read(sound, dtype="int16")
    assert rate == 16000 and np.array_equal(samples, recording().samples)
    assert gallery.sound(gallery.keep(drawing()).name) is None


@pytest.mark.parametrize(
    ("words", "count"),
    [
        *(
            ("", 3),
            ("red", 2),
            ("RED bird", 2),
            ("wing", 1),
            ("ings", 0),
            ("größe red", 1),
            ("%", 0),
        ),
        *(("red-bird", 2), ('"blue wings"', 1), ("bird,", 2)),
    ],
)
def test_search(gallery: Gallery, words: str, count: int) -> None:
    for sentence in ("a red bird of Größe 3", "a Red bird", "blue wings"):
        gallery.keep(drawing(sentence))
    assert len(gallery.find(words)) == count


def test_files_changed_by_a_person_are_noticed(gallery: Gallery) -> None:
    first = gallery.keep(drawing(seed=1))
    second = gallery.keep(drawing(seed=2))
    copy_in(gallery, "from a friend.png", "a friend's bird", "2027-01-01T10:00:00+00:00")
    copy_in(gallery, "no date.png", "an undated bird", "yesterday")
    Image.new("RGB", (8, 8)).save(gallery.folder / "holiday.png")
    (gallery.folder / "half.png").write_bytes(second.read_bytes()[:2000])
    (gallery.folder / "a folder.png").mkdir()
    (gallery.folder / "a circle.png").symlink_to("a circle.png")
    first.unlink()
    copy_in(gallery, second.name, "another bird", "2020-01-01")
    for found in (gallery, opened(gallery.folder), opened(gallery.folder)):
        found.refresh()
        assert sorted(names(found)) == sorted(["from a friend.png", second.name, "no date.png"])
        assert names(found)[0] == "from a friend.png" and names(found)[-1] == second.name
        assert found.find("another")[0].metadata.sentence == "another bird"


@pytest.mark.parametrize("seconds", [-(10**10), 0, 4 * 10**9, 10**10, 14 * 10**9])
def test_files_of_a_clock_that_was_wrong_hide_no_others(gallery: Gallery, seconds: int) -> None:
    """Nanoseconds after the year 2262 have more than 64 bits."""
    for created in ("2026-01-01", "9999-12-31T23:59:59", "0001-01-01", "soon"):
        path = copy_in(gallery, f"{created[:4]}.png", "a red bird", created)
        os.utime(path, (seconds, seconds))
    for looked in (opened(gallery.folder), opened(gallery.folder)):
        assert sorted(names(looked)) == ["0001.png", "2026.png", "9999.png", "soon.png"]
        assert all(looked.thumbnail(entry, 64) for entry in looked.find())
        looked.tidy()
        os.utime(looked.keep(drawing()), (seconds + 1, seconds + 1))
        looked.refresh()
        assert len(names(looked)) == 5
        looked.delete(next(name for name in names(looked) if "red-bird" in name))


def test_opening_reads_no_picture_twice(gallery: Gallery, monkeypatch: pytest.MonkeyPatch) -> None:
    gallery.keep(drawing())
    copy_in(gallery, "copied.png", "a bird")
    (gallery.folder / "broken.png").write_bytes(b"no picture")
    opened(gallery.folder)

    def refuse(path: Path) -> PictureMetadata:
        raise AssertionError(f"{path} was read again")

    monkeypatch.setattr("app.gallery.gallery.peek_metadata", refuse)
    assert len(names(opened(gallery.folder))) == 2


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.EMFILE])
def test_what_cannot_be_read_for_a_moment_comes_back(
    gallery: Gallery, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    copy_in(gallery, "a bird.png", "a bird")
    (gallery.folder / "broken.png").write_bytes(b"no picture")
    really_open = open

    def fail(file: object, *arguments: Any, **options: Any) -> IO[Any]:
        if str(file).endswith("a bird.png"):
            raise OSError(number, os.strerror(number), file)
        return really_open(file, *arguments, **options)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr("builtins.open", fail)
        assert names(opened(gallery.folder)) == []
        gallery.refresh()
    gallery.refresh()
    assert names(gallery) == ["a bird.png"] == names(opened(gallery.folder))


def later_version(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version = 99")
    connection.execute("DROP TABLE pictures")
    connection.execute("CREATE TABLE pictures (everything BLOB)")
    connection.commit()
    connection.close()


def strange_rows(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("UPDATE pictures SET metadata = 'seven', mtime_ns = 1.5")
    connection.commit()
    connection.close()


def another_table(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE pictures DROP COLUMN metadata")
    connection.close()


def half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2 + 100])


def garbage(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 100)


def no_file(path: Path) -> None:
    path.unlink()


def a_folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.parametrize(
    "damage",
    [later_version, strange_rows, another_table, half, garbage, no_file, a_folder],
)
def test_index_is_rebuilt(gallery: Gallery, damage: object) -> None:
    for seed in range(40):
        gallery.keep(drawing(seed=seed))
    expected = gallery.find()
    assert callable(damage)
    damage(gallery.folder / "index.sqlite3")
    again = opened(gallery.folder)
    assert again.find() == expected
    again.keep(drawing(seed=99))
    assert len(opened(gallery.folder).find()) == 41


def test_two_programs_on_one_folder(tmp_path: Path) -> None:
    first, second = opened(tmp_path), opened(tmp_path)
    a = first.keep(drawing(seed=1))
    b = second.keep(drawing(seed=2))
    first.star(a.name, True)
    second.star(b.name, True)
    for gallery in (first, second):
        gallery.refresh()
        assert set(names(gallery)) == {a.name, b.name} == gallery.starred()
    trashed = first.delete(b.name)
    with pytest.raises(PictureError, match="no longer there"):
        second.delete(b.name)
    second.refresh()
    assert names(second) == [a.name] and second.starred() == {a.name}
    second.restore(trashed)
    with pytest.raises(PictureError, match="no longer there"):
        first.restore(trashed)
    first.refresh()
    assert set(names(first)) == {a.name, b.name} == first.starred()


def test_many_programs_at_once(tmp_path: Path) -> None:
    programs = [
        subprocess.Popen([sys.executable, "-c", _KEEP, str(tmp_path), "15"], cwd=REPOSITORY)
        for _ in range(3)
    ]
    assert [program.wait(60) for program in programs] == [0, 0, 0]
    assert len(names(opened(tmp_path))) == 45 == len(list(tmp_path.glob("*.png")))
    assert len(Gallery(tmp_path).find()) == 45  # all in the index


_KEEP = """
import sys
from pathlib import Path
from tests.app.gallery.gallery_folder import drawing, recording
from app.gallery import Gallery
gallery = Gallery(Path(sys.argv[1]))
for _ in range(int(sys.argv[2])):  # all of one name
    print(gallery.keep(drawing(size=256), recording()).name, flush=True)
"""


def test_killed_while_keeping(tmp_path: Path) -> None:
    promised: set[str] = set()
    for count in range(10):
        program = subprocess.Popen(
            [sys.executable, "-c", _KEEP, str(tmp_path), "1000"],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert program.stdout is not None
        for _ in range(count + 1):
            promised.add(program.stdout.readline().strip())
        program.kill()  # in the midst of the next picture
        promised.update(program.stdout.read().split())
        program.wait()
        gallery = opened(tmp_path)
        assert promised <= set(names(gallery))
        for path in gallery.paths():
            assert read_metadata(path).sentence == "a red bird"
        for name in promised:
            assert Recording.from_file(tmp_path / name.replace(".png", ".flac")).seconds == 0.5
    assert len(promised) >= 55


def test_a_lost_index_costs_no_thumbnails(gallery: Gallery) -> None:
    gallery.keep(drawing())
    assert gallery.thumbnail(gallery.find()[0], 64) is not None
    (gallery.folder / "index.sqlite3").unlink()
    Gallery(gallery.folder).tidy()
    assert len(list((gallery.folder / "thumbnails").iterdir())) == 1


def test_halves_of_killed_programs_are_removed(gallery: Gallery) -> None:
    gallery.keep(drawing())
    old, new = gallery.folder / ".old-1234abcd.part", gallery.folder / ".new-1234abcd.part"
    foreign = gallery.folder / ".old.part"
    for path in (old, new, foreign):
        path.write_bytes(b"half")
    for path in (old, foreign):
        os.utime(path, (1, 1))
    gallery.tidy()
    assert not old.exists() and new.exists()  # another program may be writing it now
    assert foreign.exists()


@contextmanager
def full_disk(room: int = 6000) -> Iterator[None]:
    """Let every file end after a few thousand bytes, as on a disk that is full."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_full_disk(gallery: Gallery) -> None:
    kept = gallery.keep(drawing(seed=1))
    with full_disk():
        with pytest.raises(PictureError, match="cannot be saved"):
            gallery.keep(drawing(seed=2, size=256))
        # A small one still fits; the index and the sound do not, and no picture is lost by it.
        small = gallery.keep(drawing(seed=3, size=16), recording())
        gallery.refresh()
        assert names(gallery) == [small.name, kept.name]
        assert gallery.thumbnail(gallery.find()[0], 64) is not None
    assert gallery.sound(small.name) is None
    assert not list(gallery.folder.rglob("*.part"))
    assert names(opened(gallery.folder)) == [small.name, kept.name]


def test_a_sound_whose_end_does_not_fit(gallery: Gallery) -> None:
    sound = gallery.sound(gallery.keep(drawing(size=16), recording()).name)
    assert sound is not None
    with full_disk(sound.stat().st_size - 100):
        path = gallery.keep(drawing(size=16), recording())
    assert gallery.sound(path.name) is None


def test_stars_survive_a_lost_index(gallery: Gallery) -> None:
    first, second = (gallery.keep(drawing(seed=seed)) for seed in (1, 2))
    gallery.star(first.name, True)
    gallery.star(second.name, True)
    gallery.star(second.name, False)
    (gallery.folder / "index.sqlite3").unlink()
    again = opened(gallery.folder)
    assert again.starred() == {first.name}
    assert [entry.name for entry in again.find(starred_only=True)] == [first.name]
    assert again.find("blue", starred_only=True) == []


def test_thumbnails(gallery: Gallery) -> None:
    path = gallery.keep(drawing(size=512))
    entry = gallery.find()[0]
    folder = gallery.folder / "thumbnails"
    for side in (40, 112, 256):
        thumbnail = gallery.thumbnail(entry, side)
        assert thumbnail is not None and thumbnail.size == (side, side)
    (made,) = folder.iterdir()
    made.write_bytes(b"damaged")
    assert gallery.thumbnail(entry, 64) is not None
    # Another picture under the same name gets a thumbnail of its own.
    copy_in(gallery, path.name, "a black picture")
    gallery.refresh()
    black = gallery.thumbnail(gallery.find()[0], 64)
    assert black is not None and black.getextrema() == ((0, 0), (0, 0), (0, 0))
    gallery.tidy()
    assert len(list(folder.iterdir())) == 1
    path.unlink()
    entry = gallery.find()[0]
    assert gallery.thumbnail(entry, 64) is not None  # the thumbnail of what was there
    shutil.rmtree(folder)
    assert gallery.thumbnail(entry, 64) is None


def test_the_middle_of_a_picture_that_somebody_cut_is_shown(gallery: Gallery) -> None:
    wide = Image.new("RGB", (256, 64), "blue")
    wide.paste("red", (80, 0, 176, 64))
    path = gallery.keep(drawing(size=512))
    save_picture(wide, read_metadata(path), path)
    gallery.refresh()
    thumbnail = gallery.thumbnail(gallery.find()[0], 64)
    assert thumbnail is not None
    assert (np.asarray(thumbnail)[..., 2] < 100).all(), "what is blue is beside it"


def test_three_thousand_pictures(gallery: Gallery) -> None:
    path = copy_in(gallery, "0.png", "a red bird with größe")
    data = path.read_bytes()
    for number in range(1, 3000):
        (gallery.folder / f"{number}.png").write_bytes(data)
    assert len(opened(gallery.folder).find()) == 3000
    again = opened(gallery.folder)
    assert len(again.find("red gr")) == 3000 and again.find("blue") == []


def test_empty_and_missing_folders(tmp_path: Path) -> None:
    gallery = opened(tmp_path / "absent")
    gallery.tidy()
    assert gallery.find() == [] and gallery.paths() == [] and not gallery.folder.exists()
    gallery.folder.write_text("a file where the folder should be")
    with pytest.raises(PictureError, match="cannot be made"):
        gallery.keep(drawing())
