"""How long it takes from Stop until the words are there, and until the picture is.

The program's way, in which words and sketch follow the voice, beside the same window that begins to
listen when the recording ends. Sentences are spoken into a virtual microphone; Stop comes half a
second after the last word.
"""

from __future__ import annotations

import itertools
import os
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

import soundfile

from app.engine.engines import Engines
from app.settings import Settings, Way
from app.speech.devices.recorder import CHUNK_SECONDS
from app.speech.sound.recording import Recording
from app.speech.sound.voice_detector import RATE, find_speech
from app.ui.speak.speak_tab import SpeakState
from app.ui.window.window import MainWindow
from benchmarks.program import wait
from models.sound.log_mel import SAMPLE_RATE
from models.training.runs.tables import table
from models.training.speech.voices import installed_voices
from tests.speech_fixtures import speaking_microphone

_HESITATION = 0.5
"""Seconds from the last word to Stop; a person presses it at any moment of a chunk of sound."""

_VOICE = "flite:rms"
_SENTENCES = (
    "a small red bird with black wings",
    "this bird is bright yellow with a black head",
    "a gray bird with a white belly and a short beak",
    "a brown bird with a speckled breast",
    "this is a blue bird with long wings",
)
"""Not the same one twice in a row: what was understood last is not understood anew."""

_KINDS: tuple[tuple[Way, bool], ...] = (
    ("text", True),
    ("text", False),
    ("sound", True),
    ("sound", False),
)
"""Each way, with and without what follows the voice."""


def compare(runs: int) -> None:
    """Print the medians of so many recordings of each kind, which take turns."""
    found: dict[tuple[Way, bool], list[tuple[float, float]]] = {kind: [] for kind in _KINDS}
    feeders: list[subprocess.Popen[bytes]] = []
    with tempfile.TemporaryDirectory() as folder, Engines() as engines:
        window = MainWindow(engines, Settings())
        try:
            microphones = []
            for number, sentence in enumerate(_SENTENCES):
                place = Path(folder) / str(number)
                place.mkdir()
                last_word = _speak(sentence, place / "sentence.wav")
                feeder, environment = speaking_microphone(place / "sentence.wav", place)
                feeders.append(feeder)
                microphones.append((environment, last_word))
            next_one = itertools.cycle(microphones)
            wait(window, lambda: window.transcriber_loader.value is not None)
            for run in range(runs + 1):  # the first one of each kind warms up
                for kind in _KINDS:
                    environment, last_word = next(next_one)
                    os.environ.update(environment)
                    moment = CHUNK_SECONDS * run / max(1, runs)
                    measured = _measure(window, *kind, last_word + moment)
                    if run:
                        found[kind].append(measured)
        finally:
            window.close()
            window.runner.join(10)
            for feeder in feeders:
                feeder.kill()
                feeder.wait()
    _print_table(found)


def _print_table(found: dict[tuple[Way, bool], list[tuple[float, float]]]) -> None:
    figures: tuple[tuple[str, Way, int], ...] = (
        ("through text, words", "text", 0),
        ("through text, 512 px picture", "text", 1),
        ("straight from sound, 512 px picture", "sound", 1),
    )
    rows = []
    for label, way, column in figures:
        quick, slow = (
            statistics.median(times[column] for times in found[way, live]) for live in (True, False)
        )
        rows.append([label, f"{quick:.2f}", f"{slow:.2f}", f"{slow / quick:.2f}"])
    header = ("from Stop, s", "live", "after Stop", "after Stop : live")
    print(f"\n{table(header, rows)}")


def _measure(window: MainWindow, way: Way, live: bool, last_word: float) -> tuple[float, float]:
    """Return the seconds from Stop until what was said is understood, and until it is drawn."""
    tab = window.speak_tab
    tab.way_row.buttons[way].invoke()
    tab.live_words.passes.wanted = live and way == "text"
    tab.live_sketch.passes.wanted = live and way == "sound"
    tab.record_button.invoke()
    wait(window, lambda: tab.state_of_speech is SpeakState.RECORDING)
    recorder = tab._recorder
    assert recorder is not None
    begun = time.monotonic() - recorder.seconds
    wait(window, lambda: time.monotonic() - begun > last_word + _HESITATION)
    before, former = window.desk.drawing, window.panel.image
    painter = window.painter_loader.value
    assert painter is not None
    shown: list[float] = []
    stopped = time.monotonic()

    def drawn() -> bool:
        image = window.panel.image
        large = image is not None and image.width == painter.sizes[-1]
        if large and image is not former and not shown:
            shown.append(time.monotonic() - stopped)
        return window.desk.drawing is not before and not window.desk.busy

    tab.record_button.invoke()
    wait(window, lambda: tab.state_of_speech is SpeakState.IDLE)
    understood = time.monotonic() - stopped
    wait(window, drawn)
    return understood, shown[0]


def _speak(sentence: str, path: Path) -> float:
    """Write a spoken sentence, and return when its last word ends, in seconds."""
    voice = next(voice for voice in installed_voices() if voice.name == _VOICE)
    soundfile.write(path, voice.speak(sentence), SAMPLE_RATE)
    speech = find_speech(Recording.from_file(path))
    assert speech is not None
    return speech.spoken / RATE  # this voice begins at once
