"""``compare``: train several recipes under an equal budget and score them in one table.

Writes ``comparison.md``, ``comparison.json``, ``comparison.png`` (a plot) and ``pictures.jpg`` (a
row of drawings for each recipe). Stop it at any time; started again it goes on.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from pathlib import Path

SUMMARY = "train several recipes under an equal budget and score them"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--train", type=Path, required=True, help="folder with metadata.jsonl")
    parser.add_argument("--test", type=Path, required=True, help="species kept out of training")
    parser.add_argument("--damsm", type=Path, required=True, help="damsm.pt of a damsm run")
    parser.add_argument(
        "--judge", type=Path, required=True, help="damsm.pt trained with efficientnet-lite2"
    )
    parser.add_argument("--out", type=Path, required=True, help="folder for runs and results")
    parser.add_argument(
        "--pictures", type=int, default=4000, help="photographs each 64 px recipe sees (4000)"
    )
    parser.add_argument(
        "--patches", type=int, default=960, help="patches each number of stages sees (960)"
    )
    parser.add_argument(
        "--start-from",
        type=Path,
        help="gan.pt with two trained stages, to compare three stages with four on top of",
    )
    parser.add_argument(
        "--scored", type=int, default=300, help="drawings of each recipe that are scored (300)"
    )


def run(options: argparse.Namespace) -> None:
    from models.training.comparison import Comparison, first_stage_variants, stage_count_variants
    from models.training.distributed import process_group
    from models.training.evaluation import Evaluator

    variants = first_stage_variants(options.pictures)
    if options.start_from:
        variants += stage_count_variants(options.patches)
    evaluator = Evaluator(options.judge, options.test, options.scored)
    with process_group() as device:
        comparison = Comparison(
            options.train, options.damsm, evaluator, options.out, device, options.start_from
        )
        command = shlex.join(["python", "-m", "models.training", *sys.argv[1:]])
        print(comparison.run(variants, command))
