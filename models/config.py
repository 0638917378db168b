"""The shape of a model, as frozen dataclasses that travel inside its checkpoint."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any

FIRST_STAGE_SIZE = 64
"""Side in pixels of the picture drawn by stage 1; every further stage doubles it."""


@dataclass(frozen=True)
class TextEncoderConfig:
    """The bi-directional LSTM that reads a sentence.

    Attributes
    ----------
    vocabulary_size : number of word ids, the padding id included.
    embedding_size : size of a word's embedding.
    feature_size : size D of a word feature and of the sentence feature; half from each direction.
    max_words : words beyond this many are not read.
    dropout : share of the embedding set to zero while training.
    """

    vocabulary_size: int
    embedding_size: int = 300
    feature_size: int = 256
    max_words: int = 24
    dropout: float = 0.5


@dataclass(frozen=True)
class GeneratorConfig:
    """The stages that draw.

    Attributes
    ----------
    text_feature_size : size D of the word and sentence features.
    condition_size : size of the sampled condition vector (conditioning augmentation).
    noise_size : size of the noise vector z.
    seed_channels : channels of the 4 x 4 map that stage 1 starts from.
    stage_channels : channels of the image features h_k that stage k hands on, one a stage.
    residual_blocks : residual blocks in each of the stages 2 to 4.
    image_skip : whether a stage adds its picture to the enlarged picture of the stage before
        (it then starts by enlarging faithfully) or draws it afresh, as the paper does.
    """

    text_feature_size: int = 256
    condition_size: int = 100
    noise_size: int = 100
    seed_channels: int = 512
    stage_channels: tuple[int, ...] = (48, 32, 24, 16)
    residual_blocks: int = 2
    image_skip: bool = True

    @property
    def sizes(self) -> tuple[int, ...]:
        """Side in pixels of each stage's picture: (64, 128, 256, 512) for four stages."""
        return tuple(FIRST_STAGE_SIZE << stage for stage in range(len(self.stage_channels)))


@dataclass(frozen=True)
class ModelConfig:
    """All that is needed to build an empty model into which a checkpoint's weights fit."""

    text_encoder: TextEncoderConfig
    generator: GeneratorConfig = field(default_factory=GeneratorConfig)
    name: str = "speech2bird"

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Read what `to_json` wrote.

        Raises
        ------
        ValueError, TypeError, KeyError
            The text is not JSON, or a field is missing, unknown or out of range.
        """
        values: dict[str, Any] = json.loads(text)
        generator = dict(values["generator"])
        generator["stage_channels"] = tuple(generator["stage_channels"])
        config = cls(
            text_encoder=TextEncoderConfig(**values["text_encoder"]),
            generator=GeneratorConfig(**generator),
            name=str(values["name"]),
        )
        if not 1 <= len(config.generator.stage_channels) <= 4:
            raise ValueError("a model has one to four stages")
        if config.generator.text_feature_size != config.text_encoder.feature_size:
            raise ValueError("text encoder and generator disagree on the size of text features")
        return config
