"""Playing: a loudspeaker that writes a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyaudio
import pytest

from app.speech.devices.player import LoudspeakerError, play
from app.speech.devices.portaudio import PyAudioMissingError
from app.speech.sound.recording import Recording
from tests.app.speech.conftest import as_recording

_LOUDSPEAKER = """
</usr/share/alsa/alsa.conf>
pcm.paper {{ type file slave.pcm null file "{path}" format raw }}
pcm.!default {{ type plug slave {{ pcm paper rate 48000 channels 1 format S16_LE }} }}
pcm.!hw {{ type hw card 99 }}
"""


@pytest.fixture
def loudspeaker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Plug in a loudspeaker; return the file of 48 kHz samples that it writes."""
    path, configuration = tmp_path / "played.raw", tmp_path / "asound.conf"
    configuration.write_text(_LOUDSPEAKER.format(path=path))
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(configuration))
    monkeypatch.setenv("JACK_NO_START_SERVER", "1")
    return path


def tone() -> Recording:
    return as_recording(0.5 * np.sin(2 * np.pi * 440 * np.arange(16_000) / 16_000))


def test_what_was_recorded_is_heard(loudspeaker: Path) -> None:
    play(tone(), lambda: False)
    played = np.fromfile(loudspeaker, dtype="<i2").astype(float)
    assert len(played) >= 45_000
    middle = played[4_800:40_800]
    spectrum = np.abs(np.fft.rfft(middle * np.hanning(len(middle))))
    assert np.argmax(spectrum) * 48_000 / len(middle) == pytest.approx(440, abs=3)
    assert np.abs(middle).max() == pytest.approx(0.5 * 32767, rel=0.05)


def test_playing_can_be_stopped(loudspeaker: Path) -> None:
    asked = iter([False, False, True])
    play(tone(), lambda: next(asked))
    assert len(np.fromfile(loudspeaker, dtype="<i2")) < 24_000


def test_a_loudspeaker_that_was_unplugged_is_a_sentence(
    loudspeaker: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_close = pyaudio.PyAudio.Stream.close

    def fail(*arguments: object) -> None:
        raise OSError(-9999, "Unanticipated host error")

    def close(stream: pyaudio.PyAudio.Stream) -> None:
        really_close(stream)
        fail()

    monkeypatch.setattr(pyaudio.PyAudio.Stream, "write", fail)
    monkeypatch.setattr(pyaudio.PyAudio.Stream, "close", close)
    with pytest.raises(LoudspeakerError, match="perhaps it was unplugged"):
        play(tone(), lambda: False)


def test_no_loudspeaker_is_a_sentence(no_microphone: dict[str, str]) -> None:
    with pytest.raises(LoudspeakerError, match="cannot be played"):
        play(tone(), lambda: False)


def test_no_pyaudio_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyaudio", None)
    with pytest.raises(PyAudioMissingError, match="PyAudio"):
        play(tone(), lambda: False)
