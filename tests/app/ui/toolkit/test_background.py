"""Slow work: callbacks in Tk's thread, in order, and none after cancelling or closing."""

from __future__ import annotations

import gc
import threading
import time
import tkinter as tk
from collections.abc import Callable, Iterator

import pytest

from app.ui.toolkit.background import BackgroundRunner, Task
from app.ui.toolkit.loader import Loader, LoadState
from tests.conftest import bury


@pytest.fixture
def root(display: None) -> Iterator[tk.Tk]:
    root = tk.Tk()
    errors: list[BaseException] = []
    root.report_callback_exception = lambda kind, error, trace: errors.append(error)
    yield root
    root.destroy()
    bury(root)
    assert not errors  # what fails in a callback of Tk fails nowhere else


@pytest.fixture
def runner(root: tk.Tk) -> Iterator[BackgroundRunner]:
    runner = BackgroundRunner(root)
    yield runner
    runner.close()
    runner.join(5)


def unexpected(value: object) -> None:
    pytest.fail(f"This callback should not be called: {value!r}")


def pump(root: tk.Tk, until: Callable[[], bool], timeout: float = 5) -> None:
    deadline = time.monotonic() + timeout
    while not until():
        assert time.monotonic() < deadline, "nothing came"
        root.update()
        time.sleep(0.002)


def test_callbacks_come_in_order_in_tks_thread(root: tk.Tk, runner: BackgroundRunner) -> None:
    calls: list[tuple[object, threading.Thread]] = []

    def note(value: object) -> None:
        calls.append((value, threading.current_thread()))

    def work(task: Task[str]) -> str:
        assert threading.current_thread() is not threading.main_thread()
        for number in range(3):
            task.progress(number)
        return "done"

    runner.run_in_thread(work, note, unexpected, note)
    pump(root, lambda: len(calls) == 4)
    assert [value for value, _ in calls] == [0, 1, 2, "done"]
    assert {thread for _, thread in calls} == {threading.main_thread()}


def test_errors_are_handed_over(root: tk.Tk, runner: BackgroundRunner) -> None:
    errors: list[Exception] = []
    runner.run_in_thread(lambda task: 1 / 0, unexpected, errors.append)
    pump(root, lambda: bool(errors))
    assert isinstance(errors[0], ZeroDivisionError)


def test_cancelled_work_is_silent(root: tk.Tk, runner: BackgroundRunner) -> None:
    seen = threading.Event()
    others: list[str] = []

    def work(task: Task[None]) -> None:
        while not task.cancelled():
            task.progress("still here")
            time.sleep(0.001)
        seen.set()

    task = runner.run_in_thread(work, unexpected, unexpected, unexpected)
    task.cancel()
    assert seen.wait(5)
    # A later task's callback comes after whatever the cancelled one had queued.
    runner.run_in_thread(lambda task: "other", others.append, unexpected)
    pump(root, lambda: others == ["other"])


def test_no_callback_after_close(root: tk.Tk) -> None:
    runner = BackgroundRunner(root)
    release, ended = threading.Event(), threading.Event()

    def work(task: Task[None]) -> None:
        release.wait(5)
        ended.set()

    task = runner.run_in_thread(work, unexpected, unexpected)
    runner.close()
    assert task.cancelled()
    release.set()
    runner.join(5)
    assert ended.is_set()
    for _ in range(20):
        root.update()
        time.sleep(0.005)


def test_failing_callback_does_not_end_the_polling(root: tk.Tk, runner: BackgroundRunner) -> None:
    reported: list[object] = []
    root.report_callback_exception = lambda kind, error, trace: reported.append(error)
    results: list[int] = []

    def fail(value: int) -> None:
        raise ValueError("in a callback")

    runner.run_in_thread(lambda task: 1, fail, unexpected)
    pump(root, lambda: bool(reported))
    runner.run_in_thread(lambda task: 2, results.append, unexpected)
    pump(root, lambda: results == [2])


def test_window_answers_between_slow_callbacks(root: tk.Tk, runner: BackgroundRunner) -> None:
    answers: list[str] = []

    def slow(value: object) -> None:
        time.sleep(0.03)
        answers.append("callback")

    def work(task: Task[None]) -> None:
        for _ in range(3):
            task.progress(None)

    runner.run_in_thread(work, lambda _: answers.append("done"), unexpected, slow)
    runner.join(5)  # all is queued when the window looks for the first time

    def answer() -> None:
        answers.append("answer")
        root.after(1, answer)

    answer()
    pump(root, lambda: "done" in answers)
    answered = "".join(word[0] for word in answers if word != "done")
    assert answered.count("c") == 3 and "cc" not in answered


def test_loader_loads_once_for_all(root: tk.Tk, runner: BackgroundRunner) -> None:
    loads: list[int] = []
    values: list[str] = []
    states: list[LoadState] = []

    def load() -> str:
        loads.append(1)
        time.sleep(0.02)
        return "model"

    loader = Loader(runner, load, lambda: states.append(loader.state))
    loader.when_loaded(values.append, unexpected)
    loader.when_loaded(values.append, unexpected)
    pump(root, lambda: len(values) == 2)
    loader.when_loaded(values.append, unexpected)
    assert values == ["model"] * 3 and loads == [1]
    assert states == [LoadState.LOADING, LoadState.READY]


def test_what_is_loaded_is_never_garbage_collected(root: tk.Tk, runner: BackgroundRunner) -> None:
    values: list[list[str]] = []
    loader = Loader(runner, lambda: ["model"], lambda: None)
    loader.when_loaded(values.append, unexpected)
    pump(root, lambda: bool(values))
    looked_at = gc.get_objects()
    gc.unfreeze()
    assert not any(thing is values[0] for thing in looked_at)


def test_loader_tries_again_after_a_failure(root: tk.Tk, runner: BackgroundRunner) -> None:
    attempts: list[int] = []
    errors: list[Exception] = []
    values: list[str] = []

    def load() -> str:
        attempts.append(1)
        if len(attempts) == 1:
            raise OSError("not there yet")
        return "model"

    loader = Loader(runner, load, lambda: None)
    loader.when_loaded(values.append, errors.append)
    pump(root, lambda: bool(errors))
    assert loader.state is LoadState.FAILED
    loader.when_loaded(values.append, errors.append)
    pump(root, lambda: values == ["model"])
