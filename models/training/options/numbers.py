"""The numbers that options of training's commands take."""

from __future__ import annotations

from models.number_option import NumberOption, whole_number
from models.request import MAX_SEED, MOST_SKETCHES

COUNT = whole_number(1_000_000_000, least=1)
SCORED = whole_number(1_000_000_000, least=2)
"""Pictures whose spread is scored: there is none of one."""
JOBS = whole_number(1024, least=1)
"""Threads or processes."""
SEED = whole_number(MAX_SEED)
SKETCH_COUNT = whole_number(MOST_SKETCHES, least=1)
PHASE = whole_number(1000)
PIXELS = whole_number(1 << 14, least=1)
MINUTES = NumberOption(float, lambda value: value > 0, "a number of minutes above 0")
