"""The numbers that options of the command line take: a wrong one is told before any work."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

from app.commandline.steps import SEEDS, SIZES

_LONGEST = 20  # characters of a wrong value that are repeated
_MOST_COUNT = 1000
_MOST_SECONDS = 60
_MOST_MICROPHONES = 1000


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


def _whole(most: int, least: int = 0) -> NumberOption:
    expected = f"a whole number from {least} to {most}"
    return NumberOption(int, lambda value: least <= value <= most, expected)


COUNT = _whole(_MOST_COUNT, least=1)
SEED = _whole(SEEDS - 1)
MICROPHONE = _whole(_MOST_MICROPHONES - 1)
SIZE = NumberOption(int, lambda value: value in SIZES, f"one of {', '.join(map(str, SIZES))}")
SECONDS = NumberOption(
    float,
    lambda value: 0.1 <= value <= _MOST_SECONDS,
    f"a number of seconds from 0.1 to {_MOST_SECONDS}",
)
