"""The generator: conditioning augmentation, a first stage, and stages that attend to words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Tensor, nn

from models.batched import Batched
from models.networks.attention import WordAttention
from models.networks.blend import TextBlend
from models.networks.config import FIRST_STAGE_SIZE, GeneratorConfig
from models.networks.layers import (
    GatedLinearUnit,
    ModulatedBlock,
    ResidualBlock,
    UpsampleBlock,
    enlarge,
)
from models.networks.text_encoder import TextFeatures
from models.sketches.pose import PART_GROUPS, Pose

Text = TextFeatures | TextBlend

SMALLEST_BUMP, BUMP_PLACES = 0.05, 0.45
"""Standard deviation of a part on the maps of a pose: of the side, and of the maps' places."""

SEED_SIZE = 4
"""Side of the map that the first stage starts from."""


@dataclass(frozen=True)
class Canvas(Batched):
    """What a stage hands on for a batch of B sentences.

    Attributes
    ----------
    hidden : (B, C, S, S) image features, from which the next stage goes on: h_(k-1) of the paper
        after stage k.
    drawn : (B, 3, S, S) the picture before it is squeezed into -1 .. 1.
    attention : (B, T, S/2, S/2) attention to each word; None for the 64 px stage, which has none.
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


class ConditioningAugmentation(nn.Module):
    """A sampled condition vector around a mean that the sentence decides (Conditioning
    Augmentation of StackGAN, ICCV 2017).

    Nearby vectors are drawn for one sentence, so that the generator learns a smooth space
    instead of 88,000 single points.
    """

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.project = nn.Sequential(
            nn.Linear(config.text_feature_size, config.condition_size * 4), GatedLinearUnit()
        )

    def forward(self, sentence: Tensor, epsilon: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Sample c = mu + sigma * epsilon from a sentence feature (B, D) and noise (B, C).

        Returns
        -------
        condition, mean, log_variance : each (B, C).
        """
        mean, log_variance = self.project(sentence).chunk(2, dim=1)
        return mean + (0.5 * log_variance).exp() * epsilon, mean, log_variance


