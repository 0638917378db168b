"""Says which of several 64 px sketches of a sentence is a whole bird, and fits its words.

A small picture network: the first blocks of the bird expert that training uses, with a head that
finds parts and one that compares with the sentence. Discriminators do not see two heads; a part
finder does.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.sketches.part_head import PartHead, gathered
from models.sketches.pose import PART_GROUPS

BLOCKS = (
    # channels, widening, side of the kernel, stride
    *((16, 1, 3, 1), (24, 6, 3, 2), (24, 6, 3, 1), (40, 6, 5, 2), (40, 6, 5, 1)),
    *((80, 6, 3, 2), (80, 6, 3, 1), (80, 6, 3, 1)),
    *((112, 6, 5, 1), (112, 6, 5, 1), (112, 6, 5, 1)),
)
"""Those of EfficientNet-Lite0 (Tan and Le, 2019; Liu, 2020) down to a sixteenth of the side."""

STEM = 32
TAPPED = (2, 4, 10)
"""Blocks behind which maps are taken: at 1/4, 1/8 and 1/16 of the side."""

SEEN_AT = 96
"""Side in pixels to which sketches are enlarged, as training's discriminators see them."""

NEAR = 0.1
"""How far from its peak a part's probability counts, as a share of the side: a tail that is smeared
along a branch is none."""

WEIGHED = {"eye": 1.0, "beak": 1.0, "crown": 1.0, "tail": 1.0}
"""What a whole bird has, and how much it counts."""

FIT_WEIGHT = 1.0
"""How much the cosine with the sentence counts beside the parts."""


@dataclass(frozen=True)
class SketchScores:
    """What is thought of B sketches, each (B,).

    Attributes
    ----------
    whole : how much of a bird with one head is there, 0 .. 1.
    fit : cosine with the sentence, -1 .. 1.
    """

    whole: Tensor
    fit: Tensor

    @property
    def total(self) -> Tensor:
        return self.whole + FIT_WEIGHT * self.fit


class InvertedResidual(nn.Module):
    """Widen, convolve each channel by itself, narrow (MobileNetV2), without batch norms."""

    def __init__(self, channels_in: int, channels: int, widening: int, kernel: int, stride: int):
        super().__init__()
        wide = channels_in * widening
        layers: list[nn.Module] = []
        if widening > 1:
            layers += [nn.Conv2d(channels_in, wide, 1), nn.ReLU6(inplace=True)]
        layers += [
            _depthwise(wide, kernel, stride),
            nn.ReLU6(inplace=True),
            nn.Conv2d(wide, channels, 1),
        ]
        self.layers = nn.Sequential(*layers)
        self.adds = stride == 1 and channels_in == channels

    def forward(self, hidden: Tensor) -> Tensor:
        narrow: Tensor = self.layers(hidden)
        return hidden + narrow if self.adds else narrow


def _depthwise(channels: int, kernel: int, stride: int) -> nn.Conv2d:
    """Strided kernels have a row and a column more, of zeros, as they pad more behind."""
    kernel += stride - 1
    return nn.Conv2d(
        channels, channels, kernel, stride, kernel // 2 - (stride - 1), groups=channels
    )


class SketchScorer(nn.Module):
    """Looks at sketches.

    Parameters
    ----------
    sentence_size : size D of a sentence feature.
    width : channels inside the part finder.
    """

    def __init__(self, sentence_size: int, width: int = 64) -> None:
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, STEM, 4, 2, 1), nn.ReLU6(inplace=True))
        blocks: list[nn.Module] = []
        channels = STEM
        for narrow, widening, kernel, stride in BLOCKS:
            blocks.append(InvertedResidual(channels, narrow, widening, kernel, stride))
            channels = narrow
        self.blocks = nn.ModuleList(blocks)
        self.parts = PartHead([BLOCKS[tap][0] for tap in TAPPED], width)
        self.fit = nn.Sequential(
            nn.Conv2d(channels, 4 * channels, 1), nn.ReLU6(inplace=True), nn.AdaptiveAvgPool2d(1)
        )
        self.fitted = nn.Linear(4 * channels, sentence_size)

    def forward(self, pictures: Tensor) -> tuple[Tensor, Tensor]:
        """Look at pictures (B, 3, S, S) in -1 .. 1.

        Returns
        -------
        parts : (B, 11, G * G + 1) logits as of `PartHead`.
        whole : (B, D) what a sentence that fits would be like.
        """
        hidden = self.stem(pictures * (127.5 / 128))
        maps = []
        for position, block in enumerate(self.blocks):
            hidden = block(hidden)
            if position in TAPPED:
                maps.append(hidden)
        return self.parts(maps), self.fitted(self.fit(hidden).flatten(1))

    @torch.inference_mode()
    def score(self, sketches: Tensor, sentences: Tensor) -> SketchScores:
        """Score sketches (B, 3, S, S) beside their sentence features (B, D)."""
        shown = F.interpolate(
            sketches.float(), (SEEN_AT, SEEN_AT), mode="bilinear", align_corners=False
        )
        shown = shown.to(self.fitted.weight.dtype)
        parts, whole = self(shown.contiguous(memory_format=torch.channels_last))
        fit = F.cosine_similarity(whole.float(), sentences.float().to(whole.device), dim=1)
        return SketchScores(wholeness(parts.softmax(2)), fit)


def wholeness(probability: Tensor) -> Tensor:
    """How surely each part is in one place, all parts together (B,)."""
    once = gathered(probability, NEAR) * (1 - probability[..., -1])
    groups = list(PART_GROUPS)
    shares = [weight * once[:, groups.index(part)] for part, weight in WEIGHED.items()]
    return torch.stack(shares).sum(0) / sum(WEIGHED.values())
