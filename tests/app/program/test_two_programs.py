"""Two copies of the program on one gallery, both at work at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from app.gallery import Gallery
from app.pictures.picture_file import read_metadata
from tests.app.gallery.gallery_folder import drawing, names, opened
from tests.conftest import REPOSITORY

_WORK = """
import json, random, sys
from pathlib import Path
from app.gallery import Gallery
from app.pictures.picture_file import PictureError
from tests.app.gallery.gallery_folder import drawing, recording

gallery = Gallery(Path(sys.argv[1]))
number = int(sys.argv[2])
gallery.refresh()
shared = sorted(entry.name for entry in gallery.find())
print("ready", flush=True)
sys.stdin.readline()  # all begin at once
kept, won, starred, unexpected = [], [], [], []
chance = random.Random(number)
for step in range(15):
    # All of one sentence and seed, mostly in one second: of one name.
    kept.append(gallery.keep(drawing(seed=1), recording() if step % 2 else None).name)
    try:
        gallery.delete(shared[step])
        won.append(shared[step])
    except PictureError as error:
        if "no longer there" not in str(error):
            unexpected.append(str(error))
    if step % 5 == 0:
        own = gallery.keep(drawing(seed=10 + number), recording()).name
        gallery.star(own, True)
        kept.append(gallery.restore(gallery.delete(own)))
        starred.append(kept[-1])
    if step % 7 == number:
        gallery.refresh()
    if step % 10 == number:
        gallery.tidy()
gallery.refresh()
print(json.dumps([kept, won, starred, unexpected]), flush=True)
"""


@pytest.mark.parametrize("with_index", [True, False])
def test_two_programs_at_once(tmp_path: Path, with_index: bool) -> None:
    before = Gallery(tmp_path)
    for seed in range(15):
        before.keep(drawing(sentence="a blue bird", seed=seed))
    if not with_index:  # both find that it has to be made
        (tmp_path / "index.sqlite3").unlink()
    programs = [
        subprocess.Popen(
            [sys.executable, "-c", _WORK, str(tmp_path), str(number)],
            cwd=REPOSITORY,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    for program in programs:
        assert program.stdout is not None and program.stdout.readline() == "ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write("go\n")
        program.stdin.flush()
    answers = [json.loads(program.communicate(timeout=60)[0]) for program in programs]
    assert [program.returncode for program in programs] == [0, 0]

    kept = [name for answer in answers for name in answer[0]]
    won = [name for answer in answers for name in answer[1]]
    starred = {name for answer in answers for name in answer[2]}
    assert len(kept) == len(set(kept)) == 36, "a name was taken twice"
    assert len(won) == len(set(won)) == 15, "each shared picture is deleted once, by one of them"
    assert not [error for answer in answers for error in answer[3]]
    after = opened(tmp_path)
    assert sorted(names(after)) == sorted(kept)
    assert after.starred() == starred
    for name in kept:
        assert read_metadata(tmp_path / name).sentence == "a red bird"
    assert len(list((tmp_path / "trash").glob("*/*.png"))) == 15
    assert not list(tmp_path.rglob("*.part"))
    assert sorted(names(Gallery(tmp_path))) == sorted(kept), "the index says the same"
