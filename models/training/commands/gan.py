"""``gan``: train one phase of a recipe; what comes before it must be there.

For phases that do not wait for each other's end: on several machines, say.
"""

from __future__ import annotations

import argparse

from models.training.options.numbers import PHASE
from models.training.options.recipe_options import add_minutes, add_recipe_options, begun_run

SUMMARY = "train one phase of a recipe"


def add_options(parser: argparse.ArgumentParser) -> None:
    add_recipe_options(parser)
    parser.add_argument("--phase", type=PHASE, default=0, help="number of the phase (0)")
    add_minutes(parser)


def run(options: argparse.Namespace) -> None:
    from models.training.recipes.recipe import Recipe

    phases = len(Recipe.read(options.recipe, options.changes).phases)
    if options.phase >= phases:
        raise ValueError(
            f"--phase {options.phase}: the last phase of {options.recipe} is {phases - 1}"
        )
    with begun_run(options) as walk:
        if not walk.train_phase(options.phase, options.minutes):
            print(f"Stopped and saved in {options.out}; go on with --resume.")
