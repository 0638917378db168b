"""Discriminators that look through a frozen picture network (Sauer et al., Projected GANs, 2021).

A discriminator that starts from ImageNet features converges many times faster than one that starts
from pixels: on two processor cores it is the difference between noise and birds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from models.training.gan.discriminators import Discriminator, Scores, Seen


class ScaleHead(nn.Module):
    """Judges one feature map: random mixing, two convolutions, two scores at each place."""

    def __init__(self, channels: int, sentence_size: int, width: int, stride: int) -> None:
        super().__init__()
        self.mixing = nn.Conv2d(channels, width, 1, bias=False)
        nn.init.normal_(self.mixing.weight, std=1 / math.sqrt(channels))
        self.mixing.requires_grad_(False)  # random projections hide no feature for long
        self.body = nn.Sequential(
            spectral_norm(nn.Conv2d(width, width * 2, 3, stride=stride, padding=1)),
            nn.LeakyReLU(0.2),
            spectral_norm(nn.Conv2d(width * 2, width * 2, 3, padding=1)),
            nn.LeakyReLU(0.2),
        )
        self.unconditional = spectral_norm(nn.Conv2d(width * 2, 1, 1))
        self.sentence = spectral_norm(nn.Linear(sentence_size, width * 2))

    def forward(self, feature_map: Tensor) -> Tensor:
        hidden: Tensor = self.body(self.mixing(feature_map))
        return hidden

    def score(self, hidden: Tensor) -> Tensor:
        """Unconditional scores (B, N) of features from `forward`."""
        scores: Tensor = self.unconditional(hidden).flatten(1)
        return scores

    def fit(self, hidden: Tensor, sentence: Tensor) -> Tensor:
        """How well features fit a sentence, (B, N): a projection (Miyato and Koyama, 2018)."""
        direction = self.sentence(sentence).to(hidden.dtype)
        return torch.einsum("bchw,bc->bhw", hidden, direction).flatten(1)


class ProjectedDiscriminator(Discriminator):
    """One head for each scale of frozen features.

    Parameters
    ----------
    channels : channels of the feature maps, finest first.
    sentence_size : size of a sentence feature.
    width : channels after mixing.
    """

    def __init__(self, channels: Sequence[int], sentence_size: int, width: int = 64) -> None:
        super().__init__()
        finest = len(channels) - 2
        self.heads = nn.ModuleList(
            ScaleHead(count, sentence_size, width, stride=2 if position < finest else 1)
            for position, count in enumerate(channels)
        )

    def forward(self, seen: Seen, sentences: Sequence[Tensor | None]) -> list[Scores]:
        hidden = [head(seen_map) for head, seen_map in zip(self._scales(), seen.maps, strict=True)]
        judged = list(zip(self._scales(), hidden, strict=True))
        unconditional = tuple(head.score(features) for head, features in judged)
        scores = []
        for sentence in sentences:
            conditional: tuple[Tensor, ...] = ()
            if sentence is not None:
                conditional = tuple(
                    base + head.fit(features, sentence)
                    for base, (head, features) in zip(unconditional, judged, strict=True)
                )
            scores.append(Scores(unconditional, conditional))
        return scores

    def trainable(self) -> list[nn.Parameter]:
        """All but the random mixing."""
        mixing = {id(head.mixing.weight) for head in self._scales()}
        return [value for value in self.parameters() if id(value) not in mixing]

    def _scales(self) -> list[ScaleHead]:
        return [head for head in self.heads if isinstance(head, ScaleHead)]
