"""How fast the window is there, and how long it stands still: engines against threads.

Run as ``python -m benchmarks.window [--runs N] [--cold]``, with a display (``xvfb-run`` gives one).
The program's engines are measured beside the same window that loads, draws and transcribes in
threads of its own process, and beside ``python -c 'import torch'``, the least that loading takes.
Each number is the median of N visits, each in a new process; the two kinds take turns. Then a
sentence is spoken: see ``stopping.py``.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
import tkinter as tk
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

from app.engine.engines import Engines
from app.settings import Settings
from app.speech.sound.recording import Recording
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from benchmarks import stopping
from benchmarks.alone import share_of_memory
from benchmarks.program import SENTENCE, draw, empty_home, wait
from models.training.runs.tables import table
from tests.app.events import Heartbeat

_KINDS = ("engines", "threads")
_ROWS = {
    "visible": ("window visible", "s"),
    "ready": ("ready to draw", "s"),
    "drawing": ("one drawing", "s"),
    "gap loading": ("longest silence, loading", "ms"),
    "gap drawing": ("longest silence, drawing", "ms"),
    "gap transcribing": ("longest silence, transcribing", "ms"),
    "memory": ("memory while drawing", "MB"),
}
_DRAWINGS = 3


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure the window.")
    parser.add_argument("--runs", type=int, default=3, metavar="N", help="visits of each kind")
    parser.add_argument(
        "--cold", action="store_true", help="forget the installed libraries' files before each"
    )
    parser.add_argument("--visit", choices=[*_KINDS, "speaking"], help=argparse.SUPPRESS)
    parser.add_argument("--begun", type=float, help=argparse.SUPPRESS)
    parser.add_argument("--sound", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.visit == "speaking":
        stopping.compare(options.runs)
        return 0
    if options.visit is not None:
        print(json.dumps(_visit(options.visit, options.begun, options.sound)))
        return 0
    try:
        tk.Tk().destroy()
    except tk.TclError as error:
        sys.exit(f"There is no display ({error}): run this under Xvfb, for example with xvfb-run.")
    _compare(options.runs, options.cold)
    return 0


def _compare(runs: int, cold: bool) -> None:
    """Let the kinds take turns, and print their medians side by side."""
    found: dict[str, list[dict[str, float]]] = {kind: [] for kind in _KINDS}
    imports: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        sound = _speak(Path(folder) / "sentence.wav")
        # A first visit of each kind fills the page cache, so that no kind pays for the other.
        for run in range(runs if cold else runs + 1):
            for kind in _KINDS:
                if cold:
                    _forget_libraries()
                result = run_visit(kind, sound)
                if cold or run > 0:
                    found[kind].append(result)
            if cold:
                _forget_libraries()
            begun = time.monotonic()
            subprocess.run([sys.executable, "-c", "import torch"], check=True)
            imports.append(time.monotonic() - begun)
        _print_table(found, statistics.median(imports[-runs:]), runs, cold)
        if sound is not None:
            command = [sys.executable, "-m", "benchmarks.window", "--visit", "speaking"]
            command += ["--runs", str(runs)]
            with empty_home() as environment:
                subprocess.run(command, check=True, env=environment)


def run_visit(kind: str, sound: Path | None) -> dict[str, float]:
    """Open the window in a new process, and return what it measured of itself."""
    command = [sys.executable, "-m", "benchmarks.window", "--visit", kind]
    command += ["--sound", str(sound)] * (sound is not None)
    with empty_home() as environment:
        result = subprocess.run(
            [*command, "--begun", repr(time.monotonic())],
            stdout=subprocess.PIPE,
            check=True,
            env=environment,
        )
    measured: dict[str, float] = json.loads(result.stdout)
    return measured


def _print_table(
    found: dict[str, list[dict[str, float]]], importing: float, runs: int, cold: bool
) -> None:
    state = "page cache cold" if cold else "page cache warm"
    print(f"Median of {runs} visits, {os.cpu_count()} processors, {state}\n")
    rows = []
    for name, (label, unit) in _ROWS.items():
        values = [
            statistics.median(visit[name] for visit in found[kind])
            for kind in _KINDS
            if all(name in visit for visit in found[kind])
        ]
        if len(values) == len(_KINDS):  # transcribing may be left out
            shown = (f"{value:.2f}" if unit == "s" else f"{value:.0f}" for value in values)
            rows.append([f"{label}, {unit}", *shown, f"{values[1] / values[0]:.2f}"])
    print(table(["", *_KINDS, "threads : engines"], rows))
    ready = statistics.median(visit["ready"] for visit in found["engines"])
    print(
        f"\npython -c 'import torch': {importing:.2f} s; ready to draw : that = "
        f"{ready / importing:.2f}"
    )


def _visit(kind: str, begun: float, sound: Path | None) -> dict[str, float]:
    """Open the window, load, draw and transcribe, in this process."""
    measured: dict[str, float] = {}
    with Engines() as engines:
        source = engines if kind == "engines" else cast(Engines, _Threads())
        window = MainWindow(source, Settings())
        window.root.update()
        measured["visible"] = time.monotonic() - begun
        with _silence(window, measured, "gap loading"):
            wait(window, lambda: window.painter_loader.state is LoadState.READY)
            measured["ready"] = time.monotonic() - begun
            wait(window, lambda: window.transcriber_loader.state is LoadState.READY)
        with _silence(window, measured, "gap drawing"):
            started = time.monotonic()
            for seed in range(_DRAWINGS):
                draw(window, seed)
            measured["drawing"] = (time.monotonic() - started) / _DRAWINGS
        if sound is not None:
            with _silence(window, measured, "gap transcribing"):
                _transcribe(window, Recording.from_file(sound))
        pids = [os.getpid(), engines.pictures.pid, engines.speech.pid]
        sizes: list[float] = []
        if Path("/proc/self/smaps_rollup").exists():
            draw(window, 0, lambda: sizes.append(sum(share_of_memory(pid) for pid in pids if pid)))
            measured["memory"] = max(sizes)
        window.close()
    window.runner.join(10)
    return measured


class _Threads:
    """In the place of the engines: everything happens in threads of the window's process."""

    weights = None

    def load_painter(self) -> Any:
        from models import Painter

        painter: Any = Painter.load()
        painter.weights = None  # as an engine's painter knows them
        painter.beside = lambda other: painter
        return painter

    def load_transcriber(self) -> Any:
        from app.speech.recognition.recognisers import load_transcriber

        return load_transcriber()


