"""Networks in one safetensors file: half precision, what describes them, and a checksum."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save
from torch import Tensor, nn

from models.checkpoints.header import (
    FORMAT_VERSION,
    WHAT_TO_DO,
    check_kind,
    not_weights,
    read_header,
    unreadable,
)
from models.errors import CheckpointError
from models.whole_files import whole_file


@dataclass(frozen=True)
class WeightsFile:
    """What lies in a file.

    Attributes
    ----------
    texts : what describes the network: JSON, by name.
    card : what the weights were trained on and how well they do, for people to read.
    checksum : SHA-256 (hex) over texts and weights: their identity.
    """

    path: Path
    texts: Mapping[str, str]
    tensors: Mapping[str, Tensor]
    card: Mapping[str, str]
    checksum: str

    def check_sizes(self, *sizes: int) -> None:
        """Refuse sizes that no weights here have, before memory is taken for them.

        Raises
        ------
        CheckpointError
            The largest of the sizes is larger than each side of each tensor.
        """
        sides = [side for tensor in self.tensors.values() for side in tensor.shape]
        if max(sizes) > max(sides, default=0):
            raise self._misfit()

    def load_part(self, module: nn.Module, prefix: str) -> None:
        """Load the weights of one network of the file.

        Raises
        ------
        CheckpointError
            They are not the ones that the network has.
        """
        state = {
            name.removeprefix(f"{prefix}."): value.float()
            for name, value in self.tensors.items()
            if name.startswith(f"{prefix}.")
        }
        try:
            result = module.load_state_dict(state, strict=False)
        except RuntimeError as error:
            raise self._misfit() from error
        missing = [key for key in result.missing_keys if not key.endswith("num_batches_tracked")]
        if missing or result.unexpected_keys:
            odd = ", ".join([*missing, *result.unexpected_keys][:3])
            raise CheckpointError(
                f"{self.path} does not hold the weights its description names ({odd}). {WHAT_TO_DO}"
            )

    def unreadable(self, error: Exception) -> CheckpointError:
        """What to raise when a text cannot be understood."""
        return unreadable(self.path, error)

    def _misfit(self) -> CheckpointError:
        return CheckpointError(
            f"{self.path}: the weights do not fit the configuration. {WHAT_TO_DO}"
        )


def write_weights(
    path: Path,
    kind: str,
    texts: Mapping[str, str],
    parts: Mapping[str, Mapping[str, Tensor]],
    card: Mapping[str, str],
) -> str:
    """Write networks in half precision and return the file's checksum.

    The file is written under a temporary name and renamed, so that a stop half-way leaves an
    earlier file as it was. One-dimensional tensors (biases, batch norm statistics) stay in single
    precision: they cost nothing, and a variance can leave the range of half precision.

    Parameters
    ----------
    kind : what sort of weights these are.
    texts : what describes them, in an order that `read_weights` is to repeat.
    parts : the networks' state dicts, by the prefix of their weights' names.
    """
    tensors: dict[str, Tensor] = {}
    for prefix, weights in parts.items():
        for name, value in weights.items():
            if not name.endswith("num_batches_tracked"):
                value = value.detach().cpu().contiguous()
                tensors[f"{prefix}.{name}"] = value.half() if value.dim() > 1 else value.float()
    checksum = checksum_of(list(texts.values()), tensors)
    metadata = {
        "format": kind,
        "format_version": FORMAT_VERSION,
        **texts,
        "card": json.dumps(dict(card)),
        "sha256": checksum,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as temporary:
        temporary.write_bytes(save(tensors, metadata))
    return checksum


def read_weights(path: Path, kind: str, texts: Sequence[str]) -> WeightsFile:
    """Read a file that `write_weights` wrote; its weights are as stored, in half precision.

    Raises
    ------
    CheckpointError
        The file is missing, truncated, altered, from a later version, or of another kind.
    """
    metadata, tensors = _read(path)
    check_kind(path, metadata, kind)
    file = WeightsFile(path, metadata, tensors, {}, metadata.get("sha256", ""))
    try:
        described = {name: metadata[name] for name in texts}
        if metadata["sha256"] != checksum_of(list(described.values()), tensors):
            raise CheckpointError(f"{path} is damaged: its checksum is wrong. Fetch it again.")
        card = dict(json.loads(metadata["card"]))
    except (KeyError, ValueError, TypeError, RecursionError) as error:
        raise file.unreadable(error) from error
    return WeightsFile(path, described, tensors, card, metadata["sha256"])


def read_card(path: Path) -> dict[str, str]:
    """What a file of any kind that `write_weights` writes says of itself.

    Raises
    ------
    CheckpointError
        The file is missing, truncated, or none of ours.
    """
    metadata, tensors = _read(path)
    file = WeightsFile(path, metadata, tensors, {}, metadata.get("sha256", ""))
    if "format" not in metadata:
        raise CheckpointError(f"{path} is not a weights file of speech2bird. {WHAT_TO_DO}")
    try:
        return {str(key): str(text) for key, text in json.loads(metadata["card"]).items()}
    except (KeyError, ValueError, AttributeError, RecursionError) as error:
        raise file.unreadable(error) from error


def checksum_of(texts: Sequence[str], tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 (hex) over texts, and over names, shapes, types and bytes of weights."""
    digest = hashlib.sha256("".join(f"{text}\n" for text in texts).encode())
    for name in sorted(tensors):
        tensor = tensors[name].contiguous()
        digest.update(f"{name} {tuple(tensor.shape)} {tensor.dtype}\n".encode())
        digest.update(tensor.view(torch.uint8).numpy().tobytes())
    return digest.hexdigest()


def _read(path: Path) -> tuple[dict[str, str], dict[str, Tensor]]:
    header = read_header(path)
    try:
        with safe_open(path, framework="pt") as file:
            return header, {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except (SafetensorError, OSError, ValueError) as error:
        raise not_weights(path, error) from error
