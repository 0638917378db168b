"""The base of every error that is told to the person."""

from __future__ import annotations


class AppError(Exception):
    """Something went wrong that the person can understand.

    ``str(error)`` is one plain sentence, shown as it is in the window and on the command line.
    """


class OutOfMemoryError(AppError):
    """Something did not fit into the computer's memory."""

    def __init__(self) -> None:
        super().__init__(
            "There is not enough memory for this: close other programs and try again, or choose a "
            "smaller size."
        )


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether memory ran out; torch says it on the processor with a plain RuntimeError."""
    return (
        isinstance(error, MemoryError)
        or (isinstance(error, RuntimeError) and "DefaultCPUAllocator" in str(error))
        # A library does not fit.
        or (isinstance(error, ImportError) and "failed to map segment" in str(error))
    )
