"""The numbers that options of the command line take."""

from __future__ import annotations

from app.commandline.steps import SEEDS
from models.number_option import NumberOption, whole_number

_MOST_COUNT = 1000
_MOST_SECONDS = 60
_MOST_SKETCHES = 64
_LARGEST_SIZE = 2**15  # pixels; which sizes there are is told by the model
_MOST_MICROPHONES = 1000

COUNT = whole_number(_MOST_COUNT, least=1)
SEED = whole_number(SEEDS - 1)
SKETCHES = whole_number(_MOST_SKETCHES, least=1)
MICROPHONE = whole_number(_MOST_MICROPHONES - 1)
SIZE = whole_number(_LARGEST_SIZE, least=1)
SECONDS = NumberOption(
    float,
    lambda value: 0.1 <= value <= _MOST_SECONDS,
    f"a number of seconds from 0.1 to {_MOST_SECONDS}",
)
