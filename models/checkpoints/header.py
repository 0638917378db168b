"""What stands at the beginning of a weights file: read in a moment, and without torch."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetensors import SafetensorError, safe_open

from models.errors import CheckpointError
from models.networks.config import ModelConfig

MODEL = "speech2bird"
"""The kind of weights that draw."""

BUNDLED_WEIGHTS = Path(__file__).resolve().parents[2] / "weights" / "bird.safetensors"
FORMAT_VERSION = "1"
WHAT_TO_DO = "Fetch the file again, or choose another one."
_LONGEST_REASON = 200  # characters of what is wrong with a file


@dataclass(frozen=True)
class ModelDescription:
    """What a file says of the model in it, before its weights are looked at.

    Attributes
    ----------
    name : the model's name and the beginning of its checksum.
    sizes : the sides in pixels that it draws, one a stage.
    told_poses : whether a pose may be asked for.
    """

    name: str
    sizes: tuple[int, ...]
    told_poses: bool


def describe_model(path: Path | None = None) -> ModelDescription:
    """Say what model is in a file: the bundled one unless another `path` is named.

    Raises
    ------
    CheckpointError
        The file is missing, from a later version, or not one of ours.
    """
    path = path or BUNDLED_WEIGHTS
    header = read_header(path)
    check_kind(path, header, MODEL)
    try:
        config = ModelConfig.from_json(header["config"])
        name = full_name(config, header["sha256"])
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise unreadable(path, error) from error
    return ModelDescription(name, config.generator.sizes, config.poses > 0)


def full_name(config: ModelConfig, checksum: str) -> str:
    """The name by which pictures say which model drew them."""
    return f"{config.name} ({checksum[:8]})"


def read_header(path: Path) -> dict[str, str]:
    """The texts of a safetensors file.

    Raises
    ------
    CheckpointError
        The file is missing, or no such file.
    """
    if os.path.exists(path) and not os.path.isfile(path):
        raise CheckpointError(f"{path} is no file: name a weights file.")
    if not os.path.isfile(path):
        raise CheckpointError(
            f"The weights file {path} does not exist. Check its name, or fetch it again."
        )
    try:
        with safe_open(path, framework="numpy") as file:
            return dict(file.metadata() or {})
    except (SafetensorError, OSError, ValueError) as error:
        raise not_weights(path, error) from error


def check_kind(path: Path, header: Mapping[str, str], kind: str) -> None:
    """Refuse what is another kind of file, or of another version.

    Raises
    ------
    CheckpointError
        It is.
    """
    if header.get("format") != kind:
        raise CheckpointError(f"{path} is not a {kind} weights file. Choose another one.")
    if header.get("format_version") != FORMAT_VERSION:
        raise CheckpointError(
            f"{path} was written by another version of speech2bird. Use that version, or weights "
            "of this one."
        )


def not_weights(path: Path, error: Exception) -> CheckpointError:
    """What to raise where a file is no safetensors file."""
    return CheckpointError(f"{path} cannot be read as weights: {error}. {WHAT_TO_DO}")


def unreadable(path: Path, error: Exception) -> CheckpointError:
    """What to raise where a text of a file cannot be understood."""
    reason = f"{type(error).__name__}: {error}"[:_LONGEST_REASON]
    return CheckpointError(f"{path} has an unreadable description ({reason}). {WHAT_TO_DO}")
