"""What the commands that score have in common: weights, photographs, who judges, where to draw."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path


def add_judge(parser: argparse.ArgumentParser) -> None:
    """Add who judges drawings: a DAMSM that no generator was trained with."""
    parser.add_argument(
        "--judge", type=_damsm, required=True, help="folder of a run of the recipe 'judge'"
    )


def _damsm(text: str) -> Path:
    """The DAMSM of a run's folder; a file is one itself."""
    path = Path(text)
    return path / "damsm" / "damsm.pt" if path.is_dir() else path


def add_photographs(parser: argparse.ArgumentParser, train_needed: bool = False) -> None:
    """Add the folders of photographs, and where to draw what is held against them."""
    parser.add_argument(
        "--data", type=Path, required=True, help="folder of unseen species, with metadata.jsonl"
    )
    parser.add_argument(
        "--train",
        type=Path,
        required=train_needed,
        help="training folder, whose photographs are looked at, too",
    )
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to draw (auto)"
    )


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
