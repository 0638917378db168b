"""What every test stands on: a display, an empty home, the real window, and no silent errors."""

from __future__ import annotations

import gc
import logging
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import tkinter as tk

    from app.engine.engines import Engines
    from app.ui.window.window import MainWindow
    from models import Painter

pytest_plugins = ["tests.speech_fixtures"]

# Whoever runs the tests in the background of a shell has Ctrl-C ignored, and all they start, too.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Make reports fit to be sent to another process: file names in logs may be no text."""
    report = yield
    report.sections = [
        (title, text.encode(errors="backslashreplace").decode()) for title, text in report.sections
    ]
    return report


# Each takes a good part of a minute or more, by waiting or by work.
_LONG_FILES = (
    "tests/app/program/test_nothing_leaves.py",
    "tests/app/ui/speak/test_live_words.py",
    "tests/training/runs/test_recipe_run.py",
    "tests/app/ui/speak/test_live_sketch.py",
    "tests/app/commandline/test_listen.py",
    "tests/models/test_load.py",
    "tests/training/runs/test_comparison.py",
    "tests/training/evaluation/test_evaluation.py",
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the long files: of two processes, none is left with one when the other is done."""

    def place(item: pytest.Item) -> int:
        file = item.nodeid.partition("::")[0]
        return _LONG_FILES.index(file) if file in _LONG_FILES else len(_LONG_FILES)

    items.sort(key=place)


REPOSITORY = Path(__file__).resolve().parent.parent
_SCREEN = "1400x1000x24"


@pytest.fixture(scope="session")
def display() -> Iterator[None]:
    """Give Tk a screen: the one there is, or a virtual one for the time of the tests."""
    if os.environ.get("DISPLAY") or sys.platform in ("darwin", "win32"):
        yield
        return
    with virtual_screen() as name:
        os.environ["DISPLAY"] = name
        yield
        del os.environ["DISPLAY"]


@contextmanager
def virtual_screen() -> Iterator[str]:
    """Give the name of a new virtual screen, which is gone afterwards."""
    if shutil.which("Xvfb") is None:
        pytest.fail("These tests open the real window: install Xvfb (apt install xvfb).")
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", _SCREEN, "-nolisten", "tcp"],
        pass_fds=[writing],
        stderr=subprocess.DEVNULL,
    )
    os.close(writing)
    with os.fdopen(reading) as numbers:
        number = numbers.readline().strip()  # written once the server answers
    if not number:
        pytest.fail("Xvfb did not start.")
    yield f":{number}"
    server.terminate()
    server.wait()


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep tests away from the settings and pictures of whoever runs them."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    for name, place in (
        ("XDG_CONFIG_HOME", ".config"),
        ("XDG_DATA_HOME", ".local/share"),
        ("XDG_CACHE_HOME", ".cache"),
    ):
        monkeypatch.setenv(name, str(folder / place))
    return folder


class ExpectedErrors(list[str]):
    """Beginnings of logged errors that a test brings about on purpose."""


@pytest.fixture(autouse=True)
def expected_errors(caplog: pytest.LogCaptureFixture) -> Iterator[ExpectedErrors]:
    """Fail a test that logged an error, as every exception in a callback of Tk is."""
    expected = ExpectedErrors()
    yield expected
    records = [
        record for phase in ("setup", "call", "teardown") for record in caplog.get_records(phase)
    ]
    for record in records:
        message = record.getMessage()
        if record.levelno >= logging.ERROR and not message.startswith(tuple(expected)):
            trace = logging.Formatter().formatException(record.exc_info) if record.exc_info else ""
            pytest.fail(f"An error was logged: {message}\n{trace}")


@pytest.fixture(scope="session")
def painter() -> Painter:
    """The bundled model, loaded once."""
    from models import Painter

    return Painter.load(device="cpu")


_interpreters: list[object] = []


def bury(root: tk.Misc) -> None:
    """Keep the interpreter of a closed window until the tests end.

    Tcl aborts the process when an interpreter is deleted in another thread than its own, and
    Python's garbage collector runs in whichever thread happens to be at work.
    """
    _interpreters.append(root.tk)


@pytest.fixture(scope="session")
def engines() -> Iterator[Engines]:
    """The engines that most windows of the tests share: they take seconds to load."""
    from app.engine.engines import Engines

    with Engines() as engines:
        yield engines


@pytest.fixture
def fresh_engines() -> Iterator[Engines]:
    """Engines of the test's own, not started yet."""
    from app.engine.engines import Engines

    with Engines() as engines:
        yield engines


@pytest.fixture
def make_window(display: None, engines: Engines) -> Iterator[Callable[..., MainWindow]]:
    """Open the real window (with other engines, if wanted); it is closed after the test."""
    from app.settings import Settings
    from app.ui.window.window import MainWindow

    gc.freeze()  # all that the tests imported is no part of the program, nor its collection
    windows: list[MainWindow] = []

    def make(own_engines: Engines | None = None) -> MainWindow:
        window = MainWindow(own_engines or engines, Settings.load())
        window.root.update()
        windows.append(window)
        return window

    yield make
    for window in windows:
        window.close()
        window.runner.join(20)
        bury(window.root)
    windows.clear()
    window = None  # type: ignore[assignment]
    gc.unfreeze()  # what the window's loaders froze, too
    gc.collect()  # here, in Tk's own thread
    left = [
        thread.name for thread in threading.enumerate() if thread.name.startswith("speech2bird-")
    ]
    assert not left, "a later test would be blamed for these"


@pytest.fixture
def window(make_window: Callable[..., MainWindow]) -> MainWindow:
    """The real window, as it is right after the start."""
    return make_window()


def wait_until(window: MainWindow, predicate: Callable[[], bool], timeout: float = 20) -> None:
    """Let the window live until ``predicate`` holds; fail after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while not predicate():
        if time.monotonic() > deadline:
            pytest.fail(f"Not within {timeout} s. The window says: {window.messages.text!r}")
        window.root.update()
        time.sleep(0.002)  # 2 ms between looks: the computer is for the engines
