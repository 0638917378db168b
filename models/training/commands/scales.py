"""``scales``: at which scale drawings differ from photographs, for one or several weights files.

Prints a table: KID and FID of what is left of both at 64, 128 and 256 px. What is wrong at 64 px
is for that stage to mend, what comes on top of it at 128 px for the next one, and so on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from models.training.options.named_files import add_named_files, named_files
from models.training.options.numbers import SCORED, SEED

SUMMARY = "tell which stage's drawings are furthest from photographs"


def add_options(parser: argparse.ArgumentParser) -> None:
    add_named_files(parser)
    parser.add_argument(
        "--train", type=Path, help="training folder, whose photographs are compared as well"
    )
    parser.add_argument("--pictures", type=SCORED, help="draw so many captions (one a photograph)")
    parser.add_argument("--seed", type=SEED, default=0, help="of every choice that is made (0)")
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to draw (auto)"
    )


def run(options: argparse.Namespace) -> None:
    from models.training.evaluation.scales import compare_scales

    print(
        compare_scales(
            named_files(options.weights),
            options.data,
            options.train,
            options.pictures,
            options.seed,
            options.device,
        )
    )
