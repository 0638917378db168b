"""The training photograph nearest to a picture: whether drawings are memorised."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from models.training.data.examples import Example
from models.training.data.photographs import bird_square
from models.training.evaluation.features import FeatureNetwork, photographs, pixel_batches


@dataclass(frozen=True)
class Neighbour:
    """The training photograph nearest to a picture.

    Attributes
    ----------
    mirrored : whether it is nearest when it is mirrored, left to right.
    similarity : cosine of the features of both, 1 for the same picture.
    """

    example: Example
    mirrored: bool
    similarity: float

    def picture(self, size: int) -> Image.Image:
        """The photograph as it was found, mirrored or not, `size` px each way."""
        photograph = bird_square(self.example, size)
        if self.mirrored:
            photograph = photograph.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        return photograph


class TrainingPhotographs:
    """All training photographs and their mirror images, as the network sees them.

    Raises
    ------
    ValueError
        A file cannot be read as a picture; the message names it.
    """

    def __init__(self, network: FeatureNetwork, examples: Sequence[Example]) -> None:
        self._network, self._examples = network, examples
        self.side = network.judged_at
        plain, mirrored = [], []
        for batch in photographs(examples, self.side, "training photographs"):
            plain.append(self._see(batch))
            mirrored.append(self._see(batch.flip(3)))
        self._features = torch.cat([*plain, *mirrored])

    def nearest(self, pictures: Iterable[Image.Image]) -> list[Neighbour]:
        """Find the nearest photograph of each picture (square, of any size)."""
        side = (self.side, self.side)
        shrunk = (picture.resize(side, Image.Resampling.LANCZOS) for picture in pictures)
        return [found for batch in pixel_batches(shrunk) for found in self._nearest(batch)]

    def _nearest(self, pictures: Tensor) -> list[Neighbour]:
        similarities, rows = (self._see(pictures) @ self._features.T).max(dim=1)
        return [
            Neighbour(
                self._examples[row % len(self._examples)], row >= len(self._examples), similarity
            )
            for similarity, row in zip(similarities.tolist(), rows.tolist(), strict=True)
        ]

    def _see(self, pictures: Tensor) -> Tensor:
        """Features (B, F), of unit length, of pictures (B, 3, S, S)."""
        return F.normalize(self._network.see(pictures).pooled, dim=1)


@dataclass(frozen=True)
class Similarities:
    """How near a set of pictures comes to the training photographs: cosines, 1 for a copy."""

    pictures: int
    lowest: float
    mean: float
    highest: float

    @classmethod
    def of(cls, neighbours: Sequence[Neighbour]) -> Similarities:
        values = [neighbour.similarity for neighbour in neighbours]
        return cls(len(values), min(values), sum(values) / len(values), max(values))
