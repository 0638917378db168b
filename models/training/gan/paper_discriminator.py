"""AttnGAN's discriminator (Xu et al., CVPR 2018), for pictures of any stage.

Four downsampling convolutions bring 64 px to 4 x 4; each larger size adds one that doubles the
channels, and at the end a 3 x 3 convolution that halves them again. Two scores are read off the
4 x 4 map: whether it looks like a photograph, and, joined with the sentence, whether it fits.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from models.networks.config import FIRST_STAGE_SIZE
from models.networks.layers import BatchNorm, channels_last
from models.training.gan.discriminators import Discriminator, Scores, Seen


def _activated(convolution: nn.Conv2d) -> nn.Sequential:
    norm = BatchNorm(convolution.out_channels)
    return nn.Sequential(convolution, norm, nn.LeakyReLU(0.2))


def _downsample(channels_in: int, channels_out: int) -> nn.Conv2d:
    return nn.Conv2d(channels_in, channels_out, 4, stride=2, padding=1, bias=False)


def _join(channels_in: int, channels_out: int) -> nn.Sequential:
    return _activated(nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False))


class PaperDiscriminator(Discriminator):
    """Looks at pixels.

    Parameters
    ----------
    size : side S of its stage's pictures: 64, 128, 256 or 512.
    sentence_size : size D of a sentence feature.
    width : channels of the first convolution (64 in the paper).
    """

    needs_features = False

    def __init__(self, size: int, sentence_size: int, width: int = 64) -> None:
        super().__init__()
        layers: list[nn.Module] = [_downsample(3, width), nn.LeakyReLU(0.2)]
        channels = width
        for _ in range(3):
            layers.append(_activated(_downsample(channels, channels * 2)))
            channels *= 2
        narrow, further = channels, (size // FIRST_STAGE_SIZE).bit_length() - 1
        for _ in range(further):
            layers.append(_activated(_downsample(channels, channels * 2)))
            channels *= 2
        for _ in range(further):
            layers.append(_join(channels, channels // 2))
            channels //= 2
        self.encode = nn.Sequential(*layers)
        self.unconditional = nn.Conv2d(narrow, 1, 4, stride=4)
        self.join_sentence = _join(narrow + sentence_size, narrow)
        self.conditional = nn.Conv2d(narrow, 1, 4, stride=4)
        channels_last(self)

    def forward(self, seen: Seen, sentences: Sequence[Tensor | None]) -> list[Scores]:
        """Score pictures; the conditional scores are logits, as are the unconditional ones."""
        hidden = self.encode(seen.picture)
        unconditional = (self.unconditional(hidden).flatten(1),)
        return [
            Scores(unconditional, () if sentence is None else (self._fit(hidden, sentence),))
            for sentence in sentences
        ]

    def _fit(self, hidden: Tensor, sentence: Tensor) -> Tensor:
        """Logits (B, 1) of how well 4 x 4 maps (B, C, 4, 4) fit their sentences (B, D)."""
        said = sentence.to(hidden.dtype)[:, :, None, None].expand(-1, -1, *hidden.shape[2:])
        logits: Tensor = self.conditional(self.join_sentence(torch.cat([hidden, said], dim=1)))
        return logits.flatten(1)
