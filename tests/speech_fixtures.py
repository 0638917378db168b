"""Voices and microphones without a person and without hardware; imported by ``conftest.py``.

A sentence is spoken by flite, or in another language by espeak-ng, into a file. A file becomes a
microphone through ALSA: a configuration named by ``ALSA_CONFIG_PATH`` whose default device reads
a named pipe, into which ``microphone_feeder.py`` speaks the file in real time. Everything above
that is the real thing: PortAudio, PyAudio, the recorder, Whisper.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.speech.sound.recording import Recording

SpeakSentence = Callable[..., Path]
PlugIn = Callable[..., dict[str, str]]

_FEEDER = Path(__file__).with_name("microphone_feeder.py")

_DEVICE = """
</usr/share/alsa/alsa.conf>
pcm.speaking_file {{
    type file
    slave.pcm null
    file /dev/null
    infile "{pipe}"
    format raw
}}
pcm.!default {{
    type plug
    slave {{ pcm speaking_file rate {rate} channels 1 format S16_LE }}
}}
pcm.!hw {{ type hw card 99 }}
"""

# The real sound cards of a developer's computer are hidden too.
_NO_DEVICE = """
</usr/share/alsa/alsa.conf>
pcm.!default { type hw card 99 }
pcm.!hw { type hw card 99 }
"""


@pytest.fixture(scope="session")
def spoken_sentence(tmp_path_factory: pytest.TempPathFactory) -> SpeakSentence:
    """Give ``spoken_sentence(text, language="en")``: the path of a WAV file that says ``text``."""
    folder = tmp_path_factory.mktemp("voices")
    spoken: dict[tuple[str, str], Path] = {}

    def speak(text: str, language: str = "en") -> Path:
        if (text, language) not in spoken:
            path = folder / f"sentence{len(spoken)}.wav"
            flite = ["flite", "-voice", "rms", "-t", text, "-o", str(path)]
            espeak = ["espeak-ng", "-v", language, "-s", "150", "-w", str(path), text]
            command = flite if language == "en" else espeak
            subprocess.run(command, check=True, timeout=30, capture_output=True)
            spoken[text, language] = path
        return spoken[text, language]

    return speak


@pytest.fixture
def virtual_microphone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PlugIn]:
    """Give ``virtual_microphone(sound_file, rate=48000, vanish=False)``.

    It plugs in a microphone that hears the sound file from its beginning whenever it is opened,
    then silence (with ``vanish=True``: then it is unplugged). The environment variables that do
    it are set for this process and returned for others.
    """
    feeders: list[subprocess.Popen[bytes]] = []

    def plug_in(sound_file: Path, rate: int = 48_000, vanish: bool = False) -> dict[str, str]:
        folder = tmp_path / f"microphone{len(feeders)}"
        folder.mkdir()
        feeder, environment = speaking_microphone(sound_file, folder, rate, vanish)
        feeders.append(feeder)
        return _use(environment, monkeypatch)

    yield plug_in
    for feeder in feeders:
        feeder.kill()
        feeder.wait()


@pytest.fixture
def no_microphone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Unplug every microphone, for this process and (the returned environment) for others."""
    return _use(_configure(tmp_path / "no_device.conf", _NO_DEVICE), monkeypatch)


def speaking_microphone(
    sound_file: Path, folder: Path, rate: int = 48_000, vanish: bool = False
) -> tuple[subprocess.Popen[bytes], dict[str, str]]:
    """Return what speaks a file into a microphone, and the environment that has this microphone.

    Parameters
    ----------
    folder : an empty one for its files.
    rate, vanish : as for the fixture `virtual_microphone`.
    """
    pipe, raw = folder / "pipe", folder / "sound.raw"
    os.mkfifo(pipe)
    sound = Recording.from_file(sound_file).resampled(rate)
    raw.write_bytes(sound.samples.astype("<i2").tobytes())
    command = [sys.executable, str(_FEEDER), str(raw), str(pipe), str(rate)]
    feeder = subprocess.Popen(command + ["--vanish"] * vanish)
    return feeder, _configure(folder / "asound.conf", _DEVICE.format(pipe=pipe, rate=rate))


def _configure(path: Path, configuration: str) -> dict[str, str]:
    path.write_text(configuration)
    # PortAudio asks JACK too; no server is to be started for it.
    return {"ALSA_CONFIG_PATH": str(path), "JACK_NO_START_SERVER": "1"}


def _use(environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return environment
