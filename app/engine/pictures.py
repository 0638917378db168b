"""The engine that draws: what runs in it, and the painter that the window sees."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.client import EngineClient

if TYPE_CHECKING:
    from PIL import Image

    from app.engine.server import Call
    from models.drawing import Cancelled, Drawing, OnStage
    from models.reading import SentenceReader
    from models.request import DrawRequest


@dataclass(frozen=True)
class LoadedModel:
    """What the window knows of a model: its name, "cpu" or "cuda", how it reads sentences, and the
    poses that it knows by name."""

    name: str
    device: str
    reader: SentenceReader
    poses: tuple[str, ...] = ()


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

    def describe(self) -> LoadedModel:
        painter = self._painter
        return LoadedModel(painter.model_name, painter.device.type, painter.reader, painter.poses)

    def suggest(self, call: Call, word: str) -> list[str]:
        return self._painter.vocabulary.nearest(word)

    def draw(self, call: Call, request: DrawRequest) -> Drawing:
        return self._painter.draw(request, on_stage=_sender(call), cancelled=call.cancelled)


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
    reader
        Tells what the model would draw of a sentence, without asking the engine.
    poses
        Those that can be asked for by name; none where the model is told no pose.
    sketches
        Among how many the best is finished, unless a request says it; None leaves it to the model.
    """

    def __init__(self, client: EngineClient, model: LoadedModel) -> None:
        self._client = client
        self.model_name = model.name
        self.device = model.device
        self.reader = model.reader
        self.poses = model.poses
        self.sketches: int | None = None

    def suggest(self, word: str) -> list[str]:
        """Return known words that are written nearly like an unknown one."""
        words: list[str] = self._client.call("suggest", word)
        return words

    def draw(
        self,
        request: DrawRequest,
        on_stage: OnStage | None = None,
        cancelled: Cancelled | None = None,
    ) -> Drawing:
        """Draw what is asked for: parameters and errors as for ``models.Painter.draw``.

        Raises
        ------
        EngineStoppedError
            The engine died; the next drawing starts another one.
        """

        def on_progress(stage: tuple[int, Image.Image]) -> None:
            if on_stage is not None:
                on_stage(*stage)

        if request.sketches is None:
            request = replace(request, sketches=self.sketches)
        drawing: Drawing = self._client.call(
            "draw", request, on_progress=on_progress, cancelled=cancelled
        )
        self.device = drawing.device
        return drawing
