"""Running the generator's stages somewhere: on the processor or on a graphics card."""

from __future__ import annotations

import copy
from collections import deque
from dataclasses import dataclass, field

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from models.drawing import Cancelled, OnStage
from models.errors import DrawingCancelled, ModelError
from models.networks.generator import Canvas, Generator, Text
from models.networks.layers import channels_last
from models.painting.chances import Chances
from models.painting.folding import folded
from models.painting.precision import bfloat16_is_faster
from models.sketches.sketch_scorer import SketchScorer


@dataclass(frozen=True)
class _Choice:
    """Which sketch was chosen of one drawing's: a larger picture of it goes on from there."""

    sentence: Tensor
    chances: Chances
    canvas: Canvas
    chosen: list[int]

    def is_of(self, sentence: Tensor, chances: Chances) -> bool:
        return torch.equal(self.sentence, sentence) and self.chances.equals(chances)


@dataclass(frozen=True)
class Backend:
    """Where drawing happens.

    Attributes
    ----------
    generator : in the form for drawing, on `device`.
    device : the CPU, or a GPU.
    precision : what it multiplies in.
    scorer : chooses among sketches; None where the first one is finished.
    latest : the last choice among sketches of one drawing, if there was one.
    """

    generator: Generator
    device: torch.device
    precision: torch.dtype
    scorer: SketchScorer | None = None
    latest: deque[_Choice] = field(default_factory=lambda: deque(maxlen=1), repr=False)

    @classmethod
    def on(
        cls,
        device: torch.device,
        generator: Generator,
        precision: torch.dtype | None = None,
        scorer: SketchScorer | None = None,
    ) -> Backend:
        """Prepare a copy of a generator that lies on the CPU.

        Parameters
        ----------
        precision : bfloat16 or float32; by default bfloat16 where the processor multiplies in it.

        Raises
        ------
        RuntimeError
            The GPU cannot be used: its memory is full, or torch has no kernels for it.
        """
        if precision is None:
            precision = _drawing_precision(device)
        own = scorer and copy.deepcopy(scorer).to(device)
        if own is not None:
            channels_last(own)
        drawing = folded(generator, precision, exact_sketches=own is not None)
        return cls(drawing.to(device), device, precision, own)


@dataclass
class Painted:
    """What came of a batch of B drawings.

    Attributes
    ----------
    device : where they were drawn, "cpu" or "cuda".
    stages : for each stage its B pictures.
    attention : for each stage from the second an array (B, T, S, S).
    chosen : which sketch of each drawing was finished.
    notice : what is to be told about it.
    """

    device: str
    stages: list[list[Image.Image]] = field(default_factory=list)
    attention: list[np.ndarray] = field(default_factory=list)
    chosen: list[int] = field(default_factory=list)
    notice: str | None = None


@torch.inference_mode()
def paint(
    backend: Backend,
    text: Text,
    chances: Chances,
    count: int,
    on_stage: OnStage | None,
    cancelled: Cancelled | None,
) -> Painted:
    """Run the first stages of a generator.

    Parameters
    ----------
    text : features of B sentences, or of B pairs of them; on any device, as what `chances` holds.
    count : how many stages.
    on_stage, cancelled : as for `Painter.draw`; only the first drawing is shown.

    Raises
    ------
    DrawingCancelled
        `cancelled` said so.
    RuntimeError
        The GPU failed, for example since its memory is full.
    """
    if cancelled is not None and cancelled():
        raise DrawingCancelled
    painted = Painted(backend.device.type)
    text = text.to(backend.device)
    with torch.autocast(
        backend.device.type, backend.precision, enabled=backend.precision != torch.float32
    ):
        canvas, painted.chosen = _best_sketches(backend, text, chances)
        stages = backend.generator.go_on(canvas, text, count)
        while True:
            if cancelled is not None and cancelled():
                raise DrawingCancelled
            canvas_or_end = next(stages, None)
            if canvas_or_end is None:
                return painted
            painted.stages.append(_to_pictures(canvas_or_end.image))
            if canvas_or_end.attention is not None:
                painted.attention.append(canvas_or_end.attention.float().cpu().numpy())
            if on_stage is not None:
                on_stage(len(painted.stages) - 1, painted.stages[-1][0])


