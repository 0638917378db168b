"""What loudness tells: advice about the microphone, and when a person has finished."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.speech.loudness import PauseDetector, advice
from app.speech.recording import Recording
from tests.app.speech.conftest import RATE, as_recording
from tests.speech_fixtures import SpeakSentence

CHUNK = RATE // 20


@pytest.fixture
def voice(spoken_sentence: SpeakSentence) -> np.ndarray:
    """Two seconds and more of speech, as floats."""
    path: Path = spoken_sentence("a small red bird with black wings")
    return Recording.from_file(path).resampled(RATE).as_float()


def test_advice(voice: np.ndarray) -> None:
    assert advice(as_recording(voice)) is None
    assert "muted" in str(advice(as_recording(0 * voice)))
    assert "very quiet" in str(advice(as_recording(0.01 * voice)))
    assert "too loud" in str(advice(as_recording(8 * voice)))


def stops_after(sound: np.ndarray) -> float | None:
    """Seconds after which the detector says that the person is done; None for never."""
    detector = PauseDetector(pause=1.5)
    for start in range(0, len(sound), CHUNK):
        chunk = as_recording(sound[start : start + CHUNK])
        if detector.feed(chunk.loudness, chunk.seconds):
            return start / RATE
    return None


@pytest.mark.parametrize("fan", [0.0, 0.003, 0.02])
def test_it_stops_after_the_pause_and_not_before(voice: np.ndarray, fan: float) -> None:
    before, after = np.zeros(2 * RATE), np.zeros(4 * RATE)
    sound = np.concatenate([before, voice, after])
    sound = sound + fan * np.random.default_rng(1).standard_normal(len(sound))
    stopped = stops_after(sound)
    end = 2 + len(voice) / RATE
    assert stopped is not None and end + 0.8 < stopped < end + 2.2


def test_it_waits_for_a_person_who_has_not_begun(voice: np.ndarray) -> None:
    assert stops_after(np.zeros(20 * RATE)) is None
    click = np.zeros(10 * RATE)
    click[RATE : RATE + 800] = 0.8
    assert stops_after(click) is None
