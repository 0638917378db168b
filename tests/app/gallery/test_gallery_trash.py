"""Deleting pictures of the gallery and bringing them back, also by a program that is killed."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date, datetime, timedelta

from app.gallery import Gallery, Trashed
from app.gallery.stars import Stars
from app.gallery.trash import Trash
from app.pictures.picture_file import read_metadata
from tests.app.gallery.gallery_folder import copy_in, drawing, names, opened, recording
from tests.conftest import REPOSITORY


def test_delete_and_undo(gallery: Gallery) -> None:
    path = gallery.keep(drawing(), recording())
    other = gallery.keep(drawing(seed=2))
    gallery.star(path.name, True)
    pixels = path.read_bytes()
    trashed = gallery.delete(path.name)
    assert names(gallery) == [other.name] and gallery.starred() == frozenset()
    assert not path.exists() and gallery.sound(path.name) is None
    assert gallery.restore(trashed) == path.name
    assert path.read_bytes() == pixels and gallery.starred() == {path.name}
    assert gallery.sound(path.name) is not None and len(names(gallery)) == 2
    assert names(opened(gallery.folder)) == names(gallery)
    assert list((gallery.folder / "trash").iterdir()) == []


def test_undo_replaces_no_picture(gallery: Gallery) -> None:
    path = gallery.keep(drawing())
    trashed = gallery.delete(path.name)
    copy_in(gallery, path.name, "another bird")
    restored = gallery.restore(trashed)
    assert restored != path.name and read_metadata(path).sentence == "another bird"
    assert read_metadata(gallery.folder / restored).sentence == "a red bird"


def test_trash_is_emptied_after_thirty_days_of_use(gallery: Gallery) -> None:
    """Whatever the clock says in between: it may be set ahead, back, and change its mind."""
    old = gallery.delete(gallery.keep(drawing(seed=1)).name)
    own = gallery.folder / "trash" / "a person's own"
    own.mkdir()
    trash = Trash(gallery.folder, Stars(gallery.folder))
    first = date.today() + timedelta(days=400)
    days = [date(2099, 12, 31), date(1970, 1, 1), *(first + timedelta(each) for each in range(28))]
    for day in days + days:
        trash.empty(day)
        assert old.folder.exists()
    new = gallery.delete(gallery.keep(drawing(seed=2)).name)
    gallery.tidy()
    assert not old.folder.exists() and new.folder.exists() and own.exists()
    assert gallery.restore(new) and not new.folder.exists()


def test_a_clock_that_is_set_ahead_empties_no_trash(gallery: Gallery) -> None:
    trashed = gallery.delete(gallery.keep(drawing(), recording()).name)
    past = datetime.now() - timedelta(days=31)
    aged = trashed.folder.with_name(past.strftime("%Y%m%d-%H%M%S") + trashed.folder.name[15:])
    trashed.folder.rename(aged)
    for _ in range(3):
        opened(gallery.folder).tidy()
    assert gallery.restore(Trashed(aged, trashed.name)) and not aged.exists()


_DELETE = """
import sys
from pathlib import Path
from app.gallery import Gallery
gallery = Gallery(Path(sys.argv[1]))
gallery.refresh()
while True:
    for entry in gallery.find():
        trashed = gallery.delete(entry.name)
        print(entry.name, flush=True)
        gallery.restore(trashed)
"""


def test_killed_while_deleting_and_undoing(gallery: Gallery) -> None:
    kept = [gallery.keep(drawing(seed=seed), recording()) for seed in range(3)]
    for path in kept:
        gallery.star(path.name, True)
    for count in range(5):
        program = subprocess.Popen(
            [sys.executable, "-c", _DELETE, str(gallery.folder)],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert program.stdout is not None
        for _ in range(7 * count + 1):
            assert program.stdout.readline(), "it ended by itself"
        program.kill()
        program.stdout.close()
        program.wait()
        for suffix in (".png", ".flac"):  # each is in its place or in the trash, and whole
            for path in kept:
                places = list(gallery.folder.rglob(path.with_suffix(suffix).name))
                assert any(place.stat().st_size > 1000 for place in places)
        gallery.refresh()
        for trashed in (gallery.folder / "trash").glob("*/*.png"):
            gallery.restore(Trashed(trashed.parent, trashed.name))
        assert {read_metadata(gallery.folder / name).seed for name in names(gallery)} == {0, 1, 2}


def test_what_a_kill_left_behind_of_a_picture_follows_it(gallery: Gallery) -> None:
    path = gallery.keep(drawing(), recording())
    gallery.star(path.name, True)
    sound = path.with_suffix(".flac")
    said = sound.read_bytes()
    trashed = gallery.delete(path.name)
    (trashed.folder / path.name).rename(path)  # where a restoring program was killed
    gallery.tidy()
    assert sound.read_bytes() == said and gallery.starred() == {path.name}
    assert not trashed.folder.exists()
    trashed = gallery.delete(path.name)
    (trashed.folder / sound.name).rename(sound)  # where a deleting program was killed
    gallery.tidy()
    assert not sound.exists() and gallery.sound(path.name) is None
    assert gallery.restore(trashed) == path.name and sound.read_bytes() == said


def test_a_picture_that_a_kill_left_in_both_places_is_restored_once(gallery: Gallery) -> None:
    path = gallery.keep(drawing(), recording())
    trashed = gallery.delete(path.name)
    os.link(trashed.folder / path.name, path)  # where a restoring program was killed
    assert gallery.restore(trashed) == path.name
    assert names(gallery) == [path.name]
    assert path.with_suffix(".flac").exists()
