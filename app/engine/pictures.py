"""The engine that draws: what runs in it, and the painter that the window sees."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.client import EngineClient
from models.errors import CheckpointError, SoundError
from models.sketches.pose_wish import ANY, is_known

if TYPE_CHECKING:
    from PIL import Image

    from app.engine.server import Call
    from app.speech.sound.recording import Recording
    from models import Painter
    from models.drawing import Cancelled, Drawing, OnStage
    from models.reading import SentenceReader
    from models.request import DrawRequest
    from models.sketches.pose_wish import PartPlaces
    from models.sound.heard import HeardSentence

_SKETCHES = 4  # from one sketch to the next; each takes .03 s


@dataclass(frozen=True)
class LoadedModel:
    """What the window knows of a model.

    Attributes
    ----------
    name : its name and the beginning of its checksum.
    device : "cpu" or "cuda".
    sizes : the sides in pixels of its stages.
    reader : how it reads sentences.
    poses : those that it knows by name; none where it is told no pose.
    weights : its file; None is the bundled one.
    """

    name: str
    device: str
    sizes: tuple[int, ...]
    reader: SentenceReader
    poses: tuple[str, ...]
    weights: Path | None


class PicturesEngine:
    """Runs in the engine: the model and its methods, and one more model at a time.

    The other one draws a picture of the gallery again that it drew.
    """

    def __init__(self, weights: Path | None, device: str, threads: int | None) -> None:
        from models.memory import keep_freed_memory

        if threads is not None:
            import torch

            torch.set_num_threads(min(threads, os.cpu_count() or 1))
        self._device = device
        self._own = weights, self._load(weights)
        self._other: tuple[Path | None, Painter] | None = None
        self._sketched: _Sketched | None = None
        keep_freed_memory()

    def describe(self) -> LoadedModel:
        return _description(*self._own)

    def describe_other(self, call: Call, weights: Path | None) -> LoadedModel:
        return _description(weights, self._painter(weights))

    def suggest(self, call: Call, weights: Path | None, word: str) -> list[str]:
        return self._painter(weights).vocabulary.nearest(word)

    def draw(self, call: Call, weights: Path | None, request: DrawRequest) -> Drawing:
        painter = self._painter(weights)
        return painter.draw(request, on_stage=_sender(call), cancelled=call.cancelled)

    def sketch(
        self, call: Call, weights: Path | None, request: DrawRequest, recording: Recording
    ) -> list[Image.Image]:
        from app.speech.sound.voice_detector import find_speech

        speech = find_speech(recording)
        if speech is None:
            return []
        painter = self._painter(weights)
        try:
            heard = painter.ears.understand(speech.voice())
        except SoundError:
            return []
        request = replace(request, size=painter.sizes[0])
        drawing = painter.draw(replace(request, sound=heard), cancelled=call.cancelled)
        former = self._sketched
        now = self._sketched = _Sketched(request.seed, recording.seconds, heard, drawing.pose)
        way = now.coming_from(former, request) if former and now.goes_on_from(former) else []
        return [
            *(painter.draw(each, cancelled=call.cancelled).image for each in way),
            drawing.image,
        ]

    def _painter(self, weights: Path | None) -> Painter:
        for loaded in filter(None, (self._own, self._other)):
            if loaded[0] == weights:
                return loaded[1]
        self._other = None  # at most two are in memory
        self._other = weights, self._load(weights)
        return self._other[1]

    def _load(self, weights: Path | None) -> Painter:
        from models import Painter

        return Painter.load(weights, device=self._device)


@dataclass(frozen=True)
class _Sketched:
    """Of a sketch: its seed, the length of the recording in seconds, what was heard, its pose."""

    seed: int | None
    seconds: float
    heard: HeardSentence
    pose: PartPlaces | None

    def goes_on_from(self, former: _Sketched) -> bool:
        """Whether more of the same was said since another one."""
        return former.seed == self.seed and former.seconds < self.seconds

    def coming_from(self, former: _Sketched, request: DrawRequest) -> Iterator[DrawRequest]:
        """What lies between another sketch and this one: sound and pose go there together."""
        from models.sketches.pose import Pose
        from models.sketches.pose_bank import blended

        for step in range(1, _SKETCHES):
            share = step / _SKETCHES
            between = replace(request, sound=self.heard.coming_from(former.heard, share))
            if former.pose and self.pose:
                pose = blended(Pose.of(former.pose), Pose.of(self.pose), share)
                between = replace(between, pose=pose.told(0))
            yield between


def _description(weights: Path | None, painter: Painter) -> LoadedModel:
    return LoadedModel(
        painter.model_name,
        painter.device.type,
        painter.sizes,
        painter.reader,
        painter.poses,
        weights,
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
    model_name, sizes, reader, poses, weights : of its `LoadedModel`; they need no engine.
    device : "cpu" or "cuda"; where the last picture was drawn.
    sketches : among how many the best is finished, unless a request says it; None leaves it to the
        model.
    """

    def __init__(self, client: EngineClient, model: LoadedModel) -> None:
        self._client, self._model = client, model
        self.model_name = model.name
        self.device = model.device
        self.sizes = model.sizes
        self.reader = model.reader
        self.poses = model.poses
        self.weights = model.weights
        self.sketches: int | None = None

    def size_near(self, wanted: int) -> int:
        """Return the largest side in pixels that it draws up to the wanted one."""
        return max((size for size in self.sizes if size <= wanted), default=self.sizes[0])

    def that_drew(self, model: str, files: Iterable[Path | None]) -> EnginePainter | None:
        """Return what draws with the model of a name, beside this one; None where there is none.

        Parameters
        ----------
        files : where its weights may be; None is the bundled ones.

        Raises
        ------
        CheckpointError
            The weights are there, and cannot be used.
        """
        from models.checkpoints.header import describe_model

        if model == self.model_name:
            return self
        for weights in files:
            with contextlib.suppress(CheckpointError):
                if describe_model(weights).name == model:
                    break
        else:
            return None
        return EnginePainter(self._client, self._client.call("describe_other", weights))

    def beside(self, other: EnginePainter | None) -> EnginePainter:
        """Return what draws with another one's model in this one's engine; without one, this.

        The other one's engine may have ended since: a device was chosen.
        """
        return self if other is None else EnginePainter(self._client, other._model)

    def suggest(self, word: str) -> list[str]:
        """Return known words that are written nearly like an unknown one."""
        words: list[str] = self._client.call("suggest", self.weights, word)
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

        request = self._with_sketches(request)
        drawing: Drawing = self._client.call(
            "draw", self.weights, request, on_progress=on_progress, cancelled=cancelled
        )
        self.device = drawing.device
        return drawing

    def _with_sketches(self, request: DrawRequest) -> DrawRequest:
        if request.sketches is not None:
            return request
        return replace(request, sketches=self.sketches)

    def sketch(
        self, request: DrawRequest, recording: Recording, cancelled: Cancelled
    ) -> list[Image.Image]:
        """Draw the smallest picture of what is said in a recording, straight from its sound.

        Asked again while the recording grows, it draws the way there from the last one, too: one
        bird becomes the other.

        Parameters
        ----------
        request : seed, pose and number of sketches; the pose is left out if it is not known.

        Returns
        -------
        The pictures of the way, the last one that of the sound; none where nobody speaks yet, or
        says nothing that is like a description.

        Raises
        ------
        ModelError
            The listener was taught by another text encoder.
        DrawingCancelled
            `cancelled` said so.
        EngineStoppedError
            The engine died.
        """
        if not is_known(request.pose, self.poses):
            request = replace(request, pose=ANY)
        request = self._with_sketches(request)
        images: list[Image.Image] = self._client.call(
            "sketch", self.weights, request, recording, cancelled=cancelled
        )
        return images
