"""The synthesisers that are installed, really speaking; and stand-ins for their faults."""

from __future__ import annotations

import shutil
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from models.sound.log_mel import SAMPLE_RATE
from models.training.speech import synthesiser, voices
from models.training.speech.effects import Samples
from models.training.speech.synthesiser import Call, Line, Stopped, Voice, VoiceError
from models.training.speech.voices import installed_voices

SENTENCE = "a small bird with a yellow belly and black wings"
INSTALLED = {voice.name: voice for voice in installed_voices()}
SOME = ("espeak-ng:en-us+f4", "flite:slt", "flite:kal16", "flite:rms", "festival:slt-hts")
"""Voices that are told speed and pitch in different ways."""

STAND_IN_FOR_PIPER = """#!{python}
import argparse, sys, time
from pathlib import Path
import numpy, soundfile
parser = argparse.ArgumentParser()
for option in ("-m", "-d", "--length-scale", "--noise-scale", "--noise-w-scale"):
    parser.add_argument(option, required=True)
options = parser.parse_args()
assert float(options.noise_scale) == float(options.noise_w_scale) == 0
Path(options.m + ".runs").open("a").write("x")
for line in sys.stdin:
    seconds = len(line.split()) * float(options.length_scale)
    path = Path(options.d) / f"{{time.monotonic_ns()}}.wav"
    soundfile.write(path, numpy.full(round(22050 * seconds), .1), 22050)
"""


def voice_named(name: str) -> Voice:
    if name not in INSTALLED:
        pytest.skip(f"{name} is not installed")
    return INSTALLED[name]


def seconds_spoken(samples: Samples) -> float:
    """Length without the silence around it."""
    loud = np.flatnonzero(np.abs(samples) > 0.02 * np.abs(samples).max())
    return float(loud[-1] - loud[0]) / SAMPLE_RATE


def mean_pitch(samples: Samples) -> float:
    """Median of what autocorrelation finds in voiced frames of 64 ms, in Hz."""
    found = []
    for start in range(0, len(samples) - 1024, 160):
        frame = samples[start : start + 1024].astype(np.float64)
        alike = np.correlate(frame, frame, "full")[1023:]
        period = SAMPLE_RATE // 350 + int(np.argmax(alike[SAMPLE_RATE // 350 : SAMPLE_RATE // 60]))
        if alike[period] > 0.6 * alike[0] > 0.01:
            found.append(SAMPLE_RATE / period)
    return float(np.median(found))


def failing(script: str) -> Voice:
    return Voice("stand-in:shell", lambda lines, folder: Call(["sh", "-c", script]))


def test_flite_is_there() -> None:
    assert {"flite:slt", "flite:awb", "flite:rms", "flite:kal16"} <= set(INSTALLED)


def test_every_voice_speaks_and_sounds_like_no_other() -> None:
    spoken = {name: voice.speak("a red bird") for name, voice in INSTALLED.items()}
    for name, samples in spoken.items():
        assert samples.dtype == np.float32 and samples.ndim == 1, name
        assert 0.4 < seconds_spoken(samples) < 2, name
        assert 0.05 < np.abs(samples).max() <= 1.2, name
    assert len({samples.tobytes() for samples in spoken.values()}) == len(spoken)


@pytest.mark.parametrize("name", SOME)
def test_speed_and_pitch_are_as_wanted_and_alone(name: str) -> None:
    voice = voice_named(name)
    normal = voice.speak(SENTENCE)
    for speed, pitch in ((1.25, 1.0), (0.8, 1.2), (1.0, 0.85)):
        changed = voice.speak(SENTENCE, speed, pitch)
        faster = seconds_spoken(normal) / seconds_spoken(changed)
        assert faster == pytest.approx(speed, rel=0.06), f"speed at {speed}, {pitch}"
        higher = mean_pitch(changed) / mean_pitch(normal)
        assert higher == pytest.approx(pitch, rel=0.07), f"pitch at {speed}, {pitch}"


@pytest.mark.parametrize("name", SOME)
def test_the_same_text_always_sounds_the_same(name: str) -> None:
    voice = voice_named(name)
    assert np.array_equal(voice.speak("a bird", 1.1, 0.9), voice.speak("a bird", 1.1, 0.9))