def _best_sketches(backend: Backend, text: Text, chances: Chances) -> tuple[Canvas, list[int]]:
    """Run the 64 px stage for all sketches, and keep the best one of each drawing.

    Where they are scored it is in single precision: of sketches that are about as good, another
    device must not take another one. In bfloat16 one drawing in seven was another bird.
    """
    if backend.scorer is None:
        return _draw_and_choose(backend, text, chances)
    for latest in tuple(backend.latest):
        if latest.is_of(text.sentence, chances):
            return latest.canvas, latest.chosen
    with (
        torch.autocast(backend.device.type, enabled=False),
        torch.backends.cudnn.flags(enabled=True, allow_tf32=False),
    ):
        canvas, chosen = _draw_and_choose(backend, text, chances)
    hidden, drawn = (part.to(backend.precision) for part in (canvas.hidden, canvas.drawn))
    canvas = Canvas(hidden, drawn)
    if len(chosen) == 1 and chances.sketches > 1:
        backend.latest.append(_Choice(text.sentence, chances, canvas, chosen))
    return canvas, chosen


def _draw_and_choose(backend: Backend, text: Text, chances: Chances) -> tuple[Canvas, list[int]]:
    drawings, noises = chances.noise.shape[:2]
    noise, epsilon = (
        part.flatten(0, 1).to(backend.device) for part in (chances.noise, chances.epsilon)
    )
    condition, _, _ = backend.generator.conditioning(
        text.sentence.repeat_interleave(noises, dim=0), epsilon
    )
    pose = chances.pose and chances.pose.to(backend.device)
    canvas = backend.generator.start(noise, condition, pose)
    if chances.sketches == 1:
        return canvas, [0] * drawings
    chosen = _choose(backend, text, chances, canvas)
    rows = torch.arange(drawings, device=chosen.device) * chances.sketches + chosen
    return canvas.rows(rows), chosen.tolist()


def _choose(backend: Backend, text: Text, chances: Chances, sketches: Canvas) -> Tensor:
    """Which sketch of each drawing is liked best (B,)."""
    drawings, count = len(chances.noise), chances.sketches
    scores = torch.zeros(drawings, count, device=backend.device)
    if chances.preference is not None:
        scores += chances.preference.to(backend.device)
    if backend.scorer is not None and not scores.isposinf().any(dim=1).all():
        sentences = text.sentence.repeat_interleave(count, dim=0)
        scored = backend.scorer.score(sketches.image, sentences).total
        scores += scored.unflatten(0, (-1, count))
    return scores.argmax(dim=1)


def choose_device(name: str) -> torch.device:
    """Find the device that is called "auto" (a GPU when there is one), "cpu", "cuda" or "cuda:1".

    Raises
    ------
    ModelError
        There is no such device.
    """
    kind, _, number = name.partition(":")
    if name not in ("auto", "cpu", "cuda") and not (kind == "cuda" and number.isdecimal()):
        raise ModelError(f"There is no device called {name}: use auto, cpu, cuda or cuda:NUMBER.")
    if kind == "cuda" and not torch.cuda.is_available():
        raise ModelError("There is no usable NVIDIA GPU on this computer: choose auto or cpu.")
    if number and int(number) >= torch.cuda.device_count():
        raise ModelError(
            f"There is no GPU number {number} on this computer: it has "
            f"{torch.cuda.device_count()}, counted from 0."
        )
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    return torch.device(name)


def _drawing_precision(device: torch.device) -> torch.dtype:
    """bfloat16 where it is faster on a processor: the eye sees no difference."""
    if device.type == "cpu" and bfloat16_is_faster(device):
        return torch.bfloat16
    return torch.float32


def _to_pictures(images: Tensor) -> list[Image.Image]:
    """Turn (B, 3, S, S) in -1 .. 1 into RGB pictures."""
    pixels = images.float().add(1).mul_(127.5).round_().clamp_(0, 255).to(torch.uint8)
    return [Image.fromarray(picture.numpy()) for picture in pixels.permute(0, 2, 3, 1).cpu()]
