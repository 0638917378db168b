"""Painting on a graphics card for as long as it can, and on the processor from then on."""

from __future__ import annotations

import logging

import torch

from models.drawing import Cancelled, OnStage
from models.networks.generator import Generator, Text
from models.painting.backend import Backend, Painted, paint
from models.painting.chances import Chances
from models.sketches.sketch_scorer import SketchScorer

_log = logging.getLogger(__name__)

OUT_OF_MEMORY = (
    "The graphics card has too little memory free, so your bird was drawn on the processor, and "
    "the next ones will be, too. To use the graphics card again, close other programs and restart."
)
UNUSABLE_CARD = (
    "The graphics card could not be used ({reason}), so your bird was drawn on the processor, and "
    "the next ones will be, too."
)
_LONGEST_REASON = 150  # characters; what CUDA says goes on for lines


class SteadyBackend:
    """A backend that gives way to the processor when its graphics card fails.

    RuntimeError is all that torch's errors of a GPU have in common: a card whose memory others
    filled, or one too old for this build of torch, is told by CUDA's libraries in words of their
    own.

    Parameters
    ----------
    generator : on the CPU.
    scorer : chooses among sketches; None where the first one is finished.

    Attributes
    ----------
    current : what paints now.
    """

    def __init__(
        self, generator: Generator, device: torch.device, scorer: SketchScorer | None
    ) -> None:
        self._scorer = scorer
        # Only a GPU can fail where the CPU does not; elsewhere this would be 50 MB unused.
        self._spare = None if device.type == "cpu" else generator
        self._notice: str | None = None  # what the next picture is to tell
        try:
            self.current = Backend.on(device, generator, scorer=scorer)
        except RuntimeError as error:
            if device.type == "cpu":
                raise
            self._fall_back(error)

    def paint(
        self,
        text: Text,
        chances: Chances,
        count: int,
        on_stage: OnStage | None,
        cancelled: Cancelled | None,
    ) -> Painted:
        """Run the first stages; parameters and errors as for `backend.paint`."""
        backend = self.current
        try:
            painted = paint(backend, text, chances, count, on_stage, cancelled)
        except RuntimeError as error:
            if backend.device.type == "cpu":
                raise
            self._fall_back(error)
            painted = paint(self.current, text, chances, count, on_stage, cancelled)
        painted.notice, self._notice = self._notice, None
        return painted

    def _fall_back(self, error: RuntimeError) -> None:
        assert self._spare is not None
        _log.warning("Drawing on the processor from now on: %s", error)
        self.current = Backend.on(torch.device("cpu"), self._spare, scorer=self._scorer)
        self._notice = _why(error)


def _why(error: RuntimeError) -> str:
    """What to tell of a failed GPU: `OUT_OF_MEMORY`, or the first line of its reason."""
    told = str(error)
    full = isinstance(error, torch.cuda.OutOfMemoryError)
    if full or "out of memory" in told or "ALLOC_FAILED" in told:
        return OUT_OF_MEMORY
    reason = (told.splitlines() or [""])[0].strip().rstrip(".")[:_LONGEST_REASON]
    return UNUSABLE_CARD.format(reason=reason or type(error).__name__)
