"""The engine that draws: what runs in it, and the painter that the window sees."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from app.engine.client import EngineClient

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL import Image

    from app.engine.server import Call
    from app.speech.recording import Recording
    from models.drawing import Blend, Cancelled, Drawing, OnStage
    from models.listener import HeardSentence, Listener


@dataclass(frozen=True)
class LoadedModel:
    """What the window knows of a model: its name, "cpu" or "cuda", and the words it knows."""

    name: str
    device: str
    words: frozenset[str]


class PicturesEngine:
    """Runs in the engine: the model and its methods."""

    def __init__(self, weights: Path | None, device: str, threads: int | None) -> None:
        from models import Painter
        from models.memory import keep_freed_memory

        if threads is not None:
            import torch

            torch.set_num_threads(min(threads, os.cpu_count() or 1))
        self._painter = Painter.load(weights, device=device)
        keep_freed_memory()
        self._last_heard: tuple[NDArray[np.float32], HeardSentence] | None = None

    def describe(self) -> LoadedModel:
        painter = self._painter
        words = frozenset(painter.vocabulary.words)
        return LoadedModel(painter.model_name, painter.device.type, words)

    def suggest(self, call: Call, word: str) -> list[str]:
        return self._painter.vocabulary.nearest(word)

    def draw(self, call: Call, sentence: str, seed: int | None, size: int | None) -> Drawing:
        return self._painter.draw(
            sentence, seed, size, on_stage=_sender(call), cancelled=call.cancelled
        )

    def draw_sound(
        self, call: Call, samples: NDArray[np.float32], seed: int | None, size: int | None
    ) -> Drawing:
        return self._painter.draw_heard(
            self._hear(samples), seed, size, on_stage=_sender(call), cancelled=call.cancelled
        )

    def _hear(self, samples: NDArray[np.float32]) -> HeardSentence:
        """Listen, unless this is what was heard last: there may be several pictures of it."""
        if self._last_heard is None or not np.array_equal(self._last_heard[0], samples):
            self._last_heard = samples, self._listener.hear(samples)
        return self._last_heard[1]

    @cached_property
    def _listener(self) -> Listener:
        from models.listener import Listener

        return Listener.load()

    def draw_blend(self, call: Call, blend: Blend, size: int | None) -> Drawing:
        return self._painter.draw_blend(
            blend, size, on_stage=_sender(call), cancelled=call.cancelled
        )


def _sender(call: Call) -> OnStage:
    """Return a function that sends each stage ahead to the window."""

    def on_stage(index: int, image: Image.Image) -> None:
        call.progress((index, image))

    return on_stage


class EnginePainter:
    """Draws like ``models.Painter``, in an engine.

    Attributes
    ----------
    model_name
        The model's name and the beginning of its checksum.
    device
        "cpu" or "cuda"; where the last picture was drawn.
    words
        The words that the model knows.
    """

    def __init__(self, client: EngineClient, model: LoadedModel) -> None:
        self._client = client
        self.model_name = model.name
        self.device = model.device
        self.words = model.words

    def suggest(self, word: str) -> list[str]:
        """Return known words that are written nearly like an unknown one."""
        words: list[str] = self._client.call("suggest", word)
        return words

    def draw(
        self,
        sentence: str,
        seed: int | None = None,
        size: int | None = None,
        on_stage: OnStage | None = None,
        cancelled: Cancelled | None = None,
    ) -> Drawing:
        """Draw one sentence: parameters and errors as for ``models.Painter.draw``.

        Raises
        ------
        EngineStoppedError
            The engine died; the next drawing starts another one.
        """
        return self._call("draw", sentence, seed, size, on_stage=on_stage, cancelled=cancelled)

    def draw_sound(
        self,
        speech: Recording,
        seed: int | None = None,
        size: int | None = None,
        on_stage: OnStage | None = None,
        cancelled: Cancelled | None = None,
    ) -> Drawing:
        """Draw what is said, straight from its sound.

        Parameters
        ----------
        speech
            The part of a recording in which somebody speaks, as ``speech_in`` returns it.

        Raises
        ------
        SoundError, CheckpointError, ModelError
            As for ``models.listener.Listener`` and ``models.Painter.draw_heard``; the others as for
            :meth:`draw`.
        """
        return self._call(
            "draw_sound", speech.as_float(), seed, size, on_stage=on_stage, cancelled=cancelled
        )

    def draw_blend(
        self,
        blend: Blend,
        size: int | None = None,
        on_stage: OnStage | None = None,
        cancelled: Cancelled | None = None,
    ) -> Drawing:
        """Draw a blend: as for ``models.Painter.draw_blend``, errors as for :meth:`draw`."""
        return self._call("draw_blend", blend, size, on_stage=on_stage, cancelled=cancelled)

    def _call(
        self,
        method: str,
        *arguments: object,
        on_stage: OnStage | None,
        cancelled: Cancelled | None,
    ) -> Drawing:
        def on_progress(stage: tuple[int, Image.Image]) -> None:
            if on_stage is not None:
                on_stage(*stage)

        drawing: Drawing = self._client.call(
            method, *arguments, on_progress=on_progress, cancelled=cancelled
        )
        self.device = drawing.device
        return drawing
