"""Engines draw and listen like what runs in them, and neither outlive nor hang the window."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from app.engine import client
from app.engine.client import EngineStoppedError
from app.engine.engines import Engines
from app.engine.messages import EngineDefect
from app.engine.pictures import PicturesEngine
from app.speech.recognition.recognisers import load_transcriber
from app.speech.recognition.transcriber import NothingHeardError
from app.speech.recognition.whisper import bundled_whisper
from app.speech.sound.recording import Recording
from app.speech.sound.voice_detector import find_speech
from models import Painter
from models.errors import CheckpointError, DrawingCancelled, SentenceError
from models.request import DrawRequest
from tests.conftest import REPOSITORY
from tests.speech_fixtures import SpeakSentence

SENTENCE = "a small red bird with black wings"

OnStage = Callable[[int, Image.Image], None]


def signalling(engines: Engines, number: int) -> OnStage:
    """Give an ``on_stage`` that sends the drawing engine a signal when its first stage is there."""

    def on_stage(index: int, image: Image.Image) -> None:
        if index == 0:
            assert engines.pictures.pid is not None
            os.kill(engines.pictures.pid, number)

    return on_stage


def test_same_seed_same_drawing_as_without_an_engine(engines: Engines, painter: Painter) -> None:
    stages: list[Image.Image] = []
    there = engines.load_painter()
    drawing = there.draw(
        DrawRequest(SENTENCE, 5), on_stage=lambda index, image: stages.append(image)
    )
    expected = painter.draw(SENTENCE, seed=5)
    assert drawing.image.tobytes() == expected.image.tobytes()
    assert [stage.tobytes() for stage in stages] == [stage.tobytes() for stage in expected.stages]
    for got, wanted in zip(drawing.attention, expected.attention, strict=True):
        np.testing.assert_array_equal(got, wanted)
    assert (drawing.words, drawing.seed) == (expected.words, 5)
    assert there.model_name == drawing.model_name == painter.model_name


@pytest.mark.parametrize(("wanted", "used"), [(1, 1), (1000, os.cpu_count())])
def test_as_many_threads_draw_as_wanted_but_no_more_than_help(wanted: int, used: int) -> None:
    before = torch.get_num_threads()
    try:
        PicturesEngine(None, "cpu", wanted)
        assert torch.get_num_threads() == used
    finally:
        torch.set_num_threads(before)


def test_speech_is_understood(engines: Engines, spoken_sentence: SpeakSentence) -> None:
    transcriber = engines.load_transcriber()
    recording = Recording.from_file(spoken_sentence(SENTENCE))
    assert transcriber.name == "Whisper" and transcriber.notice is None
    assert transcriber.understand(recording).text == SENTENCE


def test_a_sketch_of_what_is_said_comes_from_the_last_one(
    engines: Engines, painter: Painter, spoken_sentence: SpeakSentence
) -> None:
    there = engines.load_painter()
    whole = Recording.from_file(spoken_sentence(f"{SENTENCE} and a white belly"))
    half = replace(whole, samples=whole.samples[: len(whole.samples) // 2])
    request = DrawRequest(seed=5, sketches=1)

    def sketches(recording: Recording) -> list[np.ndarray]:
        drawn = there.sketch(request, recording, lambda: False)
        return [np.asarray(image, np.float32) for image in drawn]

    (before,) = sketches(half)
    way = sketches(whole)
    assert len(way) > 2
    distances = [float(np.abs(sketch - before).mean()) for sketch in way]
    assert distances == sorted(distances) and 0 < distances[0] < 0.8 * distances[-1]
    speech = find_speech(whole)
    assert speech is not None
    expected = painter.draw(replace(request, sound=speech.voice(), size=64)).image
    np.testing.assert_array_equal(way[-1], np.asarray(expected))
    # Another recording begins anew, and nothing is drawn where nobody speaks.
    assert len(sketches(half)) == 1
    assert there.sketch(request, Recording(np.zeros(16_000, np.int16), 16_000), bool) == []


def test_a_recording_is_searched_for_a_voice_once(
    spoken_sentence: SpeakSentence, monkeypatch: pytest.MonkeyPatch
) -> None:
    searched: list[Recording] = []

    def search(recording: Recording) -> Recording | None:
        searched.append(recording)
        return find_speech(recording)

    monkeypatch.setattr("app.speech.recognition.transcriber.find_speech", search)
    recording = Recording.from_file(spoken_sentence(SENTENCE))
    heard = load_transcriber().understand(recording)
    assert heard.text == SENTENCE and heard.speech.samples.size
    assert len(searched) == 1


def test_errors_keep_their_class_and_sentence(engines: Engines) -> None:
    with pytest.raises(SentenceError, match="None of these words"):
        engines.load_painter().draw(DrawRequest("qwxzv"))
    with pytest.raises(NothingHeardError, match="no speech"):
        engines.load_transcriber().understand(Recording(np.zeros(16_000, np.int16), 16_000))
    with pytest.raises(EngineDefect, match="AttributeError") as caught:
        engines.pictures.call("no_such_method")
    assert "Traceback" in caught.value.__notes__[0]


def test_weights_that_cannot_be_loaded_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "bird.safetensors").write_bytes(b"no weights")
    monkeypatch.chdir(tmp_path)
    with Engines(Path("bird.safetensors")) as engines:
        with pytest.raises(CheckpointError, match=r"bird\.safetensors"):
            engines.load_painter()
        assert engines.pictures.pid is None


def test_cancelled_drawing_stops_and_the_next_one_is_whole(engines: Engines) -> None:
    painter = engines.load_painter()
    engine = engines.pictures.pid
    seen: list[int] = []
    with pytest.raises(DrawingCancelled):
        painter.draw(
            DrawRequest(SENTENCE, 1),
            on_stage=lambda index, image: seen.append(index),
            cancelled=lambda: bool(seen),
        )
    assert len(seen) < 4
    assert len(painter.draw(DrawRequest(SENTENCE, 1), cancelled=lambda: False).stages) == 4
    assert engines.pictures.pid == engine


def test_engine_that_does_not_answer_to_cancelling_is_ended(
    engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_CANCEL_TIMEOUT", 0.2)
    painter = engines.load_painter()
    halted: list[int] = []

    def halt(index: int, image: Image.Image) -> None:
        signalling(engines, signal.SIGSTOP)(index, image)
        halted.append(index)

    with pytest.raises(EngineStoppedError):
        painter.draw(DrawRequest(SENTENCE), on_stage=halt, cancelled=lambda: bool(halted))
    assert painter.draw(DrawRequest(SENTENCE, 1)).seed == 1


def test_killed_engine_is_told_and_started_anew(engines: Engines) -> None:
    painter = engines.load_painter()
    with pytest.raises(EngineStoppedError, match="Drawing stopped unexpectedly"):
        painter.draw(DrawRequest(SENTENCE), on_stage=signalling(engines, signal.SIGKILL))
    assert engines.pictures.pid is None
    assert painter.draw(DrawRequest(SENTENCE, 1)).seed == 1
    # Killed while it has nothing to do, it is only started again.
    process = engines.pictures._process
    assert process is not None
    process.kill()
    process.wait()
    assert painter.draw(DrawRequest(SENTENCE, 1)).seed == 1


def test_engine_killed_in_the_middle_of_an_answer_is_told(engines: Engines) -> None:
    painter = engines.load_painter()

    def kill(index: int, image: Image.Image) -> None:
        if index == 2:
            connection = engines.pictures._connection
            assert connection is not None and connection.poll(60)
            time.sleep(0.2)  # the picture of 512 pixels is more than the sockets hold
            signalling(engines, signal.SIGKILL)(0, image)

    with pytest.raises(EngineStoppedError, match="Drawing stopped unexpectedly"):
        painter.draw(DrawRequest(SENTENCE), on_stage=kill)
    assert painter.draw(DrawRequest(SENTENCE, 1)).seed == 1


def test_an_engine_that_is_closed_on_purpose_is_not_called_out_of_memory(
    fresh_engines: Engines,
) -> None:
    painter = fresh_engines.load_painter()
    changes: list[threading.Thread] = []

    def choose(index: int, image: Image.Image) -> None:
        if not changes:
            changes.append(threading.Thread(target=fresh_engines.change_painter, args=("cpu", 1)))
            changes[0].start()

    with pytest.raises(EngineStoppedError, match="Drawing was stopped, because another choice"):
        painter.draw(DrawRequest(SENTENCE), on_stage=choose)
    changes[0].join()


def test_a_relative_folder_of_whisper_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "whisper").symlink_to(bundled_whisper())
    with Engines(whisper_folder=Path("whisper")) as engines:
        assert engines.load_transcriber().notice is None  # it would tell that it is not there
        engines.change_recogniser("whisper", Path("whisper"))
        assert engines.load_transcriber().notice is None


def test_no_process_to_be_had_is_told(
    fresh_engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "executable", str(REPOSITORY / "no python"))
    with pytest.raises(EngineStoppedError):
        fresh_engines.load_painter()


def test_closed_engines_stay_closed(fresh_engines: Engines) -> None:
    fresh_engines.close()
    with pytest.raises(EngineStoppedError):
        fresh_engines.load_painter()


# An engine inherits the standard output of its window: reading that ends when both have ended.
_DRAWING = """
from app.engine.engines import Engines
engines = Engines()
from models.request import DrawRequest
painter = engines.load_painter()
red = DrawRequest("a red bird")
while True:
    painter.draw(red, on_stage=lambda index, image: print("stage", flush=True))
"""

_CLOSING = """
import sys
from app.ui import open_window
from app.ui.window import window

class Impatient(window.MainWindow):
    def run(self):
        self.desk.draw("a red bird")
        self.root.after(5, self.look)
        super().run()

    def look(self):
        if self.panel.image is None:
            self.root.after(5, self.look)
        else:
            print("busy" if self.desk.busy else "idle", flush=True)
            self.close()

window.MainWindow = Impatient
sys.exit(open_window())
"""


def start(script: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script], cwd=REPOSITORY, stdout=subprocess.PIPE, text=True
    )


def test_engine_ends_when_the_window_is_killed() -> None:
    window = start(_DRAWING)
    assert window.stdout is not None
    assert window.stdout.readline() == "stage\n"
    window.kill()
    window.communicate(timeout=5)  # returns when the engine, too, has let go of the output


def test_closing_the_window_while_it_draws_ends_everything(display: None) -> None:
    window = start(_CLOSING)
    output, _ = window.communicate(timeout=30)
    assert output == "busy\n" and window.returncode == 0
