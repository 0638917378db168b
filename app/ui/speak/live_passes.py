"""Work on a recording, again and again, while it grows."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Generic, TypeVar

from app.ui.toolkit.background import BackgroundRunner, Task

if TYPE_CHECKING:
    from app.speech.devices.recorder import Recorder
    from app.speech.sound.recording import Recording

_log = logging.getLogger(__name__)

_LOOK = 0.02  # seconds between two looks whether it is time for the next pass
_REST = 2.0
"""From the beginning of one pass to that of the next, in times of how long the first took: a slow
computer is left to the recording half of the time."""

_QUICK = 1.0
"""Seconds; where a pass takes longer, it is worth more than one that begins a little later."""

Result = TypeVar("Result")


class LivePasses(Generic[Result]):
    """One pass over the sound so far after the other, beside the window.

    The next one comes at once when the person falls silent (in place of one under way, where they
    are quick), so that what was said is known when the recording is stopped; then there is none
    until more is said.

    Parameters
    ----------
    work : called in a thread with the sound so far, and with what tells whether its result is still
        wanted; None is no result. What it raises ends the passes.
    on_result : receives what it returned, in Tk's thread.
    pause : seconds from the beginning of one pass to that of the next, or more.
    moment : seconds of silence that may be the end of what is said.

    Attributes
    ----------
    wanted : whether there is anything to be done; may change while a recording runs.
    """

    def __init__(
        self,
        runner: BackgroundRunner,
        work: Callable[[Recording, Callable[[], bool]], Result | None],
        on_result: Callable[[Result], None],
        pause: float,
        moment: float,
    ) -> None:
        self._runner = runner
        self._work = work
        self._on_result = on_result
        self._pause = pause
        self._moment = moment
        self._task: Task[None] | None = None
        self.wanted = True

    def start(self, recorder: Recorder) -> None:
        """Follow a recording until it ends or `stop` is called."""
        self.stop()

        def follow(task: Task[None]) -> None:
            due, known, quick = time.monotonic() + self._pause, False, False
            while not task.cancelled() and recorder.is_recording:
                pausing = recorder.silence >= self._moment
                known = known and pausing  # whether all that was said is understood
                if not self.wanted or known or (time.monotonic() < due and not pausing):
                    time.sleep(_LOOK)
                    continue

                # Who falls silent meanwhile is better understood at once, with all that was said.
                may_end = quick and not pausing

                def given_up(may_end: bool = may_end) -> bool:
                    return task.cancelled() or (may_end and recorder.silence >= self._moment)

                begun = time.monotonic()
                sound = recorder.so_far()
                result = None if sound is None else self._work(sound, given_up)
                if result is not None:
                    task.progress(result)
                took = time.monotonic() - begun
                known, quick = pausing, took < _QUICK
                due = begun + max(self._pause, _REST * took)

        self._task = self._runner.run_in_thread(
            follow, lambda _: None, self._failed, self._on_result
        )

    def stop(self) -> None:
        """Give up the pass under way: what comes of it is not wanted any more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def _failed(self, error: Exception) -> None:
        # Nobody asked for it, and nothing is lost; if it lasts, it is told when somebody asks.
        _log.info("A recording is not followed any more: %s", error)
