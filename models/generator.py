"""The generator: conditioning augmentation, a first stage, and stages that attend to words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.attention import WordAttention
from models.blend import TextBlend
from models.config import FIRST_STAGE_SIZE, GeneratorConfig
from models.text_encoder import TextFeatures

Text = TextFeatures | TextBlend

SEED_SIZE = 4
"""Side of the map that the first stage starts from."""

_TRANSPOSED_FROM = 16
"""Smaller maps have so many channels that spreading the kernel costs more than it saves."""


@dataclass(frozen=True)
class Canvas:
    """What a stage hands on for a batch of B sentences.

    Attributes
    ----------
    hidden : (B, C, S, S) image features h_k, from which the next stage goes on.
    drawn : (B, 3, S, S) the picture before it is squeezed into -1 .. 1.
    attention : (B, T, S/2, S/2) attention to each word; None for stage 1, which has none.
    """

    hidden: Tensor
    drawn: Tensor
    attention: Tensor | None = None

    @property
    def image(self) -> Tensor:
        """The picture (B, 3, S, S), values in -1 .. 1."""
        return torch.tanh(self.drawn)

    def crop(self, top: int, left: int, size: int) -> Canvas:
        """A square part, to train later stages on patches."""
        part = (..., slice(top, top + size), slice(left, left + size))
        return Canvas(self.hidden[part], self.drawn[part])


def convolution(channels_in: int, channels_out: int) -> nn.Conv2d:
    """A 3 x 3 convolution that keeps the size and leaves the bias to what follows."""
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False)


class BatchNorm(nn.BatchNorm2d):
    """Batch norm whose gradient is brought into the layout of its input.

    On processors PyTorch's own takes five times as long when the two differ, as they do behind a
    gated linear unit or a concatenation.
    """

    def forward(self, hidden: Tensor) -> Tensor:
        normal = super().forward(hidden)
        if normal.requires_grad and hidden.is_contiguous(memory_format=torch.channels_last):
            normal.register_hook(_in_channels_last)
        return normal


def _in_channels_last(gradient: Tensor) -> Tensor:
    return gradient.contiguous(memory_format=torch.channels_last)


class ConditioningAugmentation(nn.Module):
    """A sampled condition vector around a mean that the sentence decides (StackGAN, section 3.1).

    Nearby vectors are drawn for one sentence, so that the generator learns a smooth space
    instead of 88,000 single points.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.project = nn.Sequential(
            nn.Linear(config.text_feature_size, config.condition_size * 4), nn.GLU(dim=1)
        )

    def forward(self, sentence: Tensor, epsilon: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Sample c = mu + sigma * epsilon from a sentence feature (B, D) and noise (B, C).

        Returns
        -------
        condition, mean, log_variance : each (B, C).
        """
        mean, log_variance = self.project(sentence).chunk(2, dim=1)
        return mean + (0.5 * log_variance).exp() * epsilon, mean, log_variance


class UpsampleBlock(nn.Sequential):
    """Doubles the size: nearest neighbour, 3 x 3 convolution, batch norm, gated linear unit."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(
            nn.Upsample(scale_factor=2, mode="nearest"),
            convolution(channels_in, channels_out * 2),
            BatchNorm(channels_out * 2),
            nn.GLU(dim=1),
        )

    def forward(self, hidden: Tensor) -> Tensor:
        upsample, convolve, norm, gate = self
        assert isinstance(convolve, nn.Conv2d)
        if hidden.shape[-1] < _TRANSPOSED_FROM:
            convolved = convolve(upsample(hidden))
        else:
            convolved = convolve_upsampled(hidden, convolve.weight)
        gated: Tensor = gate(norm(convolved))
        return gated


def convolve_upsampled(hidden: Tensor, weight: Tensor) -> Tensor:
    """Enlarge (B, C_in, S, S) to its nearest neighbours and convolve, in half the time.

    Of the nine places that a 3 x 3 kernel sees in the enlarged map, only four differ. A transposed
    convolution of stride 2 reads each of them once: 16 multiplications in place of 36. Its 4 x 4
    kernel is the given one, spread over the 2 x 2 places that each value was copied to.

    Parameters
    ----------
    weight : (C_out, C_in, 3, 3).
    """
    flipped = weight.flip(2, 3).transpose(0, 1)
    spread = [
        F.pad(flipped, (right, 1 - right, down, 1 - down)) for down in (0, 1) for right in (0, 1)
    ]
    return F.conv_transpose2d(hidden, torch.stack(spread).sum(0), stride=2, padding=1)


