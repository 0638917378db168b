"""When a recording is looked at while it grows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest
import soundfile

from app.speech.devices.recorder import Recorder
from app.speech.sound.recording import Recording
from app.ui.speak.live_passes import LivePasses
from app.ui.window.window import MainWindow
from tests.conftest import wait_until
from tests.speech_fixtures import PlugIn, SpeakSentence


@dataclass
class Pass:
    """A pass over so many seconds of sound, and whether it was given up."""

    seconds: float
    given_up: bool = False


class Work:
    """Takes its time, and stops when it is told to."""

    def __init__(self, takes: float) -> None:
        self._takes = takes
        self.passes: list[Pass] = []

    def __call__(self, sound: Recording, cancelled: Callable[[], bool]) -> int | None:
        self.passes.append(Pass(sound.seconds))
        end = time.monotonic() + self._takes
        while time.monotonic() < end:
            if cancelled():
                self.passes[-1].given_up = True
                return None
            time.sleep(0.01)
        return len(self.passes)


@pytest.fixture
def talk(
    spoken_sentence: SpeakSentence,
    virtual_microphone: PlugIn,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[float, float]:
    """Plug in a microphone that hears a sentence, two seconds of silence, and the sentence again.

    Returns the seconds at which the first one ends and the second one begins.
    """
    sentence = Recording.from_file(spoken_sentence("this bird is all over yellow")).resampled(
        16_000
    )
    loud = np.flatnonzero(np.abs(sentence.samples) > 500)
    voice = sentence.samples[loud[0] : loud[-1]]
    silence = np.zeros(2 * 16_000, np.int16)
    path = tmp_path_factory.mktemp("talk") / "talk.wav"
    soundfile.write(path, np.concatenate([voice, silence, voice, silence]), 16_000)
    virtual_microphone(path)
    return len(voice) / 16_000, len(voice) / 16_000 + 2


def follow(window: MainWindow, work: Work, pause: float, seconds: float) -> list[int]:
    """Let work follow so much of a recording; return its results."""
    results: list[int] = []
    passes = LivePasses(window.runner, work, results.append, pause, 0.2)
    recorder = Recorder()
    recorder.start()
    passes.start(recorder)
    wait_until(window, lambda: recorder.seconds > seconds)
    passes.stop()
    recorder.stop()
    return results


def test_a_pass_begins_when_the_person_falls_silent_and_none_until_more_is_said(
    talk: tuple[float, float], window: MainWindow
) -> None:
    silent, again = talk
    work = Work(takes=0.5)
    follow(window, work, 0.1, again - 0.4)
    *before, last = work.passes
    assert silent < last.seconds < silent + 0.8 and not last.given_up
    assert before and all(earlier.seconds < silent + 0.3 for earlier in before)
    # One that began before the silence, and after a quick one, made room for it.
    assert before[-1].given_up or before[-1].seconds + 0.5 < silent + 0.3


def test_more_is_said_after_a_silence(talk: tuple[float, float], window: MainWindow) -> None:
    _, again = talk
    work = Work(takes=0.05)
    results = follow(window, work, 0.3, again + 1)
    assert work.passes[-1].seconds > again + 0.2
    assert results == list(range(1, len(results) + 1)) and len(results) > 4


def test_slow_work_rests_as_long_as_it_took(talk: tuple[float, float], window: MainWindow) -> None:
    silent, again = talk
    work = Work(takes=1.2)
    follow(window, work, 0.1, again)
    first, second = work.passes[:2]
    # It is not given up for the silence, which may be sooner than its rest is over.
    assert not first.given_up and second.seconds > min(first.seconds + 2.2, silent)


def test_nothing_is_done_where_nothing_is_wanted(
    talk: tuple[float, float], window: MainWindow
) -> None:
    work = Work(takes=0.05)
    passes = LivePasses(window.runner, work, lambda result: None, 0.1, 0.2)
    passes.wanted = False
    recorder = Recorder()
    recorder.start()
    passes.start(recorder)
    wait_until(window, lambda: recorder.seconds > 1)
    assert work.passes == []
    passes.wanted = True
    wait_until(window, lambda: len(work.passes) > 1)
    passes.stop()
    recorder.stop()
