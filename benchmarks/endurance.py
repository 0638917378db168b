"""Whether the program stays small and quick over hundreds of pictures.

Run as ``python -m benchmarks.endurance [--drawings N]``, with a display (``xvfb-run`` gives one).
One window draws N pictures in a row while it is resized and its tabs are changed all the time. The
memory of window and engine after a tenth of the pictures is the named alternative to that at the
end.
"""

from __future__ import annotations

import argparse
import itertools
import os
import subprocess
import sys
import time

from app.engine.engines import Engines
from app.settings import Settings
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from benchmarks.alone import share_of_memory
from benchmarks.program import draw, empty_home, wait
from tests.app.events import Heartbeat

_SIZES = ("1000x760", "820x640", "1280x900", "900x1000")
_PAUSE = 0.15  # seconds between two disturbances


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure memory over many drawings.")
    parser.add_argument("--drawings", type=int, default=200, metavar="N")
    parser.add_argument("--visit", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.visit:
        _visit(options.drawings)
        return 0
    command = [sys.executable, "-m", "benchmarks.endurance", "--visit"]
    with empty_home() as environment:
        return subprocess.run(
            [*command, "--drawings", str(options.drawings)], env=environment
        ).returncode


def _visit(drawings: int) -> None:
    with Engines() as engines:
        window = MainWindow(engines, Settings())
        wait(window, lambda: window.painter_loader.state is LoadState.READY)
        wait(window, lambda: window.transcriber_loader.state is LoadState.READY)
        picture_engine = engines.pictures.pid
        assert picture_engine is not None
        disturb = _Disturbance(window)
        heartbeat = Heartbeat(window.root)
        print("| pictures | window, MB | engine, MB | longest callback so far, ms |")
        print("| --- | --- | --- | --- |")
        early, total = 0.0, 0.0
        step = max(1, drawings // 10)
        for number in range(1, drawings + 1):
            draw(window, number, disturb)
            if number % step == 0:
                sizes = share_of_memory(os.getpid()), share_of_memory(picture_engine)
                early, total = early or sum(sizes), sum(sizes)
                shown = " | ".join(f"{size:.0f}" for size in sizes)
                print(f"| {number} | {shown} | {1000 * heartbeat.busiest:.0f} |", flush=True)
        heartbeat.stop()
        print(f"\nMemory grew by {total - early:.0f} MB, to {total / early:.2f} of what it was.")
        window.close()
    window.runner.join(10)


class _Disturbance:
    """Resizes the window and changes its tab, again and again."""

    def __init__(self, window: MainWindow) -> None:
        self._window, self._due = window, 0.0
        self._tabs = itertools.cycle(window.tabs.tabs())
        self._sizes = itertools.cycle(_SIZES)

    def __call__(self) -> None:
        if time.monotonic() < self._due:
            return
        self._due = time.monotonic() + _PAUSE
        self._window.root.geometry(next(self._sizes))
        self._window.tabs.select(next(self._tabs))


if __name__ == "__main__":
    sys.exit(main())
