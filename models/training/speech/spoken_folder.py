"""A folder of spoken captions: FLAC files, and a ``metadata.jsonl`` with a line for each.

A line is appended when its file is whole. So what a stopped run made is known, and kept.
"""

from __future__ import annotations

import fcntl
import json
from collections.abc import Mapping
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TypedDict

import soundfile

from models.sound.log_mel import SAMPLE_RATE
from models.training.data.examples import METADATA
from models.training.speech.effects import Samples
from models.whole_files import whole_file, write_whole

MARK = "speak.json"
"""Says by its presence that a folder is ours to write to, and with what settings."""

LOCK = ".lock"


class Entry(TypedDict):
    """A line of ``metadata.jsonl``.

    What is said is the text, and what people say besides: "er", a false start.
    """

    file_name: str
    text: str
    said: str
    picture: str
    species: str
    voice: str
    speed: float
    pitch: float
    seconds: float


class SpokenFolder(AbstractContextManager["SpokenFolder"]):
    """A folder that one run writes to, until it is closed.

    Lines that are torn, or whose files are missing or empty, are taken out at first.

    Attributes
    ----------
    entries : the lines there are, by the utterances' numbers.

    Raises
    ------
    ValueError
        It has other things in it, was made with other settings, or another run writes to it.
    """

    def __init__(self, path: Path, settings: Mapping[str, object]) -> None:
        self.path = path
        self._metadata = path / METADATA
        with ExitStack() as stack:
            self._claim(settings, stack)
            self.entries = self._repair()
            self._lines = stack.enter_context(self._metadata.open("a", encoding="utf-8"))
            self._closing = stack.pop_all()

    def __exit__(self, *_: object) -> None:
        self._closing.close()

    def write_sound(self, number: int, sound: Samples) -> str:
        """Write an utterance's file; any thread may.

        Returns
        -------
        Its name in ``metadata.jsonl``.
        """
        name = f"{number // 10_000:02d}/{number:06d}.flac"
        path = self.path / name
        path.parent.mkdir(exist_ok=True)
        # Without waiting for the disk: what a power cut empties is found and made again.
        with whole_file(path, durable=False) as temporary:
            soundfile.write(temporary, sound, SAMPLE_RATE, format="FLAC", subtype="PCM_16")
        return name

    def add(self, entry: Entry) -> None:
        """Append the line of an utterance whose file is there."""
        self.entries[_number(entry)] = entry
        self._lines.write(_to_line(entry))
        self._lines.flush()

    def sort(self) -> None:
        """Bring the lines into the order of their numbers, which no longer tells how it was made.

        Nothing can be added after that.
        """
        self._lines.close()
        write_whole(
            self._metadata, "".join(_to_line(self.entries[k]) for k in sorted(self.entries))
        )

    def _claim(self, settings: Mapping[str, object], stack: ExitStack) -> None:
        mark = self.path / MARK
        if not mark.is_file() and _has_anything(self.path):
            raise ValueError(f"{self.path} exists and was not made by speak: choose a new folder.")
        self.path.mkdir(parents=True, exist_ok=True)
        lock = stack.enter_context((self.path / LOCK).open("w"))
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ValueError(f"Another run of speak is writing to {self.path}.") from None
        if not mark.is_file():
            write_whole(mark, json.dumps(settings, indent=2) + "\n")
        made = json.loads(mark.read_text(encoding="utf-8"))
        if other := [key for key in settings if made.get(key) != settings[key]]:
            raise ValueError(
                f"{self.path} was made with other {' and '.join(other)}: choose a new folder, or "
                f"give the options it was made with, which {mark} tells."
            )

    def _repair(self) -> dict[int, Entry]:
        if not self._metadata.is_file():
            return {}
        lines = self._metadata.read_bytes().splitlines(keepends=True)
        entries = [entry for line in lines if (entry := self._read(line))]
        by_number = {_number(entry): entry for entry in entries}
        if len(by_number) < len(lines):
            write_whole(self._metadata, "".join(map(_to_line, by_number.values())))
        return by_number

    def _read(self, line: bytes) -> Entry | None:
        """Read a line; None if it is torn, or its file is not as it says."""
        try:
            if not line.endswith(b"\n"):
                return None
            entry: Entry = json.loads(line)
            seconds = soundfile.info(self.path / entry["file_name"]).frames / SAMPLE_RATE
            whole = abs(seconds - entry["seconds"]) < 0.001 and _number(entry) >= 0
        except (ValueError, KeyError, TypeError, soundfile.LibsndfileError):
            return None
        return entry if whole else None


def _has_anything(path: Path) -> bool:
    if not path.is_dir():
        return path.exists()
    return any(inside.name != LOCK for inside in path.iterdir())


def _number(entry: Entry) -> int:
    return int(Path(entry["file_name"]).stem)


def _to_line(entry: Entry) -> str:
    return json.dumps(entry, ensure_ascii=False) + "\n"
