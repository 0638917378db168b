"""Files that a command line gives names to: ``--weights NAME=FILE``."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path


def add_named_files(parser: argparse.ArgumentParser) -> None:
    """Add ``--weights``, which `named_files` reads."""
    parser.add_argument(
        "--weights",
        action="append",
        required=True,
        metavar="NAME=FILE",
        help="a weights file and its name in the table; once for each file",
    )


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
