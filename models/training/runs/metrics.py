"""Losses of a run as JSON lines and for TensorBoard, averaged over a few steps."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

STEPS_PER_LINE = 50


class MetricsLog:
    """Appends to ``NAME.jsonl`` and to TensorBoard's events in a run's folder; a context manager.

    Parameters
    ----------
    counted : what a line counts: pictures, or utterances.
    active : whether this process writes at all: one of several does.
    """

    def __init__(
        self, run: Path, name: str, active: bool = True, counted: str = "pictures"
    ) -> None:
        self._totals: dict[str, float] = defaultdict(float)
        self._steps = 0
        self._last = (0, 0.0)
        self._active, self._counted = active, counted
        if active:
            from torch.utils.tensorboard import SummaryWriter

            self._file = (run / f"{name}.jsonl").open("a", encoding="utf-8")
            self._board = SummaryWriter(run / "tensorboard")

    def add(self, count: int, seconds: float, values: Mapping[str, float]) -> None:
        """Take a step's losses; every 50th step a line with their means is written."""
        for name, value in values.items():
            self._totals[name] += value
        self._steps += 1
        self._last = (count, seconds)
        if self._steps == STEPS_PER_LINE:
            self._write()

    def _write(self) -> None:
        count, seconds = self._last
        means = {name: round(total / self._steps, 4) for name, total in self._totals.items()}
        self._totals.clear()
        self._steps = 0
        if self._active:
            line = {self._counted: count, "minutes": round(seconds / 60, 2), **means}
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
            for name, mean in means.items():
                self._board.add_scalar(name, mean, count)

    def __enter__(self) -> MetricsLog:
        return self

    def __exit__(self, *_: object) -> None:
        """Write what has come since the last line, so that a short run leaves one too."""
        if self._steps:
            self._write()
        if self._active:
            self._file.close()
            self._board.close()
