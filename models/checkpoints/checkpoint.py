"""The model that draws, as one file: weights, configuration, vocabulary and a checksum."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.checkpoints.header import MODEL, full_name
from models.checkpoints.weights_file import checksum_of, read_weights, write_weights
from models.networks.config import ModelConfig
from models.networks.generator import Generator
from models.networks.text_encoder import TextEncoder
from models.sketches.pose_bank import PoseBank
from models.sketches.sketch_scorer import SketchScorer
from models.words.vocabulary import Vocabulary


@dataclass(frozen=True)
class Checkpoint:
    """A model as it lies on disk, ready to draw.

    Attributes
    ----------
    poses : to draw in; None for a generator that is told no pose.
    sketch_scorer : chooses among sketches; None for weights that draw one only.
    card : what the weights were trained on and how well they do, for people to read.
    checksum : SHA-256 (hex) over configuration, vocabulary and weights: the model's identity.
    """

    config: ModelConfig
    vocabulary: Vocabulary
    text_encoder: TextEncoder
    generator: Generator
    card: Mapping[str, str] = field(default_factory=dict)
    checksum: str = ""
    poses: PoseBank | None = None
    sketch_scorer: SketchScorer | None = None

    @property
    def name(self) -> str:
        """The model's name and the beginning of its checksum."""
        return full_name(self.config, self.checksum)


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> str:
    """Write a model in half precision, as a whole, and return its checksum."""
    texts = {
        "config": checkpoint.config.to_json(),
        "vocabulary": json.dumps(checkpoint.vocabulary.words),
    }
    parts = {
        "text_encoder": checkpoint.text_encoder.state_dict(),
        "generator": checkpoint.generator.state_dict(),
    }
    if checkpoint.poses is not None:
        parts["poses"] = checkpoint.poses.state_dict()
    if checkpoint.sketch_scorer is not None:
        parts["sketch_scorer"] = checkpoint.sketch_scorer.state_dict()
    return write_weights(path, MODEL, texts, parts, checkpoint.card)


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a model in single precision on the CPU, in evaluation mode.

    Raises
    ------
    CheckpointError
        The file is missing, truncated, altered, from a later version, or not one of ours.
    """
    file = read_weights(path, MODEL, ("config", "vocabulary"))
    try:
        config = ModelConfig.from_json(file.texts["config"])
        vocabulary = Vocabulary(_texts(json.loads(file.texts["vocabulary"])))
        if len(vocabulary) != config.text_encoder.vocabulary_size:
            raise ValueError("the vocabulary does not fit the configuration")
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise file.unreadable(error) from error

    sizes = [*dataclasses.astuple(config.text_encoder), *dataclasses.astuple(config.generator)]
    whole = [size for size in sizes if isinstance(size, int)]
    file.check_sizes(*whole, *config.generator.stage_channels)
    text_encoder, generator = TextEncoder(config.text_encoder), Generator(config.generator)
    file.load_part(text_encoder, "text_encoder")
    file.load_part(generator, "generator")
    poses = None
    if config.poses:
        file.check_sizes(config.poses)
        poses = PoseBank(config.poses, config.text_encoder.feature_size, config.pose_kinds)
        file.load_part(poses, "poses")
    sketch_scorer = None
    if config.scores_sketches:
        sketch_scorer = SketchScorer(config.text_encoder.feature_size).eval().requires_grad_(False)
        file.load_part(sketch_scorer, "sketch_scorer")
    return Checkpoint(
        config,
        vocabulary,
        text_encoder.eval(),
        generator.eval(),
        file.card,
        file.checksum,
        poses,
        sketch_scorer,
    )


def text_identity(text_encoder: TextEncoder) -> str:
    """What is the same for a text encoder before and after it was stored in half precision."""
    weights = text_encoder.state_dict()
    return checksum_of((), {name: value.cpu().half() for name, value in weights.items()})


def _texts(words: object) -> list[str]:
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise TypeError("the vocabulary is no list of words")
    return words