class PoseMaps(nn.Module):
    """Tells maps of one size where the parts of the bird are."""

    def __init__(self, width: int, channels: int) -> None:
        super().__init__()
        self.tell = nn.Sequential(
            nn.Conv2d(len(PART_GROUPS), width, 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Conv2d(width, channels, 3, padding=1),
        )

    def forward(self, pose: Pose, side: int) -> Tensor:
        """What is added to features of S x S places: (B, channels, S, S)."""
        maps = pose.maps(side, max(SMALLEST_BUMP, BUMP_PLACES / side))
        told: Tensor = self.tell(maps.contiguous(memory_format=torch.channels_last))
        return told


class InitialStage(nn.Module):
    """Stage 1, F_0 of the paper: noise and condition to image features h_0 of 64 x 64."""

    def __init__(self, config: GeneratorConfig) -> None:
        super().__init__()
        self.channels = config.seed_channels
        features = config.seed_channels * SEED_SIZE * SEED_SIZE
        self.seed = nn.Sequential(
            nn.Linear(config.noise_size + config.condition_size, features * 2, bias=False),
            nn.BatchNorm1d(features * 2),
            GatedLinearUnit(),
        )
        upsample: list[nn.Module] = []
        residual: list[nn.Module] = []
        pose: list[nn.Module] = []
        style_size = config.noise_size + config.condition_size
        channels, size = config.seed_channels, SEED_SIZE
        while size < FIRST_STAGE_SIZE:
            last = size * 2 == FIRST_STAGE_SIZE
            narrower = config.stage_channels[0]
            if not last:
                narrower = max(channels // 2, narrower)
                if config.pose_channels:
                    pose.append(PoseMaps(config.pose_channels, narrower))
            upsample.append(UpsampleBlock(channels, narrower))
            blocks = 0 if last else config.first_stage_blocks
            residual.append(
                nn.ModuleList(ModulatedBlock(narrower, style_size) for _ in range(blocks))
            )
            channels, size = narrower, size * 2
        self.upsample = nn.Sequential(*upsample)
        self.residual = nn.ModuleList(residual)
        self.pose = nn.ModuleList(pose)

    def forward(self, noise: Tensor, condition: Tensor, pose: Pose | None = None) -> Tensor:
        """Draw the features (B, C, 64, 64) of z and c, B of each.

        Several poses of each, one after the other, give as many birds; what does not depend on
        the pose is then computed once.
        """
        style = torch.cat([condition, noise], dim=1)
        seed = self.seed(style)
        seed = seed.view(-1, self.channels, SEED_SIZE, SEED_SIZE)
        hidden: Tensor = seed.contiguous(memory_format=torch.channels_last)
        for position, blocks in enumerate(self.residual):
            hidden = self.upsample[position](hidden)
            if pose is not None and position < len(self.pose):
                if len(pose) > len(hidden):
                    each = len(pose) // len(hidden)
                    style = style.repeat_interleave(each, dim=0)
                    hidden = hidden.repeat_interleave(each, dim=0)
                    hidden = hidden.contiguous(memory_format=torch.channels_last)
                hidden = hidden + self.pose[position](pose, hidden.shape[-1]).to(hidden.dtype)
            assert isinstance(blocks, nn.ModuleList)
            for block in blocks:
                hidden = block(hidden, style)
        return hidden


class RefinementStage(nn.Module):
    """Stages 2 to 4, F_1 to F_3 of the paper: attend to the words, refine, double the size."""

    def __init__(self, config: GeneratorConfig, channels_in: int, channels_out: int) -> None:
        super().__init__()
        self.attention = WordAttention(config.text_feature_size, channels_in)
        self.residual = nn.Sequential(
            *(ResidualBlock(channels_in * 2) for _ in range(config.residual_blocks))
        )
        self.upsample: nn.Sequential = UpsampleBlock(channels_in * 2, channels_out)

    def forward(self, hidden: Tensor, text: Text) -> tuple[Tensor, Tensor]:
        """Turn features (B, C_in, S, S) into (B, C_out, 2 S, 2 S) and attention (B, T, S, S)."""
        context, attention = text.attend(self.attention, hidden)
        hidden = torch.cat([hidden, context.to(hidden.dtype)], dim=1)
        del context  # these maps are large: to draw, each is let go as soon as it was used
        for part in (*self.residual, self.upsample):
            hidden = part(hidden)
        return hidden, attention


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

    def start(self, noise: Tensor, condition: Tensor, pose: Pose | None = None) -> Canvas:
        """Draw 64 px from z (B, noise_size) and c (B, condition_size), in a pose if told one.

        In several poses of each it draws as many birds, those of one z one after the other.
        """
        hidden = self.initial(noise, condition, pose)
        return Canvas(hidden, self.to_image[0](hidden))

    def refine(self, canvas: Canvas, stage: int, text: Text) -> Canvas:
        """Draw `stage` (1 for the second) from the canvas of the stage before."""
        hidden, attention = self.refinements[stage - 1](canvas.hidden, text)
        drawn = self.to_image[stage](hidden)
        if self.config.image_skip:
            drawn = drawn + enlarge(canvas.drawn)
        return Canvas(hidden, drawn, attention)

    def stages(
        self,
        noise: Tensor,
        condition: Tensor,
        text: Text,
        count: int | None = None,
        pose: Pose | None = None,
    ) -> Iterator[Canvas]:
        """Draw stage by stage, so that a caller can show or stop what is under way.

        Parameters
        ----------
        noise : (B, noise_size) standard normal z.
        condition : (B, condition_size) from `conditioning`.
        text : features of the B sentences, or of B pairs of sentences.
        count : how many stages to draw; all of them by default.
        pose : of the B birds.
        """
        yield from self.go_on(self.start(noise, condition, pose), text, count)

    def go_on(self, canvas: Canvas, text: Text, count: int | None = None) -> Iterator[Canvas]:
        """Draw stage by stage from what the first one drew, that one included; as `stages`."""
        yield canvas
        for stage in range(1, len(self.to_image) if count is None else count):
            canvas = self.refine(canvas, stage, text)
            yield canvas
