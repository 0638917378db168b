"""The window's side of an engine: starts the process, talks to it, and ends it."""

from __future__ import annotations

import logging
import subprocess
import threading
import time
from collections.abc import Callable
from multiprocessing.connection import Pipe
from typing import Any

from app.engine.inheriting import Connection, inheriting
from app.engine.messages import LOAD, Cancel, Failure, Progress, Reply, Request, Result
from app.errors import AppError
from app.installation import IMPORT_ROOT, module_command

_log = logging.getLogger(__name__)

_LOOK = 0.05  # seconds between two looks whether a call was cancelled
_CANCEL_TIMEOUT = 10.0  # seconds an engine has to stop, longer than any stage takes


_WORK = {"pictures": "Drawing", "speech": "Understanding speech"}


class EngineStoppedError(AppError):
    """An engine's process ended before it answered."""

    def __init__(self, kind: str, on_purpose: bool = False) -> None:
        why = (
            "was stopped, because another choice was made."
            if on_purpose
            else "stopped unexpectedly, perhaps because the computer ran out of memory."
        )
        super().__init__(f"{_WORK[kind]} {why} Please try again.")


class EngineClient:
    """One engine. Threads may share it: each call waits for the one before it.

    Parameters
    ----------
    kind : "pictures" or "speech".
    load_arguments : what the engine is to load.
    """

    def __init__(self, kind: str, *load_arguments: object) -> None:
        self._kind = kind
        self._load_arguments = load_arguments
        self._calling = threading.Lock()  # held during a call: one answer at a time
        self._connection: Connection | None = None
        self._loaded: Any = None
        self._changing = threading.Lock()  # held for a moment: close() may come during a call
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """The number of the process; None while there is none."""
        return None if self._process is None else self._process.pid

    def load(self) -> Any:
        """Start the process unless it runs, and return what it says of what it has loaded.

        Raises
        ------
        EngineStoppedError
            The process died, or the client is closed.
        Exception
            Whatever loading raised; the next call tries again.
        """
        with self._calling:
            return self._ensure_loaded()

    def load_other(self, *load_arguments: object) -> Any:
        """Load something else in place of it; where that fails, what was loaded stays.

        Raises
        ------
        EngineStoppedError
            The process died, or the client is closed.
        Exception
            Whatever loading raised.
        """
        with self._calling:
            if self._process is not None and self._process.poll() is None:
                loaded = self._exchange(Request(LOAD, load_arguments))
                self._load_arguments, self._loaded = load_arguments, loaded
                return loaded
            former, self._load_arguments = self._load_arguments, load_arguments
            try:
                return self._ensure_loaded()
            except BaseException:
                self._load_arguments = former
                raise

    def call(
        self,
        method: str,
        *arguments: object,
        on_progress: Callable[[Any], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        patience: float | None = None,
    ) -> Any:
        """Call a method in the engine; an engine that died since is started and loaded first.

        Parameters
        ----------
        on_progress : receives, in this thread, what the method sends ahead of its result.
        cancelled : asked many times a second; when true, the method is told, and raises what it
            does then. A process that does not answer to that is ended.
        patience : seconds it has to answer to that, if not as many as usual.

        Raises
        ------
        EngineStoppedError
            The process died, or the client is closed.
        Exception
            Whatever the method raised.
        """
        with self._calling:
            self._ensure_loaded()
            return self._exchange(Request(method, arguments), on_progress, cancelled, patience)

    def close(self) -> None:
        """End the process, whatever it is doing, and refuse further calls; takes milliseconds."""
        with self._changing:
            self._closed = True
            if self._process is not None:
                self._process.kill()
        with self._calling:  # a call that was waiting has ended with the process
            self._discard()

    def _ensure_loaded(self) -> Any:
        if self._process is not None and self._process.poll() is not None:
            self._discard()
        if self._process is None:
            try:
                self._launch()
                self._loaded = self._exchange(Request(LOAD, self._load_arguments))
            except OSError as error:  # no process to be had
                self._discard()
                raise self._stopped() from error
            except BaseException:
                self._discard()
                raise
        return self._loaded

    def _launch(self) -> None:
        self._connection, theirs = Pipe()
        number = theirs.fileno()
        with theirs, self._changing:
            if self._closed:
                raise self._stopped()
            self._process = subprocess.Popen(
                [*module_command(__package__), self._kind, str(number)],
                cwd=IMPORT_ROOT,
                stdin=subprocess.DEVNULL,
                **inheriting(theirs),
            )

    def _exchange(
        self,
        request: Request,
        on_progress: Callable[[Any], None] | None = None,
        cancelled: Callable[[], bool] | None = None,
        patience: float | None = None,
    ) -> Any:
        """Send a request, take in what comes until it is answered, and return or raise that."""
        try:
            reply = self._converse(request, on_progress, cancelled, patience)
        except (EOFError, OSError) as error:  # a plain OSError: it ended in the midst of an answer
            self._discard()
            raise self._stopped() from error
        except BaseException:  # the rest of the answer is still to come: nobody could sort it out
            self._discard()
            raise
        if isinstance(reply, Failure):
            raise reply.to_error()
        return reply.value

    def _converse(
        self,
        request: Request,
        on_progress: Callable[[Any], None] | None,
        cancelled: Callable[[], bool] | None,
        patience: float | None,
    ) -> Result | Failure:
        assert self._process is not None and self._connection is not None
        give_up_at: float | None = None
        self._connection.send(request)
        while True:
            if give_up_at is None and cancelled is not None and cancelled():
                self._connection.send(Cancel())
                give_up_at = time.monotonic() + (patience or _CANCEL_TIMEOUT)
            if self._connection.poll(_LOOK):
                reply: Reply = self._connection.recv()
                if not isinstance(reply, Progress):
                    return reply
                if on_progress is not None:
                    on_progress(reply.value)
            elif give_up_at is not None and time.monotonic() > give_up_at:
                raise self._stopped()

    def _stopped(self) -> EngineStoppedError:
        return EngineStoppedError(self._kind, on_purpose=self._closed)

    def _discard(self) -> None:
        """Forget the process, and see to it that it is gone."""
        with self._changing:
            process, self._process = self._process, None
        if process is not None:
            process.kill()
            status = process.wait()
            if not self._closed:
                _log.warning("The engine for %s ended with status %s", self._kind, status)
        if self._connection is not None:
            self._connection.close()
        self._connection = self._loaded = None
