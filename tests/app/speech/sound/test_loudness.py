"""What loudness tells: advice about the microphone, and when a person has finished."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from app.speech.sound.loudness import PauseDetector, advice
from app.speech.sound.recording import Recording
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
    detector = PauseDetector()
    for start in range(0, len(sound), CHUNK):
        chunk = as_recording(sound[start : start + CHUNK])
        if detector.feed(chunk.loudness, chunk.seconds) >= 1.5:
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


@pytest.mark.parametrize("offset", [0.01, -0.02, 0.2])
def test_an_offset_of_the_device_is_no_voice(voice: np.ndarray, offset: float) -> None:
    sound = np.concatenate([np.zeros(RATE), 0.2 * voice, np.zeros(4 * RATE)]) + offset
    stopped = stops_after(sound + 0.0005 * np.random.default_rng(1).standard_normal(len(sound)))
    end = 1 + len(voice) / RATE
    assert stopped is not None and end + 0.8 < stopped < end + 2.2


@pytest.mark.parametrize("zeros", [0.05, 0.3, 2.0])
def test_it_waits_beside_a_fan_that_a_device_hears_late(zeros: float) -> None:
    fan = 0.006 * np.random.default_rng(1).standard_normal(20 * RATE)
    assert stops_after(np.concatenate([np.zeros(int(zeros * RATE)), fan])) is None


def test_it_stops_beside_a_fan_that_a_device_hears_late(voice: np.ndarray) -> None:
    sound = np.concatenate([np.zeros(RATE), voice, np.zeros(4 * RATE)])
    sound = sound + 0.006 * np.random.default_rng(1).standard_normal(len(sound))
    stopped = stops_after(np.concatenate([np.zeros(RATE // 3), sound]))
    end = 1 + 1 / 3 + len(voice) / RATE
    assert stopped is not None and end + 0.8 < stopped < end + 2.2


@pytest.mark.parametrize("before", [0.0, 0.5, 5.0])
def test_it_stops_after_a_few_words_into_a_microphone_that_mutes_pauses(
    spoken_sentence: SpeakSentence, before: float
) -> None:
    said = Recording.from_file(spoken_sentence("a red bird")).resampled(RATE).as_float()
    loud = np.flatnonzero(np.abs(said) > 0.02)
    said = said[loud[0] : loud[-1]]
    sound = np.concatenate([np.zeros(int(before * RATE)), said, np.zeros(4 * RATE)])
    stopped = stops_after(sound)
    end = before + len(said) / RATE
    assert stopped is not None and end + 1.3 < stopped < end + 1.6


def test_it_waits_for_a_person_who_has_not_begun(voice: np.ndarray) -> None:
    assert stops_after(np.zeros(20 * RATE)) is None
    click = np.zeros(10 * RATE)
    click[RATE : RATE + 800] = 0.8
    assert stops_after(click) is None
