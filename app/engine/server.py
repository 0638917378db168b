"""The engine's side: loads one thing, then serves one request at a time until the window goes."""

from __future__ import annotations

import contextlib
import os
import queue
import threading
from collections.abc import Callable
from typing import Any

from app.engine.inheriting import Connection
from app.engine.messages import LOAD, Cancel, Failure, Progress, Request, Result


class Call:
    """What a method may ask and say while it works."""

    def __init__(self, connection: Connection, cancelled: threading.Event) -> None:
        self._connection = connection
        self._cancelled = cancelled

    def cancelled(self) -> bool:
        """Tell whether the result is not wanted any more."""
        return self._cancelled.is_set()

    def progress(self, value: object) -> None:
        """Send a part of the result ahead."""
        self._connection.send(Progress(value))


class Server:
    """Answers the requests of one connection.

    Parameters
    ----------
    connection : the engine's end. When the other end closes, even by the window's sudden death, the
        process ends at once, whatever it is doing.
    load : called with the arguments of the first request, which is ``LOAD``, and of any later one.
        What it returns has the methods of all other requests, each with a :class:`Call` as its
        first argument, and ``describe``, whose result answers ``LOAD``.
    """

    def __init__(self, connection: Connection, load: Callable[..., Any]) -> None:
        self._connection = connection
        self._load = load
        self._requests: queue.SimpleQueue[Request] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._loaded: Any = None

    def run(self) -> None:
        """Serve until the window goes."""
        threading.Thread(target=self._read, name="reader", daemon=True).start()
        with contextlib.suppress(OSError):  # the window went while it was told something
            while True:
                self._connection.send(self._answer(self._requests.get()))

    def _read(self) -> None:
        """Take in what the window says while the main thread works."""
        while True:
            try:
                message = self._connection.recv()
            except (EOFError, OSError):
                os._exit(0)  # nobody is left to work for
            if isinstance(message, Cancel):
                self._cancelled.set()
            else:
                # Messages keep their order: a Cancel that came too late ends here.
                self._cancelled.clear()
                self._requests.put(message)

    def _answer(self, request: Request) -> Result | Failure:
        try:
            if request.method == LOAD:
                self._loaded = self._load(*request.arguments)
                return Result(self._loaded.describe())
            method = getattr(self._loaded, request.method)
            return Result(method(Call(self._connection, self._cancelled), *request.arguments))
        except Exception as error:
            return Failure.of(error)
