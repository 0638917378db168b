"""Numbers on command lines: a wrong one is told with its option, before any work."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

_LONGEST = 20  # characters of a wrong value that are repeated


@dataclass(frozen=True)
class NumberOption:
    """Reads an option's value, as the ``type`` of ``argparse``, which tells the option's name.

    Attributes
    ----------
    kind
        ``int`` or ``float``.
    fits
        Whether a number can be used; not asked for what is no number.
    expected
        What to say that it should be.
    """

    kind: Callable[[str], float]
    fits: Callable[[float], bool]
    expected: str

    def __call__(self, text: str) -> float:
        """Return the number.

        Raises
        ------
        argparse.ArgumentTypeError
            It is none, or cannot be used; NaN fits nowhere.
        """
        try:
            value = self.kind(text)
        except ValueError:
            value = None
        if value is None or not self.fits(value):
            shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
            raise argparse.ArgumentTypeError(f"{shown!r} is not {self.expected}")
        return value


def whole_number(most: int, least: int = 0) -> NumberOption:
    """Read a whole number of a range."""
    expected = f"a whole number from {least} to {most}"
    return NumberOption(int, lambda value: least <= value <= most, expected)
