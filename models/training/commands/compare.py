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
        "--pictures", type=int, default=8000, help="photographs for each setting (8000)"
    )
    parser.add_argument(
        "--preset-pictures", type=int, default=20000, help="photographs for each preset (20000)"
    )
    parser.add_argument(
        "--patches", type=int, default=2000, help="patches for each number of stages (2000)"
    )
    parser.add_argument(
        "--settings-from",
        type=Path,
        help="gan.pt with a trained 64 px stage, to try settings on; default: from nothing",
    )
    parser.add_argument(
        "--stages-from",
        type=Path,
        help="gan.pt with two trained stages, to compare three stages with four on top of",
    )
    parser.add_argument(
        "--scored", type=int, default=300, help="drawings of each recipe that are scored (300)"
    )


def run(options: argparse.Namespace) -> None:
    from models.training.evaluation import Evaluator
    from models.training.runs.comparison import (
        Comparison,
        preset_variants,
        settings_variants,
        stage_count_variants,
    )
    from models.training.runs.distributed import process_group

    variants = settings_variants(options.pictures, options.settings_from)
    if options.stages_from:
        variants += stage_count_variants(options.patches, options.stages_from)
    variants += preset_variants(options.preset_pictures)
    evaluator = Evaluator(options.judge, options.test, options.scored)
    with process_group() as device:
        comparison = Comparison(options.train, options.damsm, evaluator, options.out, device)
        command = shlex.join(["python", "-m", "models.training", *sys.argv[1:]])
        print(comparison.run(variants, command))