class ResidualBlock(nn.Module):
    """Two convolutions whose result is added to what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            convolution(channels, channels * 2),
            BatchNorm(channels * 2),
            nn.GLU(dim=1),
            convolution(channels, channels),
            BatchNorm(channels),
        )

    def forward(self, hidden: Tensor) -> Tensor:
        return hidden + self.block(hidden)


class InitialStage(nn.Module):
    """Stage 1, F_0 of the paper: noise and condition to image features h_1 of 64 x 64."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.channels = config.seed_channels
        features = config.seed_channels * SEED_SIZE * SEED_SIZE
        self.seed = nn.Sequential(
            nn.Linear(config.noise_size + config.condition_size, features * 2, bias=False),
            nn.BatchNorm1d(features * 2),
            nn.GLU(dim=1),
        )
        blocks: list[nn.Module] = []
        channels, size = config.seed_channels, SEED_SIZE
        while size < FIRST_STAGE_SIZE:
            last = size * 2 == FIRST_STAGE_SIZE
            narrower = config.stage_channels[0]
            if not last:
                narrower = max(channels // 2, narrower)
            blocks.append(UpsampleBlock(channels, narrower))
            channels, size = narrower, size * 2
        self.upsample = nn.Sequential(*blocks)

    def forward(self, noise: Tensor, condition: Tensor) -> Tensor:
        seed = self.seed(torch.cat([condition, noise], dim=1))
        seed = seed.view(-1, self.channels, SEED_SIZE, SEED_SIZE)
        hidden: Tensor = self.upsample(seed.contiguous(memory_format=torch.channels_last))
        return hidden


class RefinementStage(nn.Module):
    """Stages 2 to 4, F_i of the paper: attend to the words, refine, double the size."""

    def __init__(self, config: GeneratorConfig, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.attention = WordAttention(config.text_feature_size, channels_in)
        self.residual = nn.Sequential(
            *(ResidualBlock(channels_in * 2) for _ in range(config.residual_blocks))
        )
        self.upsample = UpsampleBlock(channels_in * 2, channels_out)

    def forward(self, hidden: Tensor, text: Text) -> tuple[Tensor, Tensor]:
        """Turn features (B, C_in, S, S) into (B, C_out, 2 S, 2 S) and attention (B, T, S, S)."""
        context, attention = text.attend(self.attention, hidden)
        joined = torch.cat([hidden, context.to(hidden.dtype)], dim=1)
        return self.upsample(self.residual(joined)), attention


class Generator(nn.Module):
    """All stages, the first and those that refine, each with its own picture."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.config = config
        channels = config.stage_channels
        self.conditioning = ConditioningAugmentation(config)
        self.initial = InitialStage(config)
        self.refinements = nn.ModuleList(
            RefinementStage(config, channels_in, channels_out)
            for channels_in, channels_out in pairwise(channels)
        )
        to_image = [nn.Conv2d(width, 3, 3, padding=1) for width in channels]
        if config.image_skip:
            # A new stage adds nothing at first: it enlarges the picture before it faithfully.
            for layer in to_image[1:]:
                layer.weight.data.zero_()
                layer.bias.data.zero_()  # type: ignore[union-attr]
        self.to_image = nn.ModuleList(to_image)

    def modules_of(self, stage: int) -> list[nn.Module]:
        """The parts that draw a stage, 0 for the first."""
        if stage == 0:
            return [self.conditioning, self.initial, self.to_image[0]]
        return [self.refinements[stage - 1], self.to_image[stage]]

    def start(self, noise: Tensor, condition: Tensor) -> Canvas:
        """Draw stage 1 from z (B, noise_size) and c (B, condition_size)."""
        hidden = self.initial(noise, condition)
        return Canvas(hidden, self.to_image[0](hidden))

    def refine(self, canvas: Canvas, stage: int, text: Text) -> Canvas:
        """Draw `stage` (1 for the second) from the canvas of the stage before."""
        hidden, attention = self.refinements[stage - 1](canvas.hidden, text)
        drawn = self.to_image[stage](hidden)
        if self.config.image_skip:
            drawn = drawn + enlarge(canvas.drawn)
        return Canvas(hidden, drawn, attention)

    def stages(
        self, noise: Tensor, condition: Tensor, text: Text, count: int | None = None
    ) -> Iterator[Canvas]:
        """Draw stage by stage, so that a caller can show or stop what is under way.

        Parameters
        ----------
        noise : (B, noise_size) standard normal z.
        condition : (B, condition_size) from `conditioning`.
        text : features of the B sentences, or of B pairs of sentences.
        count : how many stages to draw; all of them by default.
        """
        canvas = self.start(noise, condition)
        yield canvas
        for stage in range(1, len(self.to_image) if count is None else count):
            canvas = self.refine(canvas, stage, text)
            yield canvas


def channels_last(module: nn.Module) -> None:
    """Lay a network's weights out as convolutions on processors and GPUs like them best."""
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]


def enlarge(image: Tensor) -> Tensor:
    """Double the size of pictures (B, 3, S, S), bicubically."""
    return F.interpolate(image.float(), scale_factor=2, mode="bicubic", align_corners=False)
