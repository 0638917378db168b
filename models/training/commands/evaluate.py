"""``evaluate``: score weights on species kept out of training.

Writes ``scores.json`` (one line), ``scores.md`` (a table for the model card) and ``grid.jpg``
(fixed sentences by seeds, and the stages of one seed) into a folder. docs/evaluation.md says what
the numbers mean.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from models.request import SKETCHES
from models.training.options.numbers import PIXELS, SCORED, SEED, SKETCH_COUNT
from models.training.options.scoring import add_judge, add_photographs

SUMMARY = "score weights on species kept out of training"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--weights", type=Path, required=True, help="file to score")
    add_photographs(parser)
    add_judge(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for the scores")
    parser.add_argument(
        "--sizes",
        type=PIXELS,
        nargs="+",
        default=[],
        metavar="PX",
        help="stages to score, in pixels (all)",
    )
    parser.add_argument("--pictures", type=SCORED, help="score so many, chosen at random (all)")
    parser.add_argument(
        "--sketches",
        type=SKETCH_COUNT,
        default=SKETCHES,
        metavar="N",
        help=f"choose each drawing among so many ({SKETCHES})",
    )
    parser.add_argument("--seed", type=SEED, default=0, help="of every choice that is made (0)")


def run(options: argparse.Namespace) -> None:
    from models.painter import Painter
    from models.training.evaluation.evaluator import Evaluator
    from models.training.evaluation.grid import save_grid
    from models.training.evaluation.report import write_report
    from models.training.runs.publishing import command_line

    evaluator = Evaluator(
        options.judge,
        options.data,
        options.pictures,
        options.train,
        options.seed,
        options.device,
        options.sketches,
    )
    report = evaluator.score(options.weights, options.sizes, command_line())
    painter = Painter.load(options.weights, options.device, options.sketches)
    write_report(report, options.out)
    save_grid(painter, options.out / "grid.jpg", list(report.stages))
    print(report.to_markdown())
