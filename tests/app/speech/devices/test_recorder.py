from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyaudio
import pytest
import soundfile

from app.speech.devices import recorder as recorder_module
from app.speech.devices.microphone import NoMicrophoneError
from app.speech.devices.portaudio import PyAudioMissingError
from app.speech.devices.recorder import DeviceFailedError, Recorder
from app.speech.recognition.transcriber import Transcriber
from app.speech.sound.recording import Recording
from tests.app.speech.conftest import as_recording
from tests.speech_fixtures import PlugIn, SpeakSentence

SENTENCE = "a small red bird with black wings and a white belly"


def wait_until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.01)


def record(recorder: Recorder, seconds: float) -> Recording:
    recorder.start()
    wait_until(lambda: recorder.seconds >= seconds)
    return recorder.stop()


@pytest.mark.parametrize("rate", [48_000, 16_000])
def test_a_spoken_sentence_is_recorded_and_understood(
    virtual_microphone: PlugIn,
    spoken_sentence: SpeakSentence,
    transcriber: Transcriber,
    rate: int,
) -> None:
    sound_file = spoken_sentence(SENTENCE)
    virtual_microphone(sound_file, rate)
    levels: list[float] = []
    recorder = Recorder(on_level=levels.append)
    began = time.monotonic()
    recording = record(recorder, Recording.from_file(sound_file).seconds + 0.2)
    took = time.monotonic() - began
    assert recording.rate == rate
    assert recording.seconds == pytest.approx(took, abs=0.5)
    assert len(levels) == pytest.approx(recording.seconds / recorder_module.CHUNK_SECONDS, abs=2)
    assert max(levels) == pytest.approx(recording.peak, abs=0.01)
    assert recorder.level == 0.0
    assert not recorder.is_recording
    assert recorder.failure is None
    assert transcriber.transcribe(recording) == SENTENCE


def refuse(
    monkeypatch: pytest.MonkeyPatch,
    refused: Callable[[dict[str, Any]], bool],
    error: tuple[int, str] = (-9997, "Invalid sample rate"),
) -> None:
    """Make devices refuse to be opened in some ways, as PortAudio words it."""
    really_open = pyaudio.PyAudio.open

    def open_device(audio: pyaudio.PyAudio, **wishes: Any) -> Any:
        if refused(wishes):
            raise OSError(*error)
        return really_open(audio, **wishes)

    monkeypatch.setattr(pyaudio.PyAudio, "open", open_device)


@pytest.mark.parametrize("own_rate", [44_100, 48_000])
def test_a_device_that_refuses_16_khz_is_recorded_at_its_own_rate(
    virtual_microphone: PlugIn,
    spoken_sentence: SpeakSentence,
    monkeypatch: pytest.MonkeyPatch,
    own_rate: int,
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE), own_rate)
    refuse(monkeypatch, lambda wishes: wishes["rate"] != own_rate)
    recording = record(Recorder(), 1.0)
    assert recording.rate == own_rate
    assert recording.peak > 0.1


@pytest.fixture
def tone(tmp_path: Path) -> Path:
    """Two seconds of 440 Hz."""
    time_axis = np.arange(2 * 48_000) / 48_000
    tone = as_recording(0.5 * np.sin(2 * np.pi * 440 * time_axis), 48_000)
    soundfile.write(tmp_path / "tone.wav", tone.samples, tone.rate)
    return tmp_path / "tone.wav"


def pitch(recording: Recording) -> float:
    """Return the loudest frequency; two channels taken for one would sound an octave lower."""
    return float(np.abs(np.fft.rfft(recording.as_float())).argmax()) / recording.seconds


@pytest.mark.parametrize("channels", [2, 4, 6, 8])
def test_a_device_that_offers_all_its_channels_or_none_is_mixed(
    virtual_microphone: PlugIn, tone: Path, monkeypatch: pytest.MonkeyPatch, channels: int
) -> None:
    virtual_microphone(tone)
    describe = pyaudio.PyAudio.get_device_info_by_index
    monkeypatch.setattr(
        pyaudio.PyAudio,
        "get_device_info_by_index",
        lambda *arguments: describe(*arguments) | {"maxInputChannels": channels},
    )
    refuse(
        monkeypatch,
        lambda wishes: wishes["channels"] != channels,
        (-9998, "Invalid number of channels"),
    )
    mixed = record(Recorder(), 1.0)
    assert pitch(mixed) == pytest.approx(440, abs=3)
    assert mixed.peak > 0.2


