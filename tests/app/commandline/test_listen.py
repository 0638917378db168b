"""The command ``listen``: sound files, the microphone, and what is heard of either."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile
from PIL import Image

from app.commandline import cli
from app.pictures.picture_file import read_metadata
from app.speech.recognition.choices import RECOGNISERS
from app.speech.sound.recording import Recording
from tests.app.commandline.command_line import failure, run
from tests.conftest import REPOSITORY
from tests.speech_fixtures import PlugIn, SpeakSentence

SENTENCE = "a small red bird with black wings"


def test_listen_to_a_file_and_draw(tmp_path: Path, spoken_sentence: SpeakSentence) -> None:
    path = tmp_path / "bird.png"
    result = run("listen", spoken_sentence(SENTENCE), "-o", path, "--seed", 3)
    assert result.returncode == 0, result.stderr
    assert result.stdout.lower().strip().rstrip(".") == SENTENCE
    metadata = read_metadata(path)
    assert metadata.sentence == result.stdout.strip() and metadata.seed == 3
    with Image.open(path) as image:
        assert image.size == (512, 512)


def test_draw_straight_from_sound(
    tmp_path: Path, spoken_sentence: SpeakSentence, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bird.png"
    result = run("listen", spoken_sentence(SENTENCE), "--direct", "-o", path, "--seed", 3)
    assert result.returncode == 0 and result.stdout == "", result.stderr
    metadata = read_metadata(path)
    assert (metadata.way, metadata.sentence, metadata.seed) == ("sound", "", 3)
    assert "drawn straight from sound" in failure(
        capsys, 1, "draw", "--from", path, "-o", tmp_path / "again.png"
    )


@pytest.mark.parametrize("way", [["--recogniser", "sphinx"], ["--direct", "-o", "bird.png"]])
def test_a_sound_that_is_too_loud_is_told(
    way: list[str],
    spoken_sentence: SpeakSentence,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    sound = Recording.from_file(spoken_sentence(SENTENCE))
    soundfile.write(tmp_path / "loud.wav", np.clip(30 * sound.as_float(), -1, 1), sound.rate)
    monkeypatch.chdir(tmp_path)
    cli.main(["listen", "loud.wav", *way])
    assert "too loud and crackles" in capsys.readouterr().err


def test_another_recogniser_listens(
    spoken_sentence: SpeakSentence, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in RECOGNISERS:  # the command line names them without loading them
        assert cli.build_parser().parse_args(["listen", "--recogniser", name]).recogniser == name
    assert cli.main(["listen", str(spoken_sentence(SENTENCE)), "--recogniser", "sphinx"]) == 0
    assert "bird" in capsys.readouterr().out


def test_google_without_a_network(
    spoken_sentence: SpeakSentence,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for variable in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(variable, "http://127.0.0.1:9")  # nobody listens at this port
    sound = str(spoken_sentence(SENTENCE))
    assert cli.main(["listen", sound, "--recogniser", "google"]) == 1
    told = capsys.readouterr().err
    assert "your voice is sent to Google" in told and "Google cannot be reached" in told


def test_listen_to_the_microphone_until_enter(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn
) -> None:
    environment = os.environ | virtual_microphone(spoken_sentence(SENTENCE))
    process = subprocess.Popen(
        [sys.executable, str(REPOSITORY / "main.py"), "listen"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    assert process.stderr is not None
    lines = iter(process.stderr.readline, "")
    assert any("press Enter" in line for line in lines)  # sound libraries may grumble before
    time.sleep(3.5)
    output, errors = process.communicate("\n", timeout=60)
    assert process.returncode == 0, errors
    assert output.lower().strip().rstrip(".") == SENTENCE


def test_listen_to_the_microphone_for_some_seconds(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn
) -> None:
    environment = os.environ | virtual_microphone(spoken_sentence(SENTENCE))
    result = run("listen", "--seconds", 3.5, env=environment)
    assert result.returncode == 0, result.stderr
    assert result.stdout.lower().strip().rstrip(".") == SENTENCE


def test_a_microphone_that_is_unplugged_is_told(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn
) -> None:
    sound = spoken_sentence(SENTENCE)
    environment = os.environ | virtual_microphone(sound, vanish=True)
    terminal, errors = os.openpty()
    process = subprocess.Popen(
        [sys.executable, str(REPOSITORY / "main.py"), "listen"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
        env=environment,
    )
    os.close(errors)
    told, deadline = "", time.monotonic() + 40
    while "Recording has ended; press Enter." not in told:
        assert time.monotonic() < deadline, told
        told += os.read(terminal, 10_000).decode()
    output, _ = process.communicate("\n", timeout=60)
    told += os.read(terminal, 10_000).decode()
    os.close(terminal)
    assert output.lower().strip().rstrip(".") == SENTENCE
    assert "perhaps it was unplugged" in told and told.count("has ended") == 1
    shown = float(re.findall(r"([\d.]+) s ", told)[-1])
    assert shown == pytest.approx(Recording.from_file(sound).seconds, abs=0.3)


def test_a_microphone_that_is_unplugged_ends_the_seconds(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn
) -> None:
    environment = os.environ | virtual_microphone(spoken_sentence(SENTENCE), vanish=True)
    begun = time.monotonic()
    result = run("listen", "--seconds", 60, env=environment)
    assert time.monotonic() - begun < 55
    assert result.returncode == 0 and "perhaps it was unplugged" in result.stderr
    assert result.stdout.lower().strip().rstrip(".") == SENTENCE


def test_closed_keyboard_does_not_listen_for_ever(
    spoken_sentence: SpeakSentence, virtual_microphone: PlugIn
) -> None:
    environment = os.environ | virtual_microphone(spoken_sentence(SENTENCE))
    result = run("listen", env=environment)
    assert result.returncode == 2 and "--seconds" in result.stderr
    assert "Traceback" not in result.stderr


def test_no_microphone(no_microphone: dict[str, str]) -> None:
    result = run("listen", env=os.environ | no_microphone)
    assert result.returncode == 1 and "microphone" in result.stderr
    assert "Traceback" not in result.stderr
