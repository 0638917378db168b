"""Films that have several sounds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from app.speech.recognition.transcriber import NothingHeardError, speech_in
from app.speech.sound.recording import Recording

RATE = 48_000


def film(path: Path, codec: str, loudness: tuple[int, ...]) -> Path:
    """Write two seconds of a film that has one sound after the other, of so loud noise."""
    noise = np.random.default_rng(2).normal(size=(1, 2 * RATE))
    with av.open(str(path), "w") as file:
        streams: list[Any] = [file.add_stream(codec, rate=RATE, layout="mono") for _ in loudness]
        for stream, amount in zip(streams, loudness, strict=True):
            samples = (amount * noise).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(samples, format="s16", layout="mono")
            frame.sample_rate = RATE
            for each in (frame, None):
                file.mux(stream.encode(each))
    return path


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
