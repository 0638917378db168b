"""Training states on disk, written so that a kill or a full disk never costs the last good one."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import torch

from models.whole_files import whole_file

_DAMAGE = (RuntimeError, EOFError, KeyError, OSError)
"""What else torch raises of a damaged file, without its name."""


def save_state(state: dict[str, Any], path: Path) -> None:
    """Write `state` beside `path` and rename it when it is complete and on the disk."""
    with whole_file(path) as temporary, temporary.open("wb") as file:
        try:
            torch.save(state, file)
        except RuntimeError as error:  # torch's name for a write that failed
            if isinstance(error.__context__, OSError):
                raise error.__context__ from None
            raise OSError(f"{path} cannot be written: {error}") from error


def load_state(path: Path, kind: str, keys: tuple[str, ...]) -> dict[str, Any]:
    """Read what `save_state` wrote, on the CPU.

    Parameters
    ----------
    kind : what the file should be, for the message: "gan run".
    keys : what it must hold.

    Raises
    ------
    FileNotFoundError
        There is no such file.
    ValueError
        It is damaged, or not of this kind.
    """
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, zipfile.BadZipFile, *_DAMAGE) as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise ValueError(f"{path} cannot be read as a {kind}: {reason}") from error
    missing = [key for key in keys if not isinstance(state, dict) or key not in state]
    if missing:
        raise ValueError(f"{path} is not a {kind} of speech2bird: it has no {', '.join(missing)}")
    return dict(state)