def test_a_device_that_refuses_its_own_rate_is_recorded_at_another(
    virtual_microphone: PlugIn, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual_microphone(tone)
    refuse(monkeypatch, lambda wishes: wishes["rate"] not in (16_000, 8_000))
    recorder = Recorder()
    recording = record(recorder, 1.0)
    assert recorder.microphone is not None
    assert recording.rate == recorder.microphone.rate == 16_000
    assert pitch(recording) == pytest.approx(440, abs=3)


def test_a_device_that_cannot_be_opened(
    virtual_microphone: PlugIn, spoken_sentence: SpeakSentence, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    refuse(monkeypatch, lambda wishes: True)
    recorder = Recorder()
    with pytest.raises(DeviceFailedError, match="“default” cannot be opened at 48000 Hz, the rate"):
        recorder.start()
    assert not recorder.is_recording
    refuse(monkeypatch, lambda wishes: True, (-9985, "Device unavailable"))
    with pytest.raises(
        DeviceFailedError,
        match=r"“default” cannot be opened \(Device unavailable\); perhaps another",
    ):
        Recorder().start()


def test_a_library_that_fails_and_a_recording_without_sound(
    virtual_microphone: PlugIn, spoken_sentence: SpeakSentence, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))

    def fail(*arguments: Any, **options: Any) -> bytes:
        raise MemoryError("no buffer")

    monkeypatch.setattr(pyaudio.PyAudio.Stream, "read", fail)
    recorder = Recorder()
    with pytest.raises(DeviceFailedError, match=r"failed \(no buffer\)\. Check that it is plugged"):
        recorder.start()
    assert not recorder.is_recording
    unused = Recorder()
    unused._thread.start()
    wait_until(lambda: unused.failure is not None)
    unused.failure = None
    with pytest.raises(DeviceFailedError, match=r"before there was any sound\. Record again"):
        unused.stop()


def test_a_system_whose_sound_does_not_begin(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(audio: pyaudio.PyAudio) -> None:
        raise OSError(-9999, "Unanticipated host error")

    monkeypatch.setattr(pyaudio.PyAudio, "__init__", fail)
    told = r"\(Unanticipated host error\)\. .*, choose another one,"
    with pytest.raises(DeviceFailedError, match=told):
        Recorder().start()


def test_a_device_that_falls_silent_for_ever(
    virtual_microphone: PlugIn,
    spoken_sentence: SpeakSentence,
    transcriber: Transcriber,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound_file = spoken_sentence(SENTENCE)
    virtual_microphone(sound_file, vanish=True)
    monkeypatch.setattr(recorder_module, "ANSWER_SECONDS", 0.5)
    recorder = Recorder()
    recorder.start()
    wait_until(lambda: not recorder.is_recording)
    began = time.monotonic()
    recording = recorder.stop()
    assert time.monotonic() - began < 0.2
    assert recording.seconds == pytest.approx(Recording.from_file(sound_file).seconds, abs=0.2)
    assert "perhaps it was unplugged" in str(recorder.failure)
    assert transcriber.transcribe(recording) == SENTENCE


def test_a_device_that_fails_in_the_middle(
    virtual_microphone: PlugIn, spoken_sentence: SpeakSentence, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    really_read = pyaudio.PyAudio.Stream.read
    reads = []

    def read(stream: Any, *arguments: Any, **options: Any) -> bytes:
        reads.append(stream)
        if len(reads) > 5:
            raise OSError(-9999, "Unanticipated host error")
        return bytes(really_read(stream, *arguments, **options))

    monkeypatch.setattr(pyaudio.PyAudio.Stream, "read", read)
    recorder = Recorder()
    recorder.start()
    wait_until(lambda: not recorder.is_recording)
    assert recorder.stop().seconds == pytest.approx(0.25)
    assert "perhaps it was unplugged" in str(recorder.failure)
    reads.clear()
    reads.extend([None] * 5)
    with pytest.raises(DeviceFailedError, match="unplugged"):
        Recorder().start()


def test_a_device_that_never_gives_sound(
    virtual_microphone: PlugIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    almost_nothing = tmp_path / "almost_nothing.wav"
    soundfile.write(almost_nothing, np.zeros(10), 48_000)
    virtual_microphone(almost_nothing, vanish=True)
    monkeypatch.setattr(recorder_module, "OPENING_SECONDS", 0.3)
    with pytest.raises(DeviceFailedError, match="gives no sound"):
        Recorder().start()


def test_recording_ends_by_itself(
    virtual_microphone: PlugIn, spoken_sentence: SpeakSentence
) -> None:
    virtual_microphone(spoken_sentence(SENTENCE))
    recorder = Recorder(max_seconds=0.33)
    recorder.start()
    wait_until(lambda: not recorder.is_recording)
    assert recorder.failure is None
    assert len(recorder.stop().samples) == int(0.33 * 48_000)


def test_no_microphone_bad_index_and_no_pyaudio(
    no_microphone: dict[str, str],
    virtual_microphone: PlugIn,
    spoken_sentence: SpeakSentence,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(NoMicrophoneError, match="no microphone here"):
        Recorder().start()
    virtual_microphone(spoken_sentence(SENTENCE))
    with pytest.raises(NoMicrophoneError, match="number 99"):
        Recorder(99).start()
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    with pytest.raises(PyAudioMissingError):
        Recorder().start()
    assert not [thread for thread in threading.enumerate() if thread.name == "recorder"]


def test_a_device_that_claims_more_channels_than_it_has(
    virtual_microphone: PlugIn, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual_microphone(tone)
    describe = pyaudio.PyAudio.get_device_info_by_index
    monkeypatch.setattr(
        pyaudio.PyAudio,
        "get_device_info_by_index",
        lambda *arguments: describe(*arguments) | {"maxInputChannels": 128},
    )
    refuse(
        monkeypatch,
        lambda wishes: wishes["channels"] != 4 or wishes["rate"] != 88_200,
        (-9998, "Invalid number of channels"),
    )
    recording = record(Recorder(), 1.0)
    assert recording.rate == 88_200
    assert pitch(recording) == pytest.approx(440, abs=3)


def test_a_device_with_a_long_name_that_cannot_be_opened(
    virtual_microphone: PlugIn, tone: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    virtual_microphone(tone)
    describe = pyaudio.PyAudio.get_device_info_by_index
    monkeypatch.setattr(
        pyaudio.PyAudio,
        "get_device_info_by_index",
        lambda *arguments: describe(*arguments) | {"name": "Mic" * 200},
    )
    refuse(monkeypatch, lambda wishes: True, (-9985, "Device unavailable"))
    with pytest.raises(DeviceFailedError, match=r"M…” cannot be opened") as told:
        Recorder().start()
    assert len(str(told.value)) < 250