def _transcribe(window: MainWindow, recording: Recording) -> None:
    transcriber = window.transcriber_loader.value
    assert transcriber is not None
    ended: list[object] = []
    window.runner.run_in_thread(
        lambda task: transcriber.understand(recording).text, ended.append, ended.append
    )
    wait(window, lambda: bool(ended))
    assert isinstance(ended[0], str), ended[0]


@contextmanager
def _silence(window: MainWindow, measured: dict[str, float], name: str) -> Iterator[None]:
    """Measure the longest time in milliseconds in which the window does not answer."""
    heartbeat = Heartbeat(window.root)
    yield
    measured[name] = 1000 * heartbeat.stop()


def _speak(path: Path) -> Path | None:
    """Write a sound file with a spoken sentence; None where there is no flite to speak it."""
    if shutil.which("flite") is None:
        print("Transcribing is left out: install flite, which speaks the sentence.")
        return None
    command = ["flite", "-voice", "rms", "-t", SENTENCE, "-o", str(path)]
    subprocess.run(command, check=True, capture_output=True)
    return path


def _forget_libraries() -> None:
    """Ask the system to drop the installed libraries from its page cache (Linux)."""
    if not hasattr(os, "posix_fadvise"):
        sys.exit("--cold needs Linux.")
    for path in Path(sysconfig.get_path("platlib")).rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


if __name__ == "__main__":
    sys.exit(main())
