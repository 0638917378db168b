"""A run that is asked to stop does so between two steps."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def stop_when_asked() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM in a list instead of dying of them in the middle of a step."""
    asked: list[int] = []
    previous = {
        number: signal.signal(number, lambda received, _: asked.append(received))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield asked
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)
