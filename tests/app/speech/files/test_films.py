"""Films that have several sounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from app.speech.files import SoundFileError
from app.speech.recognition.transcriber import NothingHeardError, speech_in
from app.speech.sound.recording import Recording

RATE = 48_000


def film(path: Path, codec: str, loudness: tuple[int, ...], **options: str) -> Path:
    """Write two seconds of a film that has one sound after the other, of so loud noise."""
    noise = np.random.default_rng(2).normal(size=(1, 2 * RATE))
    with av.open(str(path), "w", options=options) as file:
        streams: list[Any] = [file.add_stream(codec, rate=RATE, layout="mono") for _ in loudness]
        for stream, amount in zip(streams, loudness, strict=True):
            samples = (amount * noise).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = RATE
            for each in (frame, None):
                file.mux(stream.encode(each))
    return path


@pytest.mark.parametrize("layout", ["stereo", "5.1", "7.1"])
def test_a_film_of_many_channels_is_read(tmp_path: Path, layout: str) -> None:
    path = tmp_path / "film.mp4"
    with av.open(str(path), "w") as file:
        stream: Any = file.add_stream("aac", rate=RATE, layout=layout)
        channels = len(stream.layout.channels)
        samples = (np.random.default_rng(2).normal(size=(1, 2 * RATE)) * 3000).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(samples.repeat(channels, 1), "s16", layout)
        frame.sample_rate = RATE
        for each in (frame, None):
            file.mux(stream.encode(each))
    recording = Recording.from_file(path)
    assert recording.seconds == pytest.approx(2, abs=0.1)
    assert 0.03 < recording.loudness < 0.12


def test_a_film_in_parts_that_lost_its_end_is_cut_off(tmp_path: Path) -> None:
    """As browsers and phones record: each part tells its own length alone."""
    path = film(
        tmp_path / "film.mp4", "aac", (3000,), movflags="empty_moov", frag_duration="400000"
    )
    content = path.read_bytes()
    assert Recording.from_file(path).seconds == pytest.approx(2, abs=0.1)
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(SoundFileError, match="is cut off"):
        Recording.from_file(path)


@pytest.mark.parametrize(
    ("name", "codec"), [("a.mp4", "aac"), ("a.mkv", "aac"), ("a.webm", "libopus")]
)
def test_a_silent_sound_gives_way_to_another(tmp_path: Path, name: str, codec: str) -> None:
    for loudness in ((0, 3000), (3000, 0), (0, 0, 3000), (3000, 9000)):
        recording = Recording.from_file(film(tmp_path / name, codec, loudness))
        assert recording.seconds == pytest.approx(2, abs=0.1)
        assert 0.05 < recording.loudness < 0.12, loudness  # 3000
    with pytest.raises(NothingHeardError, match="The file is silent"):
        speech_in(Recording.from_file(film(tmp_path / name, codec, (0, 0))).resampled(16_000))
