"""Voices, sounds without a voice, and the recogniser that all speech tests share."""

from __future__ import annotations

import numpy as np
import pytest

from app.speech.recognition.recognisers import load_transcriber
from app.speech.recognition.transcriber import Transcriber
from app.speech.sound.recording import Recording
from tests.speech_fixtures import no_microphone, spoken_sentence, virtual_microphone

__all__ = ["no_microphone", "spoken_sentence", "virtual_microphone"]

RATE = 16_000


@pytest.fixture(scope="session")
def transcriber() -> Transcriber:
    """The recogniser that a person gets."""
    return load_transcriber()


def as_recording(sound: np.ndarray, rate: int = RATE) -> Recording:
    """Return floats between -1 and 1 as a recording."""
    return Recording((np.clip(sound, -1, 1) * 32767).astype(np.int16), rate)


def sounds_without_voice() -> dict[str, Recording]:
    """Return three seconds each of what a microphone hears in a room where nobody speaks."""
    random = np.random.default_rng(0)
    length = 3 * RATE
    time = np.arange(length) / RATE
    white = random.normal(size=length)
    rumble = np.cumsum(white)
    clicks = np.zeros(length)
    clicks[:: RATE // 2] = 0.9
    return {
        "silence": as_recording(np.zeros(length)),
        "faint hiss": as_recording(0.002 * white),
        "hiss": as_recording(0.05 * white),
        "loud hiss": as_recording(0.3 * white),
        "rumble": as_recording(0.4 * rumble / np.abs(rumble).max()),
        "mains hum": as_recording(0.2 * np.sin(2 * np.pi * 50 * time)),
        "whistle": as_recording(0.3 * np.sin(2 * np.pi * 1000 * time)),
        "clicks": as_recording(clicks),
        "nothing at all": as_recording(np.zeros(0)),
    }
