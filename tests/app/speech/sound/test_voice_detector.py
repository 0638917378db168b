"""Silero's voice detector, run with NumPy."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile

from app.speech.sound import silero
from app.speech.sound.recording import Recording
from app.speech.sound.silero import VoiceDetectorError, speech_probabilities
from app.speech.sound.voice_detector import find_speech
from tests.app.speech.conftest import RATE, as_recording
from tests.conftest import REPOSITORY
from tests.melody import melody
from tests.speech_fixtures import SpeakSentence


def vowels() -> np.ndarray:
    """A second of sound with the pitch and the formants of a voice."""
    time = np.arange(RATE) / RATE
    pitch = 2 * np.pi * np.cumsum(120 + 20 * np.sin(2 * np.pi * 3 * time)) / RATE
    moving = 200 * np.sin(2 * np.pi * 2 * time)
    sound = np.zeros(RATE)
    for overtone in range(1, 30):
        for formant in (500, 1500, 2500):
            loudness = np.exp(-(((overtone * 120 - formant - moving) / 150) ** 2))
            sound += np.sin(overtone * pitch) * loudness
    return (0.1 * sound * np.abs(np.sin(2 * np.pi * 2 * time))).astype(np.float32)


def test_it_gives_what_onnxruntime_gave() -> None:
    given = [0.287, 0.457, 0.659, 0.909, 0.896, 0.872, 0.811, 0.773, 0.843, 0.851, 0.847]
    assert speech_probabilities(vowels())[::3] == pytest.approx(given, abs=0.001)
    assert len(speech_probabilities(np.zeros(1024, np.float32))) == 3
    assert len(speech_probabilities(np.zeros(1, np.float32))) == 1


def test_from_the_first_word_to_the_last(spoken_sentence: SpeakSentence) -> None:
    voice = Recording.from_file(spoken_sentence("a small red bird")).resampled(RATE).as_float()
    loud = np.flatnonzero(np.abs(voice) > 0.05)
    word = voice[loud[0] : loud[-1]]
    for pause in (0.5, 1.5, 2.5):
        silence, end = (np.zeros(int(part * RATE), np.float32) for part in (pause, 3))
        sound = np.concatenate([silence, word, silence, word, end])
        speech = find_speech(as_recording(sound))
        assert speech is not None
        assert speech.seconds == pytest.approx(2 * len(word) / RATE + pause + 0.6, abs=0.35)
    for seconds in (0.0001, 0.1):
        assert find_speech(as_recording(word[: int(seconds * RATE)])) is None


def test_how_long_nobody_speaks_at_the_end_does_not_matter(spoken_sentence: SpeakSentence) -> None:
    recorded = Recording.from_file(spoken_sentence("a small red bird")).resampled(44_100)
    spoken = np.flatnonzero(np.abs(recorded.as_float()) > 0.05)[-1] + 1
    voices = []
    for pause in (0.3, 0.6, 1.2):
        silence = np.zeros(int(pause * recorded.rate), np.int16)
        samples = np.concatenate([recorded.samples[:spoken], silence])
        speech = find_speech(replace(recorded, samples=samples))
        assert speech is not None
        voices.append(speech.voice())
    for voice in voices:
        np.testing.assert_array_equal(voice, voices[0])
    assert 0 < len(voices[0]) / RATE - spoken / recorded.rate < 0.3


def test_no_library_that_reports_home_is_loaded(spoken_sentence: SpeakSentence) -> None:
    program = (
        "import sys; from app.speech.recognition.recognisers import load_transcriber\n"
        "from app.speech.sound.recording import Recording\n"
        "load_transcriber().transcribe(Recording.from_file(sys.argv[1]))\n"
        "print('onnxruntime' in sys.modules)"
    )
    command = [sys.executable, "-c", program, str(spoken_sentence("a small red bird"))]
    run = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True)
    assert run.stdout == "False\n", run.stderr


@pytest.mark.parametrize("content", [None, b"", b"no tensors at all"])
def test_a_damaged_detector_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: bytes | None
) -> None:
    path = tmp_path / "silero.safetensors"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setattr(silero, "_WEIGHTS", path)
    silero._weights.cache_clear()
    with pytest.raises(VoiceDetectorError, match=r"silero\.safetensors is missing or damaged"):
        find_speech(as_recording(vowels()))
    monkeypatch.undo()
    silero._weights.cache_clear()


def test_the_channel_with_the_voice_is_heard(
    tmp_path: Path, spoken_sentence: SpeakSentence
) -> None:
    # Of 'a small blue bird with …' in one channel, beside music in the other, half was understood.
    voice, rate = soundfile.read(spoken_sentence("a small blue bird"), dtype="float32")
    other = soundfile.read(spoken_sentence("it has a long black tail"), dtype="float32")[0]
    music = np.resize(melody(), len(voice)).astype(np.float32)
    music *= 1.5 * voice.std() / music.std()
    turns = np.pad(voice, (0, len(other))), np.pad(other, (len(voice), 0))
    for name, sounds, expected in (
        ("music", (music, voice), voice),
        ("quieter", (voice, 0.3 * voice), 0.65 * voice),
        ("turns", turns, (turns[0] + turns[1]) / 2),
    ):
        path = tmp_path / f"{name}.wav"
        soundfile.write(path, np.stack(sounds, axis=1), rate, subtype="FLOAT")
        assert Recording.from_file(path).as_float() == pytest.approx(expected, abs=1e-4), name


def test_a_whisper_is_heard_to_its_end(spoken_sentence: SpeakSentence) -> None:
    sentence = "a small red bird with black wings and a white belly"
    recording = Recording.from_file(spoken_sentence(sentence, "en-us+whisper"))
    speech = find_speech(recording)
    assert speech is not None and speech.seconds > 0.9 * recording.seconds  # it was a half
    assert speech.spoken > 0.8 * len(speech.samples)
