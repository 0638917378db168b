"""What drawings are held against."""

from __future__ import annotations

import argparse
from pathlib import Path


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
