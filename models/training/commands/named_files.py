"""Files that a command line gives names to: ``--weights NAME=FILE``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def named_files(entries: Sequence[str]) -> dict[str, Path]:
    """Read entries of ``--weights``.

    Raises
    ------
    ValueError
        One is not NAME=FILE.
    """
    files = {}
    for entry in entries:
        name, equals, path = entry.rpartition("=")
        if not (name.strip() and equals and path):
            raise ValueError(f"--weights {entry}: write NAME=FILE.")
        files[name.strip()] = Path(path)
    return files
