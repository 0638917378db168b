"""The shape of a model, as frozen dataclasses that travel inside its checkpoint."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass, field
from typing import Any, TypeVar

_LARGEST = 4096  # far above any size of a model that somebody could draw with
_MOST_WORDS = 1 << 20
_MOST_BLOCKS = 64
_RANGES = {
    "vocabulary_size": (1, _MOST_WORDS),
    **dict.fromkeys(("blocks", "word_blocks"), (0, _MOST_BLOCKS)),
    **dict.fromkeys(("residual_blocks", "first_stage_blocks"), (0, _MOST_BLOCKS)),
    "pose_channels": (0, _LARGEST),
}
"""Of sizes that are not from 1 to `_LARGEST`."""
_LONGEST_NAME = 100  # characters

FIRST_STAGE_SIZE = 64
"""Side in pixels of the picture drawn by the first stage; every further stage doubles it."""

_Value = TypeVar("_Value")


def setting(default: _Value, meaning: str, choices: tuple[str, ...] = ()) -> _Value:
    """A field that a recipe may set: what holds where it says nothing, and what it means."""
    made: _Value = field(default=default, metadata={"help": meaning, "choices": choices})
    return made


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


LOG_MEL, WHISPER = "log-mel", "whisper-tiny.en"
FRONT_ENDS = {LOG_MEL: (80, 2), WHISPER: (384, 1)}
"""What a speech encoder can hear through: values of each of its frames, and how often their number
is to be halved until there is one each 40 ms."""


@dataclass(frozen=True)
class SpeechEncoderConfig:
    """The network that hears what the text encoder would read.

    Attributes
    ----------
    embedding_size, feature_size, max_words : those of the text encoder whose spaces it shares.
    front_end : what it hears through, one of `FRONT_ENDS`.
    mels : values of each frame of that.
    width : channels inside.
    blocks, word_blocks : blocks over frames, and over words.
    heads, kernel : of each block's attention and convolution.
    dropout : share of what a block adds that is set to zero while training.
    """

    embedding_size: int = 300
    feature_size: int = 256
    max_words: int = 24
    mels: int = 80
    width: int = 192
    blocks: int = 5
    word_blocks: int = 1
    heads: int = 4
    kernel: int = 15
    dropout: float = 0.1
    front_end: str = LOG_MEL

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> SpeechEncoderConfig:
        """Read what `to_json` wrote.

        Raises
        ------
        ValueError, TypeError
            The text is not JSON, or a field is unknown, of the wrong type or out of range. A field
            that is missing, as in files of earlier versions, has its default.
        """
        config = cls(**json.loads(text))
        _check_fields(config)
        if config.front_end not in FRONT_ENDS:
            raise ValueError(f"there is no front end {config.front_end}")
        if config.feature_size % 2 or config.width % config.heads or not config.kernel % 2:
            raise ValueError("the sizes of the speech encoder do not fit each other")
        return config


@dataclass(frozen=True)
class GeneratorConfig:
    """The stages that draw."""

    text_feature_size: int = setting(256, "size D of the word and sentence features")
    condition_size: int = setting(
        100, "size of the sampled condition vector (conditioning augmentation)"
    )
    noise_size: int = setting(100, "size of the noise vector z")
    seed_channels: int = setting(512, "channels of the 4 x 4 map that the 64 px stage starts from")
    stage_channels: tuple[int, ...] = setting(
        (48, 32, 24, 16),
        "channels of the image features that each stage hands on, h_0 to h_3 of the paper",
    )
    residual_blocks: int = setting(2, "residual blocks in each stage of 128 px and above")
    image_skip: bool = setting(
        True,
        "whether a stage adds its picture to the enlarged picture of the stage before (it then "
        "starts by enlarging faithfully) or draws it afresh, as the paper does",
    )
    first_stage_blocks: int = setting(
        0,
        "residual blocks behind each doubling of the 64 px stage but the last, which tell "
        "condition and noise to every size of map; the paper has none",
    )
    pose_channels: int = setting(
        0,
        "channels in which the 64 px stage is told where the parts of the bird are, at 8, 16 and "
        "32 px; 0 for a generator that is told nothing, as the paper's",
    )

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
    poses: int = 0
    """How many poses of birds the file holds."""
    pose_kinds: tuple[str, ...] = ()
    """Kinds of poses that it tells apart."""
    scores_sketches: bool = False
    """Whether the file holds a scorer of sketches."""
    names: tuple[str, ...] = ()
    """Names of birds that the model has learned, in the words of captions."""

    def to_json(self) -> str:
        return json.dumps(dataclasses.asdict(self))

    @classmethod
    def from_json(cls, text: str) -> ModelConfig:
        """Read what `to_json` wrote.

        Raises
        ------
        ValueError, TypeError, KeyError
            The text is not JSON, or a field is unknown, of the wrong type or out of range, or one
            is missing that has no default (or one of ``generator``, ``stage_channels``, ``name``).
        """
        values: dict[str, Any] = json.loads(text)
        generator = dict(values["generator"])
        generator["stage_channels"] = tuple(generator["stage_channels"])
        config = cls(
            text_encoder=TextEncoderConfig(**values["text_encoder"]),
            generator=GeneratorConfig(**generator),
            name=values["name"],
            poses=values.get("poses", 0),
            pose_kinds=tuple(values.get("pose_kinds", ())),
            scores_sketches=values.get("scores_sketches", False),
            names=tuple(values.get("names", ())),
        )
        _check_name(config.name)
        _check_fields(config.text_encoder)
        _check_fields(config.generator)
        _check_whole(config.poses, 0, _MOST_WORDS)
        _check_true_or_false("scores_sketches", config.scores_sketches)
        for name in (*config.names, *config.pose_kinds):
            _check_name(name)
        if config.text_encoder.feature_size % 2:
            raise ValueError("half of a word feature comes from each direction: its size is even")
        if not 1 <= len(config.generator.stage_channels) <= 4:
            raise ValueError("a model has one to four stages")
        if config.generator.text_feature_size != config.text_encoder.feature_size:
            raise ValueError("text encoder and generator disagree on the size of text features")
        return config


def _check_name(name: object) -> None:
    """Refuse what could not be written into a picture and read back."""
    if not isinstance(name, str) or not name.isprintable() or len(name) > _LONGEST_NAME:
        raise ValueError("the model's name is no short text")


def _check_fields(config: TextEncoderConfig | SpeechEncoderConfig | GeneratorConfig) -> None:
    """Refuse sizes and switches of the wrong type or out of range."""
    for name, value in vars(config).items():
        if name == "dropout":
            _check_dropout(value)
        elif name == "image_skip":
            _check_true_or_false(name, value)
        elif name != "front_end":
            least, largest = _RANGES.get(name, (1, _LARGEST))
            for size in value if name == "stage_channels" else (value,):
                _check_whole(size, least, largest)


def _check_true_or_false(name: str, value: object) -> None:
    if not isinstance(value, bool):
        raise ValueError(f"{name} is true or false, not {value!r}")


def _check_dropout(value: object) -> None:
    if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value < 1:
        raise ValueError(f"dropout is a share, not {value!r}")


def _check_whole(value: object, least: int, largest: int) -> None:
    if type(value) is not int or not least <= value <= largest:
        raise ValueError(f"a size is a whole number from {least} to {largest:,}, not {value!r}")