def test_what_festival_says_does_not_depend_on_the_other_lines() -> None:
    voice = voice_named("festival:slt-hts")
    lines = [Line("a red bird", 1.2, 1.1), Line('it "has" a \\ (blue) bill', 0.8)]
    together = voice.speak_lines(lines)
    for line, samples in zip(lines, together, strict=True):
        assert np.array_equal(samples, voice.speak(line.text, line.speed, line.pitch)), line


@pytest.mark.parametrize("text", ["-v bird", "$(exit 3) `x` a bird; it's “small”", "x"])
@pytest.mark.parametrize("name", ["espeak-ng:en-us", "flite:kal16"])
def test_texts_are_no_options_and_no_commands(name: str, text: str) -> None:
    assert len(voice_named(name).speak(text)) > SAMPLE_RATE / 10


def test_piper_speaks_lines_in_their_order_in_one_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "piper"
    program.write_text(STAND_IN_FOR_PIPER.format(python=sys.executable))
    program.chmod(0o755)
    model = tmp_path / "en_US-joe.onnx"
    model.touch()
    with pytest.raises(FileNotFoundError, match="piper, which is not installed"):
        monkeypatch.setenv("PATH", "")
        installed_voices(model)
    monkeypatch.setenv("PATH", str(tmp_path))
    (voice,) = installed_voices(model)
    assert voice.name == "piper:en_US-joe"

    lines = [Line("one two three", 0.8, 1.0), Line("one", 0.8, 1.0), Line("one two", 1.0, 1.25)]
    assert len({voice.together(line) for line in lines}) == 1, "the same --length-scale"
    lengths = [len(samples) / SAMPLE_RATE for samples in voice.speak_lines(lines)]
    assert lengths == pytest.approx([3.75, 1.25, 2.0], abs=0.001)
    assert model.with_name("en_US-joe.onnx.runs").read_text() == "x"
    with pytest.raises(FileNotFoundError, match="no Piper voice"):
        installed_voices(tmp_path / "other.onnx")


def test_without_a_synthesiser_there_is_no_voice(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    assert installed_voices() == []


def test_voices_that_a_synthesiser_does_not_have_are_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "flite"
    program.write_text("#!/bin/sh\necho 'Voices available: kal awb slt'\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [voice.name for voice in installed_voices()] == ["flite:slt", "flite:awb"]


@pytest.mark.parametrize(
    "script, complaint",
    [
        ("echo no such voice >&2; exit 7", "exit status 7: no such voice"),
        ("kill -SEGV $$", "exit status -11"),
        ("true", "spoke 0 texts of 1"),
    ],
)
def test_a_synthesiser_that_fails_is_told(script: str, complaint: str) -> None:
    with pytest.raises(VoiceError, match=complaint):
        failing(script).speak("a bird")


@pytest.mark.parametrize("content, complaint", [(b"", "cannot be read"), (None, "silence")])
def test_a_sound_without_sound_is_told(content: bytes | None, complaint: str) -> None:
    def write(lines: Sequence[Line], folder: Path) -> Call:
        import soundfile

        if content is None:
            soundfile.write(folder / "0.wav", np.zeros(SAMPLE_RATE), SAMPLE_RATE)
        else:
            (folder / "0.wav").write_bytes(content)
        return Call(["true"])

    with pytest.raises(VoiceError, match=complaint):
        Voice("stand-in:file", write).speak("a bird")


def test_a_synthesiser_that_hangs_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthesiser, "MAX_SECONDS", 0.1)
    with pytest.raises(VoiceError, match="took more than"):
        failing("exec sleep 100").speak("a bird")


def test_stopping_ends_the_synthesiser(tmp_path: Path) -> None:
    started, stop = tmp_path / "started", threading.Event()

    def stop_when_started() -> None:
        while not started.exists():
            time.sleep(0.01)
        stop.set()

    thread = threading.Thread(target=stop_when_started, daemon=True)
    thread.start()
    voice = failing(f"touch {started}; exec sleep 100")
    with pytest.raises(Stopped):
        voice.speak_lines([Line("a bird")], stop)
    with pytest.raises(Stopped):
        voice.speak_lines([Line("a bird")], stop)


def test_festival_is_looked_for_with_its_voice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voices, "FESTIVAL_HTS", tmp_path / "none")
    assert not any(voice.name.startswith("festival") for voice in installed_voices())
    if shutil.which("festival"):
        monkeypatch.setattr(voices, "FESTIVAL_HTS", tmp_path)
        assert any(voice.name == "festival:slt-hts" for voice in installed_voices())
