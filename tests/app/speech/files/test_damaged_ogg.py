"""Ogg files of which a part in the middle is missing or damaged."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
import soundfile

from app.speech.files import SoundFileError
from app.speech.sound.recording import Recording
from tests.app.speech.conftest import RATE
from tests.app.speech.files.test_sound_files import NOISE

SECONDS = 7
Damage = Callable[[list[bytes]], list[bytes]]


@pytest.fixture(scope="module", params=["VORBIS", "OPUS", "FLAC"])
def pages(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """Seven seconds of noise, by each encoder."""
    path = tmp_path_factory.mktemp("ogg") / "voice.ogg"
    sound = np.tile(NOISE, SECONDS)
    if request.param == "FLAC":
        with av.open(str(path), "w", format="ogg") as file:
            stream: Any = file.add_stream("flac", rate=RATE)
            stream.layout = "mono"
            for start in range(0, len(sound), 4096):
                part = np.ascontiguousarray(sound[None, start : start + 4096])
                frame = av.AudioFrame.from_ndarray(part, format="s16", layout="mono")
                frame.sample_rate, frame.pts = RATE, start
                file.mux(stream.encode(frame))
            file.mux(stream.encode(None))
    else:
        soundfile.write(path, sound, RATE, format="OGG", subtype=request.param)
    return [b"OggS" + page for page in path.read_bytes().split(b"OggS")[1:]]


def overwritten(pages: list[bytes], part: bytes, after: float) -> list[bytes]:
    """Put other bytes into the middle page."""
    middle = len(pages) // 2
    at = int(after * len(pages[middle]))
    page = pages[middle][:at] + part + pages[middle][at + len(part) :]
    return [*pages[:middle], page, *pages[middle + 1 :]]


def flipped(pages: list[bytes]) -> list[bytes]:
    """Change one bit of the middle page."""
    page = pages[len(pages) // 2]
    return overwritten(pages, bytes([page[len(page) // 2] ^ 1]), 0.5)


def without_middle(pages: list[bytes]) -> list[bytes]:
    return pages[: len(pages) // 2] + pages[len(pages) // 2 + 1 :]


@pytest.mark.parametrize(
    "damage",
    [
        without_middle,
        lambda pages: overwritten(pages, bytes(300), 0.5),
        lambda pages: overwritten(pages, bytes(300), 0),
        lambda pages: overwritten(pages, b"Ogg5", 0),
        flipped,
        lambda pages: [b"".join(pages)[: len(b"".join(pages)) // 2 + 40], *pages[-1:]],
    ],
)
def test_damage_in_the_middle_is_told(tmp_path: Path, pages: list[bytes], damage: Damage) -> None:
    path = tmp_path / "voice.ogg"
    assert len(pages) > 4
    path.write_bytes(b"".join(damage(pages)))
    with pytest.raises(
        SoundFileError, match=r"voice\.ogg is damaged: a part of the sound is missing"
    ):
        Recording.from_file(path)


def test_an_end_within_a_page_is_cut_off(tmp_path: Path, pages: list[bytes]) -> None:
    path = tmp_path / "voice.ogg"
    for there in (20, 27, 30, len(pages[-2]) - 1):
        path.write_bytes(b"".join(pages[:-2]) + pages[-2][:there])
        with pytest.raises(SoundFileError, match=r"voice\.ogg is cut off"):
            Recording.from_file(path)


def test_a_whole_one_is_read_whatever_stands_behind_it(tmp_path: Path, pages: list[bytes]) -> None:
    path = tmp_path / "voice.ogg"
    for behind in (b"", bytes(5000), b"TAG" + bytes(125), b"recorded by a programme\r\n"):
        path.write_bytes(b"".join(pages) + behind)
        assert Recording.from_file(path).seconds == pytest.approx(SECONDS, abs=0.05)


def test_a_broadcast_goes_on_later_than_its_beginning(tmp_path: Path, pages: list[bytes]) -> None:
    path = tmp_path / "voice.ogg"
    path.write_bytes(b"".join([*pages[:2], *pages[4:]]))
    assert 3 < Recording.from_file(path).seconds <= SECONDS
