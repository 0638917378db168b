"""One safetensors file that holds a model: weights, configuration, vocabulary and a checksum."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from models.config import ModelConfig
from models.errors import CheckpointError
from models.generator import Generator
from models.text_encoder import TextEncoder
from models.vocabulary import Vocabulary

FORMAT = "speech2bird"
FORMAT_VERSION = "1"

_LONGEST_REASON = 200  # characters of what is wrong with a file


@dataclass(frozen=True)
class Checkpoint:
    """A model as it lies on disk, ready to draw.

    Attributes
    ----------
    card : what the weights were trained on and how well they do, for people to read.
    checksum : SHA-256 (hex) over configuration, vocabulary and weights: the model's identity.
    """

    config: ModelConfig
    vocabulary: Vocabulary
    text_encoder: TextEncoder
    generator: Generator
    card: Mapping[str, str] = field(default_factory=dict)
    checksum: str = ""


def save_checkpoint(checkpoint: Checkpoint, path: Path) -> str:
    """Write a model in half precision and return its checksum.

    The file is written under a temporary name and renamed, so that a stop half-way leaves an
    earlier file as it was. One-dimensional tensors (biases, batch norm statistics) stay in single
    precision: they cost nothing, and a variance can leave the range of half precision.
    """
    tensors: dict[str, Tensor] = {}
    for prefix, module in _parts(checkpoint.text_encoder, checkpoint.generator):
        for name, value in module.state_dict().items():
            if not name.endswith("num_batches_tracked"):
                value = value.detach().cpu().contiguous()
                tensors[f"{prefix}.{name}"] = value.half() if value.dim() > 1 else value.float()
    config, words = checkpoint.config.to_json(), json.dumps(checkpoint.vocabulary.words)
    checksum = _checksum(config, words, tensors)
    metadata = {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "config": config,
        "vocabulary": words,
        "card": json.dumps(dict(checkpoint.card)),
        "sha256": checksum,
    }
    _write_atomically(save(tensors, metadata), path)
    return checksum


def load_checkpoint(path: Path) -> Checkpoint:
    """Read a model in single precision on the CPU, in evaluation mode.

    Raises
    ------
    CheckpointError
        The file is missing, truncated, altered, from a later version, or not one of ours.
    """
    metadata, tensors = _read(path)
    if metadata.get("format") != FORMAT:
        raise CheckpointError(f"{path} is not a speech2bird weights file.")
    if metadata.get("format_version") != FORMAT_VERSION:
        raise CheckpointError(f"{path} was written by another version of speech2bird.")
    try:
        config_json, words_json = metadata["config"], metadata["vocabulary"]
        if metadata["sha256"] != _checksum(config_json, words_json, tensors):
            raise CheckpointError(f"{path} is damaged: its checksum is wrong. Fetch it again.")
        config = ModelConfig.from_json(config_json)
        vocabulary = Vocabulary(_texts(json.loads(words_json)))
        card = dict(json.loads(metadata["card"]))
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
        raise CheckpointError(f"{path} has an unreadable description ({reason}).") from error
    if len(vocabulary) != config.text_encoder.vocabulary_size:
        raise CheckpointError(f"{path}: the vocabulary does not fit the configuration.")

    if not _can_hold(config, tensors):  # seen before memory is taken for the sizes it claims
        raise CheckpointError(f"{path}: the weights do not fit the configuration.")
    text_encoder, generator = TextEncoder(config.text_encoder), Generator(config.generator)
    for prefix, module in _parts(text_encoder, generator):
        _load_part(module, prefix, tensors, path)
    return Checkpoint(
        config, vocabulary, text_encoder.eval(), generator.eval(), card, metadata["sha256"]
    )


def _parts(text_encoder: TextEncoder, generator: Generator) -> list[tuple[str, nn.Module]]:
    return [("text_encoder", text_encoder), ("generator", generator)]


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    if not os.path.isfile(path):
        raise CheckpointError(f"The weights file {path} does not exist.")
    try:
        with safe_open(path, framework="pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return dict(file.metadata() or {}), tensors
    except (SafetensorError, OSError, ValueError) as error:
        raise CheckpointError(f"{path} cannot be read as weights: {error}.") from error


def _texts(words: object) -> list[str]:
    if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
        raise TypeError("the vocabulary is no list of words")
    return words


def _can_hold(config: ModelConfig, tensors: Mapping[str, Tensor]) -> bool:
    """Tell whether some tensor is as large as the largest size that the configuration names."""
    sizes = [*dataclasses.astuple(config.text_encoder), *dataclasses.astuple(config.generator)]
    largest = max((side for tensor in tensors.values() for side in tensor.shape), default=0)
    channels = config.generator.stage_channels
    return max(*(size for size in sizes if isinstance(size, int)), *channels) <= largest


def _load_part(module: nn.Module, prefix: str, tensors: Mapping[str, Tensor], path: Path) -> None:
    state = {
        name.removeprefix(f"{prefix}."): value.float()
        for name, value in tensors.items()
        if name.startswith(f"{prefix}.")
    }
    try:
        result = module.load_state_dict(state, strict=False)
    except RuntimeError as error:
        raise CheckpointError(f"{path}: the weights do not fit the configuration.") from error
    missing = [key for key in result.missing_keys if not key.endswith("num_batches_tracked")]
    if missing or result.unexpected_keys:
        odd = ", ".join([*missing, *result.unexpected_keys][:3])
        raise CheckpointError(f"{path} does not hold the weights its description names ({odd}).")


def _checksum(config: str, words: str, tensors: Mapping[str, Tensor]) -> str:
    digest = hashlib.sha256(f"{config}\n{words}\n".encode())
    for name in sorted(tensors):
        tensor = tensors[name].contiguous()
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n".encode())
        digest.update(tensor.view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _write_atomically(content: bytes, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
