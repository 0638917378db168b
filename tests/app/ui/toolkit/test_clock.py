"""The computer's clock is set back while the window is open."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Iterator

import pytest

from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.clock import outlast_changes_of_the_clock
from tests.app.ui.toolkit.test_background import pump, unexpected
from tests.conftest import bury

HOUR = 3600


@pytest.fixture
def root(display: None) -> Iterator[tk.Tk]:
    root = tk.Tk()
    yield root
    root.destroy()
    bury(root)


def test_what_waits_goes_on_when_the_clock_was_set_back(
    root: tk.Tk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A timer that is due in an hour is what one becomes that was due now."""
    outlast_changes_of_the_clock(root)
    came: list[str] = []
    root.after(1000 * HOUR, came.append, "alone")
    rivals: dict[str, str] = {}

    def come(name: str, other: str) -> None:
        root.after_cancel(rivals[other])
        came.append("one of two")

    rivals["a"] = root.after(1000 * HOUR, come, "a", "b")
    rivals["b"] = root.after(1000 * HOUR, come, "b", "a")
    root.update()
    root.event_generate("<Motion>")
    root.update()
    assert not came
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - HOUR)
    for _ in range(3):
        root.event_generate("<Motion>")
        root.update()
    assert sorted(came) == ["alone", "one of two"]


def test_work_beside_the_window_ends_all_the_same(
    root: tk.Tk, monkeypatch: pytest.MonkeyPatch
) -> None:
    outlast_changes_of_the_clock(root)
    root.update()  # there is something to click on
    runner = BackgroundRunner(root)
    root.after_cancel(runner._timer)
    runner._timer = root.after(1000 * HOUR, runner._poll)
    done: list[str] = []
    runner.run_in_thread(lambda task: "done", done.append, unexpected)
    now = time.time
    monkeypatch.setattr(time, "time", lambda: now() - HOUR)
    root.event_generate("<Button-1>")
    pump(root, lambda: bool(done))
    runner.close()
    runner.join(5)
