"""The numbers that options of the command line take."""

from __future__ import annotations

from models.number_option import NumberOption, whole_number
from models.request import LARGEST_SIZE, MAX_SEED, MOST_SKETCHES

_MOST_COUNT = 1000
_MOST_SECONDS = 60
_MOST_MICROPHONES = 1000

COUNT = whole_number(_MOST_COUNT, least=1)
SEED = whole_number(MAX_SEED)
SKETCHES = whole_number(MOST_SKETCHES, least=1)
MICROPHONE = whole_number(_MOST_MICROPHONES - 1)
SIZE = NumberOption(
    int, lambda value: 1 <= value <= LARGEST_SIZE, "a picture's side in pixels, as 512 is"
)
SECONDS = NumberOption(
    float,
    lambda value: 0.1 <= value <= _MOST_SECONDS,
    f"a number of seconds from 0.1 to {_MOST_SECONDS}",
)
