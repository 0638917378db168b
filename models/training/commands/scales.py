"""``scales``: at which scale drawings differ from photographs, for one or several weights files.

Prints a table: KID and FID of what is left of both at 64, 128 and 256 px. What is wrong at 64 px
is for that stage to mend, what comes on top of it at 128 px for the next one, and so on. With
``--finest`` a second one, of the stages from 256 px at 320 px: whether the last one earns its cost.
"""

from __future__ import annotations

import argparse

from models.training.options.numbers import SCORED, SEED
from models.training.options.scoring import add_named_files, add_photographs, named_files

SUMMARY = "tell which stage's drawings are furthest from photographs"


def add_options(parser: argparse.ArgumentParser) -> None:
    add_named_files(parser)
    add_photographs(parser)
    parser.add_argument(
        "--finest", action="store_true", help="compare the stages from 256 px at 320 px, too"
    )
    parser.add_argument("--pictures", type=SCORED, help="draw so many captions (one a photograph)")
    parser.add_argument("--seed", type=SEED, default=0, help="of every choice that is made (0)")


def run(options: argparse.Namespace) -> None:
    from models.training.evaluation.look.finest import compare_finest
    from models.training.evaluation.scales import compare_scales

    weights, chosen = named_files(options.weights), (options.seed, options.device)
    # First, as it may find that there are no such photographs.
    fine = (
        compare_finest(weights, options.data, options.pictures, *chosen) if options.finest else ""
    )
    print(compare_scales(weights, options.data, options.train, options.pictures, *chosen))
    if fine:
        print("\n" + fine)
