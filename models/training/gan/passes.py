"""What a step asks of the networks, each as one forward pass, so that gradients meet there.

DistributedDataParallel synchronises what goes through a network's `forward` and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from models.networks.generator import Canvas, Generator
from models.training.gan import losses
from models.training.gan.batch import Batch
from models.training.gan.discriminators import Discriminator, Scores, Seen


@dataclass(frozen=True)
class Drawn:
    """A batch's drawings by the trained stages.

    Attributes
    ----------
    before : the picture of the stage below the trained ones; None when there is none.
    images : the trained stages' pictures, fp32.
    condition_loss : see `losses.condition_loss`.
    """

    before: Tensor | None
    images: tuple[Tensor, ...]
    condition_loss: Tensor


class DrawingPass(nn.Module):
    """Draws a batch by the stages that are trained, given by their positions, 0 for the first."""

    def __init__(self, generator: Generator, stages: Sequence[int], patch: float) -> None:
        super().__init__()
        self.generator = generator
        self.stages, self.patch = stages, patch

    def forward(self, batch: Batch) -> Drawn:
        text, pose = batch.text, batch.pose
        condition, mean, log_variance = self.generator.conditioning(batch.sentence, batch.epsilon)
        condition_loss = losses.condition_loss(mean, log_variance)
        first, last = min(self.stages), max(self.stages)
        if first == 0:
            drawn = list(self.generator.stages(batch.noise, condition, text, last + 1, pose))
            return _drawn(None, drawn, condition_loss)
        with torch.no_grad():
            *_, before = self.generator.stages(batch.noise, condition, text, first, pose)
        if self.patch < 1:
            before = _cut(before, batch.place, self.patch)
        canvases = [before]
        for stage in range(first, last + 1):
            canvases.append(self.generator.refine(canvases[-1], stage, text))
        return _drawn(before, canvases[1:], condition_loss.detach())


class DiscriminatorPass(nn.Module):
    """Scores a batch by all discriminators, for them to learn from."""

    def __init__(self, discriminators: Sequence[Discriminator]) -> None:
        super().__init__()
        self.judges = nn.ModuleList(discriminators)  # the name that files of runs have for them

    def forward(
        self, real: Sequence[Seen], drawn: Sequence[Seen], batch: Batch, sees_sentences: bool
    ) -> list[tuple[Scores, Scores | None, Scores]]:
        """Score, for each stage: photographs, photographs with wrong sentences, drawings."""
        scores: list[tuple[Scores, Scores | None, Scores]] = []
        for discriminator, photographs, drawings in zip(self.judges, real, drawn, strict=True):
            if sees_sentences:
                right, wrong = discriminator(photographs, [batch.sentence, batch.wrong_sentence])
                (fake,) = discriminator(drawings, [batch.sentence])
                scores.append((right, wrong, fake))
            else:
                (right,), (fake,) = (
                    discriminator(photographs, [None]),
                    discriminator(drawings, [None]),
                )
                scores.append((right, None, fake))
        return scores


def _drawn(before: Canvas | None, canvases: Sequence[Canvas], condition_loss: Tensor) -> Drawn:
    return Drawn(
        None if before is None else before.image.float(),
        tuple(canvas.image.float() for canvas in canvases),
        condition_loss,
    )


def _cut(canvas: Canvas, place: Tensor, patch: float) -> Canvas:
    side = canvas.hidden.shape[-1]
    size = int(side * patch)
    return canvas.crop(*corner(side, size, place), size)


def corner(side: int, size: int, place: Tensor) -> tuple[int, int]:
    """Top and left of a square of `size` in one of `side`."""
    top, left = (place * (side - size + 1)).int().tolist()
    return top, left
