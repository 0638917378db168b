from __future__ import annotations

import subprocess
import sys
from typing import Any

import pyaudio
import pytest

from app.speech.devices.microphone import (
    NoMicrophoneError,
    choose_microphone,
    list_microphones,
    microphones_of,
)
from app.speech.devices.portaudio import PyAudioMissingError, portaudio
from tests.speech_fixtures import PlugIn, SpeakSentence


def test_microphones_come_and_go(
    no_microphone: dict[str, str], virtual_microphone: PlugIn, spoken_sentence: SpeakSentence
) -> None:
    assert list_microphones() == []
    virtual_microphone(spoken_sentence("a red bird"), rate=44_100)
    first, *others = list_microphones()
    assert (first.name, first.rate, first.is_default) == ("default", 44_100, True)
    assert not any(other.is_default for other in others)


def test_a_device_that_is_gone_is_named_in_a_sentence(
    virtual_microphone: PlugIn, spoken_sentence: SpeakSentence
) -> None:
    virtual_microphone(spoken_sentence("a red bird"))
    with portaudio() as audio:
        assert choose_microphone(audio).is_default
        for microphone in list_microphones():
            assert choose_microphone(audio, microphone.index) == microphone
        with pytest.raises(
            NoMicrophoneError, match=r"no microphone number 99 here, but \d+ \(.+\)\.$"
        ):
            choose_microphone(audio, 99)


@pytest.mark.parametrize("wrong", [OSError(-9996, "Invalid device"), float("nan"), float("inf")])
def test_a_broken_device_does_not_hide_the_others(
    virtual_microphone: PlugIn,
    spoken_sentence: SpeakSentence,
    monkeypatch: pytest.MonkeyPatch,
    wrong: Exception | float,
) -> None:
    virtual_microphone(spoken_sentence("a red bird"))
    default, *_ = before = list_microphones()
    describe = pyaudio.PyAudio.get_device_info_by_index

    def with_broken(audio: pyaudio.PyAudio, index: int) -> dict[str, Any]:
        if index < len(before):
            return dict(describe(audio, index))
        if isinstance(wrong, Exception):
            raise wrong
        return dict(describe(audio, default.index)) | {"defaultSampleRate": wrong}

    count = pyaudio.PyAudio.get_device_count
    monkeypatch.setattr(pyaudio.PyAudio, "get_device_count", lambda audio: count(audio) + 1)
    monkeypatch.setattr(pyaudio.PyAudio, "get_device_info_by_index", with_broken)
    assert list_microphones() == before


class TwoWebcams:
    """PyAudio of a computer with two webcams of one make, in two sound systems, as on Windows."""

    names = ("C920", "Headset", "C920", "C920 (2)", "C920", "C920")

    def get_default_input_device_info(self) -> dict[str, Any]:
        return self.get_device_info_by_index(1)

    def get_device_count(self) -> int:
        return len(self.names)

    def get_device_info_by_index(self, index: int) -> dict[str, Any]:
        name, system = self.names[index], int(index > 3)
        return {
            **{"index": index, "name": name, "hostApi": system},
            **{"maxInputChannels": 2, "defaultSampleRate": 48_000.0},
        }


def test_each_of_two_microphones_of_one_name_can_be_chosen() -> None:
    audio = TwoWebcams()
    names = {microphone.index: microphone.name for microphone in microphones_of(audio)}
    assert names == {
        **{0: "C920", 1: "Headset", 2: "C920 (2)", 3: "C920 (2) (2)"},
        **{4: "C920", 5: "C920 (2)"},
    }
    chosen = [choose_microphone(audio, names[index]).index for index in range(4)]
    assert chosen == [0, 1, 2, 3]


def test_no_microphone_is_a_sentence_and_nothing_is_printed(
    no_microphone: dict[str, str], capfd: pytest.CaptureFixture[str]
) -> None:
    with portaudio() as audio, pytest.raises(NoMicrophoneError, match="no microphone here"):
        choose_microphone(audio)
    # The sound libraries print below Python, where only the file descriptor can be watched.
    assert capfd.readouterr() == ("", "")


def test_without_pyaudio(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyaudio", None)
    with pytest.raises(PyAudioMissingError, match=r"needs PyAudio.*Typing works"):
        list_microphones()


def test_speech_loads_nothing_heavy_until_it_is_used() -> None:
    program = (
        "import sys, app.speech.devices.microphone, app.speech.devices.recorder\n"
        "import app.speech.recognition.transcriber\n"
        "print(*{'pyaudio', 'tkinter', 'torch', 'faster_whisper', 'speech_recognition'}"
        " & set(sys.modules))"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert (run.returncode, run.stdout.strip(), run.stderr) == (0, "", "")
