"""What leaves training: usable weights, and where they and their scores come from."""

from __future__ import annotations

import hashlib
import importlib.metadata
import shlex
import sys
from pathlib import Path

import torch
from torch import nn


def check_weights(module: nn.Module, path: Path) -> None:
    """Refuse weights that would draw nothing: no numbers, or beyond what half precision holds.

    Raises
    ------
    ValueError
        With the name of the first such tensor.
    """
    for name, value in module.state_dict().items():
        stored = value.half() if value.dim() > 1 else value
        if not stored.isfinite().all():
            raise ValueError(
                f"{path} holds weights that are not finite in half precision ({name}): "
                "the run has gone wrong. Take an earlier one."
            )


def versions() -> str:
    """The versions of the program and of PyTorch, for a model card."""
    try:
        program = importlib.metadata.version("speech2bird")
    except importlib.metadata.PackageNotFoundError:  # run from a folder that is not installed
        program = "of an unknown version"
    return f"speech2bird {program}, torch {torch.__version__}"


def command_line() -> str:
    """The command that is running, as a person repeats it."""
    return shlex.join(["python", "-m", "models.training", *sys.argv[1:]])


def fingerprint(path: Path) -> str:
    """A file's name and the beginning of its checksum, for a model card."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{path.name} (sha256 {digest[:12]})"
