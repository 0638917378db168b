"""What the window and an engine say to each other, pickled.

The window sends one :class:`Request` and waits; the engine answers with any number of
:class:`Progress` and then one :class:`Result` or :class:`Failure`. Meanwhile the window may send
:class:`Cancel`; one that comes too late is without effect.
"""

from __future__ import annotations

import traceback
from dataclasses import dataclass
from typing import Any

from app.errors import AppError, OutOfMemoryError, is_out_of_memory
from models.errors import ModelError


class EngineDefect(Exception):
    """An engine raised something that is not meant for a person; its traceback is a note."""


@dataclass(frozen=True)
class Request:
    """Call ``method`` of what the engine has loaded; the first request, LOAD, loads it."""

    method: str
    arguments: tuple[Any, ...]


LOAD = "load"


@dataclass(frozen=True)
class Cancel:
    """Whatever is being done is not wanted any more."""


@dataclass(frozen=True)
class Progress:
    """A part of the result, ahead of it."""

    value: Any


@dataclass(frozen=True)
class Result:
    """What the method returned."""

    value: Any


@dataclass(frozen=True)
class Failure:
    """What the method raised.

    An exception pickled as it is would be built again by calling its class with the finished
    sentence, which classes that write their own sentence do not take; and to read one of torch's
    exceptions, the window would import torch. So the parts cross, and only errors meant for the
    person keep their class.
    """

    kind: type[Exception]
    arguments: tuple[Any, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, error: Exception) -> Failure:
        """Describe an exception that was just caught."""
        if is_out_of_memory(error):
            error = OutOfMemoryError()
        if isinstance(error, (AppError, ModelError)):
            return cls(type(error), error.args)
        trace = "".join(traceback.format_exception(error))
        text = f"{type(error).__name__}: {error}"
        return cls(EngineDefect, (text,), (f"In the engine:\n{trace}",))

    def to_error(self) -> Exception:
        """Build the exception again."""
        error = self.kind.__new__(self.kind, *self.arguments)  # sets ``args`` without __init__
        for note in self.notes:
            error.add_note(note)
        return error


Reply = Progress | Result | Failure
