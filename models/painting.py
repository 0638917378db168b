"""Running the generator's stages somewhere: on the processor or on a graphics card."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from models.drawing import Cancelled, OnStage
from models.errors import DrawingCancelled, ModelError
from models.folding import folded
from models.generator import Generator, Text
from models.pose import Pose
from models.precision import bfloat16_is_faster


@dataclass(frozen=True)
class Place:
    """Where drawing happens.

    Attributes
    ----------
    generator : in the form for drawing, on `device`.
    device : the CPU, or a GPU.
    precision : what it multiplies in.
    """

    generator: Generator
    device: torch.device
    precision: torch.dtype

    @classmethod
    def on(
        cls, device: torch.device, generator: Generator, precision: torch.dtype | None = None
    ) -> Place:
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
        return cls(folded(generator, precision).to(device), device, precision)


@dataclass
class Painted:
    """What came of a batch of B drawings.

    Attributes
    ----------
    device : where they were drawn, "cpu" or "cuda".
    stages : for each stage its B pictures.
    attention : for each stage from the second an array (B, T, S, S).
    notice : what is to be told about it.
    """

    device: str
    stages: list[list[Image.Image]] = field(default_factory=list)
    attention: list[np.ndarray] = field(default_factory=list)
    notice: str | None = None


@torch.inference_mode()
def paint(
    place: Place,
    text: Text,
    noise: Tensor,
    epsilon: Tensor,
    pose: Pose | None,
    count: int,
    on_stage: OnStage | None,
    cancelled: Cancelled | None,
) -> Painted:
    """Run the first stages of a generator.

    Parameters
    ----------
    text : features of B sentences, or of B pairs of them; on any device, as noise and epsilon.
    noise : (B, noise_size) standard normal z.
    epsilon : (B, condition_size) standard normal, for the conditioning augmentation.
    pose : of B birds, for a generator that is told one.
    count : how many stages.
    on_stage, cancelled : as for `Painter.draw`; only the first drawing is shown.

    Raises
    ------
    DrawingCancelled
        `cancelled` said so.
    RuntimeError
        The GPU failed, for example since its memory is full.
    """
    painted = Painted(place.device.type)
    text = text.to(place.device)
    with torch.autocast(
        place.device.type, place.precision, enabled=place.precision != torch.float32
    ):
        condition, _, _ = place.generator.conditioning(text.sentence, epsilon.to(place.device))
        told = pose and pose.to(place.device)
        stages = place.generator.stages(noise.to(place.device), condition, text, count, told)
        while True:
            if cancelled is not None and cancelled():
                raise DrawingCancelled
            canvas = next(stages, None)
            if canvas is None:
                return painted
            painted.stages.append(_to_pictures(canvas.image))
            if canvas.attention is not None:
                painted.attention.append(canvas.attention.float().cpu().numpy())
            if on_stage is not None:
                on_stage(len(painted.stages) - 1, painted.stages[-1][0])


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
