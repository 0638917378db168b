"""``compare``: train several recipes under an equal budget and score them in one table.

Several recipes, or several values of a key: ``compare quick phase.0.damsm_weight=1,5,10 ...``.
Writes comparison.md, .json and .png (a plot), and pictures.jpg (a row of drawings for each). Stop
it at any time; the same command goes on.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from models.training.options.numbers import COUNT, MINUTES, SCORED
from models.training.options.recipe_options import add_device, add_seed
from models.training.options.scoring import add_judge

SUMMARY = "train several recipes under an equal budget and score them"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "recipes", nargs="+", metavar="RECIPE", help="as of `run`; or KEY=VALUE,VALUE,..."
    )
    parser.set_defaults(changes=[])  # those that stand behind options
    parser.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for runs and results")
    add_judge(parser)
    parser.add_argument(
        "--photographs", type=COUNT, metavar="N", help="each recipe sees (those of the shortest)"
    )
    parser.add_argument(
        "--minutes", type=MINUTES, default=float("inf"), metavar="M", help="of each recipe at most"
    )
    parser.add_argument(
        "--scored", type=SCORED, default=300, help="drawings of each that are scored (300)"
    )
    add_seed(parser)
    add_device(parser)


def run(options: argparse.Namespace) -> None:
    from models.training.data.folder import DataFolder
    from models.training.evaluation.evaluator import Evaluator
    from models.training.options.recipe_options import own_device
    from models.training.recipes.comparison import Comparison, variants_of
    from models.training.runs.publishing import command_line

    recipes = [each for each in options.recipes if "=" not in each]
    changes = [each for each in options.recipes if "=" in each] + options.changes
    variants = variants_of(recipes, changes, options.photographs)
    data = DataFolder.read(options.data)
    with own_device(options.device) as device:
        evaluator = Evaluator(
            options.judge, options.data / "test", options.scored, device=device.type
        )
        comparison = Comparison(data, evaluator, options.out, device, options.minutes, options.seed)
        print(comparison.run(variants, command_line()))
