"""``pack``: keep of a run for good what others need to go on from it, at a tenth of the size.

Recipe, bird expert, text encoder, and each phase's networks in half precision. ``run --resume`` in
the new folder goes on, with new optimisers.
"""

from __future__ import annotations

import argparse
from pathlib import Path

SUMMARY = "keep of a run what is needed to go on from it"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="RUN", help="folder of the run")
    parser.add_argument("-o", "--output", type=Path, required=True, help="new folder")


def run(options: argparse.Namespace) -> None:
    from models.training.recipes.pack import pack

    for path in pack(options.folder, options.output):
        print(f"{path} ({path.stat().st_size / 1e6:.1f} MB)")
