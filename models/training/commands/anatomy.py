"""``anatomy``: how many drawings have an eye, a beak, a tail and one head, beside photographs.

The part finder is that of the recipe `judge`: ``run judge --data birds --out runs/judge``.
"""

from __future__ import annotations

import argparse
from pathlib import Path

SUMMARY = "count eyes, beaks, heads and tails in drawings"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--weights", type=Path, nargs="+", required=True, help="weights files that draw"
    )
    parser.add_argument(
        "--judge", type=Path, required=True, help="folder of a run of the recipe 'judge'"
    )
    parser.add_argument("--data", type=Path, required=True, help="species kept out of training")
    parser.add_argument("--size", type=int, default=256, help="side of the drawings (256)")
    parser.add_argument("--pictures", type=int, help="draw so many captions; all by default")
    parser.add_argument("--seed", type=int, default=0, help="of captions and drawings (0)")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")


def run(options: argparse.Namespace) -> None:
    from models.training.evaluation.anatomy import examine_weights

    print(
        examine_weights(
            options.weights,
            options.judge / "expert" / "expert.pt",
            options.data,
            options.size,
            options.pictures,
            options.seed,
            options.device,
        )
    )
