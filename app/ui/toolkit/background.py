"""Slow work beside the window: the one place where threads and Tk meet.

Tk may be touched by its own thread only. A worker thread therefore puts what it has to say into a
queue, and the window empties that queue every few milliseconds with ``after``.
"""

from __future__ import annotations

import logging
import queue
import threading
import time
import tkinter as tk
from collections.abc import Callable
from typing import Any, Generic, TypeVar

_log = logging.getLogger(__name__)

_POLL, _IDLE_POLL = 5, 15
"""Milliseconds between two looks while something runs, and while nothing does: from Stop to a
picture there are half a dozen of them."""

_SHARE = 0.02  # seconds of callbacks after which the window answers the person first
Result = TypeVar("Result")


class Task(Generic[Result]):
    """One piece of slow work.

    The work itself receives the task, to report progress and to ask whether it should stop.
    """

    def __init__(self, runner: BackgroundRunner) -> None:
        self._runner = runner
        self._cancelled = threading.Event()
        self._on_progress: Callable[[Any], None] | None = None

    def cancel(self) -> None:
        """Ask the work to stop; from now on none of its callbacks is called."""
        self._cancelled.set()

    def cancelled(self) -> bool:
        """Tell whether the work should stop (any thread may ask)."""
        return self._cancelled.is_set()

    def progress(self, value: object) -> None:
        """Hand ``value`` to ``on_progress`` in Tk's thread (called by the work)."""
        if self._on_progress is not None:
            self._runner.post(self, self._on_progress, value)


class BackgroundRunner:
    """Runs slow work in threads and its callbacks in Tk's thread.

    Parameters
    ----------
    widget : any widget that lives as long as the window; its event loop calls the callbacks.
    """

    def __init__(self, widget: tk.Misc) -> None:
        self._widget = widget
        self._calls: queue.SimpleQueue[tuple[Task[Any], Callable[[Any], None], Any]]
        self._calls = queue.SimpleQueue()
        self._running: dict[threading.Thread, Task[Any]] = {}
        self._closed = False
        self._timer = widget.after(_POLL, self._poll)

    def run_in_thread(
        self,
        blocking: Callable[[Task[Result]], Result],
        on_done: Callable[[Result], None],
        on_error: Callable[[Exception], None],
        on_progress: Callable[[Any], None] | None = None,
    ) -> Task[Result]:
        """Start slow work and return at once.

        Parameters
        ----------
        blocking : the work, called in a new thread; it must not touch widgets.
        on_done : receives what ``blocking`` returned.
        on_error : receives what ``blocking`` raised.
        on_progress : receives each value given to ``task.progress``, in order, before ``on_done``.

        Returns
        -------
        Task
            Its ``cancel`` silences the callbacks and lets the work know.
        """
        task: Task[Result] = Task(self)
        task._on_progress = on_progress

        def work() -> None:
            try:
                result = blocking(task)
            except Exception as error:
                self.post(task, on_error, error)
            else:
                self.post(task, on_done, result)

        # A daemon: work that hangs (a broken sound driver) must not keep the program alive.
        thread = threading.Thread(target=work, name=f"speech2bird-{blocking.__name__}", daemon=True)
        self._running[thread] = task
        thread.start()
        return task

    def post(self, task: Task[Any], callback: Callable[[Any], None], value: object) -> None:
        """Queue a call for Tk's thread (any thread may)."""
        self._calls.put((task, callback, value))

    def close(self) -> None:
        """Stop all work and all callbacks; called before the window is destroyed."""
        self._closed = True
        self._widget.after_cancel(self._timer)
        for task in self._running.values():
            task.cancel()

    def join(self, timeout: float) -> None:
        """Wait at most ``timeout`` seconds for work that is still running.

        A picture that is being written is then whole, and the microphone is let go of.
        """
        deadline = time.monotonic() + timeout
        for thread in list(self._running):
            thread.join(max(0.0, deadline - time.monotonic()))
            if thread.is_alive():
                _log.warning("%s did not end in time", thread.name)

    def _poll(self) -> None:
        # The next poll is arranged first: an error in a callback must not end the polling.
        self._timer = self._widget.after(_POLL if self._running else _IDLE_POLL, self._poll)
        for thread in [thread for thread in self._running if not thread.is_alive()]:
            del self._running[thread]
        begun = time.monotonic()
        while not self._closed and time.monotonic() - begun < _SHARE:
            try:
                task, callback, value = self._calls.get_nowait()
            except queue.Empty:
                return
            if not task.cancelled():
                callback(value)
