"""The whole program, window and engines, as the benchmarks use it."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.ui.window.window import MainWindow

SENTENCE = "a small red bird with black wings"
_TIMEOUT = 120  # seconds


@contextmanager
def empty_home() -> Iterator[dict[str, str]]:
    """Give an environment in which nobody's settings matter and nobody's pictures grow more."""
    with tempfile.TemporaryDirectory() as folder:
        homes = dict.fromkeys(
            ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"), folder
        )
        yield {**os.environ, **homes}


def wait(
    window: MainWindow, done: Callable[[], bool], meanwhile: Callable[[], None] = lambda: None
) -> None:
    """Let the window work until something is done."""
    deadline = time.monotonic() + _TIMEOUT
    while not done():
        assert time.monotonic() < deadline, window.messages.text
        window.root.update()
        meanwhile()
        time.sleep(0.002)


def draw(window: MainWindow, seed: int, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Draw a picture and wait until it is shown."""
    window.desk.draw(SENTENCE, seed)
    wait(window, lambda: not window.desk.busy, meanwhile)
    assert window.desk.drawing is not None, window.messages.text
