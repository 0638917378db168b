"""Who judges drawings: a DAMSM that no generator was trained with."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_judge(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--judge", type=_damsm, required=True, help="folder of a run of the recipe 'judge'"
    )


def _damsm(text: str) -> Path:
    """The DAMSM of a run's folder; a file is one itself."""
    path = Path(text)
    return path / "damsm" / "damsm.pt" if path.is_dir() else path
