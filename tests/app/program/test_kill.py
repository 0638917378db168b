"""Killed at any moment, the program loses no picture that it said was saved."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

from app.files import PART_SUFFIX
from app.gallery import Gallery
from app.pictures.picture_file import FORMATS, read_picture
from tests.conftest import REPOSITORY

_KILLS = 50
_LONGEST = 0.2  # seconds that a process lives after its first picture: some more


def test_killed_at_fifty_moments(tmp_path: Path) -> None:
    chance = random.Random(7)
    promised: dict[Path, str] = {}
    told = 0
    with subprocess.Popen(
        [sys.executable, "-m", "tests.app.program.keep_and_save"],
        cwd=REPOSITORY,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        bufsize=0,
    ) as starter:
        for _ in range(_KILLS):
            saved = kill_one(starter, tmp_path, chance.uniform(0, _LONGEST))
            promised |= saved
            told += len(saved)
        assert starter.stdin is not None
        starter.stdin.close()
        assert starter.wait(10) == 0
    assert told > _KILLS, "all were killed before they did much"

    gallery = Gallery(tmp_path / "gallery")
    gallery.refresh()
    found = {entry.name: entry.metadata.sentence for entry in gallery.find()}
    assert set(found) == {path.name for path in gallery.folder.glob("[!.]*.png")}
    for path, sentence in promised.items():
        check(path, sentence)
        if path.parent == gallery.folder:
            assert found[path.name] == sentence
    for name in found:  # also those that nobody heard of
        read_picture(gallery.folder / name)
    # What killed programs were writing is hidden, and goes when nobody can be writing it any more.
    halves = [path for path in tmp_path.rglob("*") if path.suffix == PART_SUFFIX]
    assert all(path.name.startswith(".") for path in halves)
    for path in halves:
        os.utime(path, (1, 1))
    gallery.tidy()
    assert not list(gallery.folder.rglob(f".*{PART_SUFFIX}"))
    shown = [path for path in tmp_path.iterdir() if path.is_file() and path.name[0] != "."]
    assert shown and all(path.suffix in FORMATS for path in shown)
    for path in shown:
        read_picture(path)


def kill_one(starter: subprocess.Popen[bytes], folder: Path, seconds: float) -> dict[Path, str]:
    """Let a process keep and save, kill it some seconds after its first picture.

    Returns the pictures that it said were saved, and how their sentences begin.
    """
    assert starter.stdin and starter.stdout and starter.stderr
    starter.stdin.write(f"{folder}\n".encode())
    number = int(starter.stderr.readline())
    lines = [starter.stdout.readline()]
    time.sleep(seconds)  # the moment is any moment
    os.kill(number, signal.SIGKILL)
    assert starter.stderr.readline() == b"gone\n"
    # All it said is in the pipe by now.
    os.set_blocking(starter.stdout.fileno(), False)
    rest = b""
    while more := starter.stdout.read(1 << 20):
        rest += more
    os.set_blocking(starter.stdout.fileno(), True)
    lines += rest.splitlines(keepends=True)
    told = [json.loads(line) for line in lines if line.endswith(b"\n")]
    return {Path(path): beginning for path, beginning in told}


def check(path: Path, sentence: str) -> None:
    """A picture that was saved is there, opens, and has its sentence."""
    picture = read_picture(path)
    assert picture.image.size == (512, 512)
    assert picture.metadata.sentence.startswith(sentence)
