"""``side-by-side``: score several weights files in one table, and draw the same with each.

Writes ``side-by-side.md`` (a row for each file, and what photographs reach) and
``side-by-side.jpg`` (the same sentences and seed, a row for each file).
"""

from __future__ import annotations

import argparse
from pathlib import Path

from models.training.options.numbers import PIXELS, SCORED
from models.training.options.scoring import add_judge, add_named_files, add_photographs, named_files

SUMMARY = "score several weights files in one table"


def add_options(parser: argparse.ArgumentParser) -> None:
    add_named_files(parser)
    add_photographs(parser)
    add_judge(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for table and pictures")
    parser.add_argument(
        "--size", type=PIXELS, default=256, help="pictures to score, in pixels (256)"
    )
    parser.add_argument("--pictures", type=SCORED, help="score so many, chosen at random (all)")


def run(options: argparse.Namespace) -> None:
    from models.training.evaluation.evaluator import Evaluator
    from models.training.evaluation.side_by_side import side_by_side
    from models.training.runs.publishing import command_line

    weights = named_files(options.weights)
    evaluator = Evaluator(
        options.judge, options.data, options.pictures, options.train, device=options.device
    )
    print(side_by_side(weights, evaluator, options.size, options.out, command_line()))
