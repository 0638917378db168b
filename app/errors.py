"""The base of every error that is told to the person."""

from __future__ import annotations


class AppError(Exception):
    """Something went wrong that the person can understand.

    ``str(error)`` is one plain sentence, shown as it is in the window and on the command line.
    """
