"""``run``: make weights by a recipe, from photographs to the file that draws.

Stopped, at any time and in any way, it goes on with --resume. With several GPUs or machines:
``torchrun --nproc-per-node 4 -m models.training run bundled --data birds --out runs/bundled``.
"""

from __future__ import annotations

import argparse

from models.training.options.recipe_options import add_minutes, add_recipe_options, begun_run

SUMMARY = "make weights by a recipe, from photographs to the file that draws"


def add_options(parser: argparse.ArgumentParser) -> None:
    add_recipe_options(parser)
    add_minutes(parser)


def run(options: argparse.Namespace) -> None:
    with begun_run(options) as walk:
        if walk.train(options.minutes):
            print(f"{options.out} is complete.")
        else:
            print(f"Stopped and saved in {options.out}; go on with --resume.")
