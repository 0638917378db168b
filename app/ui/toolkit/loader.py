"""Something slow to load, that the window needs later: loaded once, beside it."""

from __future__ import annotations

import gc
from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar

from app.ui.toolkit.background import BackgroundRunner

Value = TypeVar("Value")


class LoadState(Enum):
    """How far a :class:`Loader` is."""

    WAITING = "waiting"
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"


class Loader(Generic[Value]):
    """Loads one thing in a thread and hands it to whoever waits for it.

    Parameters
    ----------
    load : the slow call.
    on_change : called in Tk's thread whenever ``state`` changes.
    """

    def __init__(
        self,
        runner: BackgroundRunner,
        load: Callable[[], Value],
        on_change: Callable[[], None],
    ) -> None:
        self._runner = runner
        self._load = load
        self._on_change = on_change
        self._waiting: list[tuple[Callable[[Value], None], Callable[[Exception], None]]] = []
        self._value: Value | None = None
        self._round = 0  # what an earlier round loads is not wanted any more
        self.state = LoadState.WAITING

    @property
    def value(self) -> Value | None:
        """What was loaded; None until ``state`` is READY."""
        return self._value

    def start(self) -> None:
        """Begin to load, unless that was done; after a failure, try again."""
        if self.state in (LoadState.LOADING, LoadState.READY):
            return
        self._enter(LoadState.LOADING)
        number = self._round
        self._runner.run_in_thread(
            lambda task: self._load_for_good(),
            lambda value: self._loaded(value, number),
            lambda error: self._failed(error, number),
        )

    def start_anew(self) -> None:
        """Forget what was loaded, and load again; whoever waits gets the new thing."""
        self._value = None
        self._round += 1
        self.state = LoadState.WAITING
        self.start()

    def replace(self, value: Value) -> None:
        """Take something that was loaded elsewhere in place of what is or was to be loaded."""
        self._round += 1
        self._loaded(value, self._round)

    def when_loaded(
        self, on_value: Callable[[Value], None], on_error: Callable[[Exception], None]
    ) -> None:
        """Call ``on_value`` with the thing, now or when it is there, or ``on_error``."""
        if self._value is not None:
            on_value(self._value)
            return
        self._waiting.append((on_value, on_error))
        self.start()

    def _load_for_good(self) -> Value:
        value = self._load()
        # A library of a hundred thousand objects stays: the garbage collector, which halts every
        # thread for the tenth of a second that it takes to look at them all, need not.
        gc.freeze()
        return value

    def _loaded(self, value: Value, number: int) -> None:
        if number != self._round:
            return
        self._value = value
        waiting, self._waiting = self._waiting, []
        self._enter(LoadState.READY)
        for on_value, _ in waiting:
            on_value(value)

    def _failed(self, error: Exception, number: int) -> None:
        if number != self._round:
            return
        waiting, self._waiting = self._waiting, []
        self._enter(LoadState.FAILED)
        for _, on_error in waiting:
            on_error(error)

    def _enter(self, state: LoadState) -> None:
        self.state = state
        self._on_change()
