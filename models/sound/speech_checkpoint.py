"""The speech encoder as one file, beside the model whose text encoder taught it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from models.checkpoints.weights_file import read_weights, write_weights
from models.networks.config import SpeechEncoderConfig
from models.sound.speech_encoder import SpeechEncoder

FORMAT = "speech2bird speech encoder"


@dataclass(frozen=True)
class SpeechCheckpoint:
    """A speech encoder as it lies on disk.

    Attributes
    ----------
    teacher : `checkpoint.text_identity` of the text encoder whose spaces it shares.
    card : what it was trained on and how well it does, for people to read.
    """

    encoder: SpeechEncoder
    teacher: str
    card: Mapping[str, str] = field(default_factory=dict)


def save_speech_encoder(checkpoint: SpeechCheckpoint, path: Path) -> str:
    """Write a speech encoder in half precision, as a whole, and return its checksum."""
    texts = {"config": checkpoint.encoder.config.to_json(), "teacher": checkpoint.teacher}
    parts = {"speech": checkpoint.encoder.state_dict()}
    return write_weights(path, FORMAT, texts, parts, checkpoint.card)


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
    file.check_sizes(config.width, config.embedding_size, config.feature_size)
    encoder = SpeechEncoder(config)
    file.load_part(encoder, "speech")
    return SpeechCheckpoint(encoder.eval(), file.texts["teacher"], file.card)
