"""The speech encoder as one file, beside the model whose text encoder taught it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.config import SpeechEncoderConfig
from models.errors import CheckpointError
from models.speech_encoder import SpeechEncoder
from models.text_encoder import TextEncoder
from models.weights_file import checksum_of, read_weights, write_weights

FORMAT = "speech2bird speech encoder"


@dataclass(frozen=True)
class SpeechCheckpoint:
    """A speech encoder as it lies on disk.

    Attributes
    ----------
    teacher : `identity` of the text encoder whose spaces it shares.
    card : what it was trained on and how well it does, for people to read.
    """

    encoder: SpeechEncoder
    teacher: str
    card: Mapping[str, str] = field(default_factory=dict)


def identity(text_encoder: TextEncoder) -> str:
    """What is the same for a text encoder before and after it was stored in half precision."""
    weights = text_encoder.state_dict()
    return checksum_of((), {name: value.cpu().half() for name, value in weights.items()})


def save_speech_encoder(checkpoint: SpeechCheckpoint, path: Path) -> str:
    """Write a speech encoder in half precision, as a whole, and return its checksum."""
    texts = {"config": checkpoint.encoder.config.to_json(), "teacher": checkpoint.teacher}
    return write_weights(path, FORMAT, texts, {"speech": checkpoint.encoder}, checkpoint.card)


def load_speech_encoder(path: Path) -> SpeechCheckpoint:
    """Read a speech encoder in single precision on the CPU, in evaluation mode.

    Raises
    ------
    CheckpointError
        The file is missing, truncated, altered, from a later version, or not one of ours.
    """
    file = read_weights(path, FORMAT, ("config", "teacher"))
    try:
        config = SpeechEncoderConfig.from_json(file.texts["config"])
    except (ValueError, TypeError, RecursionError) as error:
        raise file.unreadable(error) from error
    largest = max((side for tensor in file.tensors.values() for side in tensor.shape), default=0)
    if max(config.width, config.embedding_size, config.feature_size) > largest:
        raise CheckpointError(f"{path}: the weights do not fit the configuration.")
    encoder = SpeechEncoder(config)
    file.load_part(encoder, "speech")
    return SpeechCheckpoint(encoder.eval(), file.texts["teacher"], file.card)
