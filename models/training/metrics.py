"""Losses of a run as JSON lines, averaged over a few steps."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType

STEPS_PER_LINE = 50


class MetricsLog:
    """Appends to a file; a context manager."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("a", encoding="utf-8")
        self._totals: dict[str, float] = defaultdict(float)
        self._steps = 0

    def add(self, pictures: int, seconds: float, values: Mapping[str, float]) -> None:
        """Take a step's losses; every 50th step a line with their means is written."""
        for name, value in values.items():
            self._totals[name] += value
        self._steps += 1
        if self._steps < STEPS_PER_LINE:
            return
        line = {"pictures": pictures, "minutes": round(seconds / 60, 2)}
        line |= {name: round(total / self._steps, 4) for name, total in self._totals.items()}
        self._file.write(json.dumps(line) + "\n")
        self._file.flush()
        self._totals.clear()
        self._steps = 0

    def __enter__(self) -> MetricsLog:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
