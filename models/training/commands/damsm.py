"""``damsm``: train a recipe's text encoder alone, and the expert before it where it is missing."""

from __future__ import annotations

import argparse

from models.training.options.recipe_options import add_recipe_options, begun_run

SUMMARY = "train a recipe's text encoder against picture features"
add_options = add_recipe_options


def run(options: argparse.Namespace) -> None:
    with begun_run(options) as walk:
        walk.train_expert()
        walk.train_damsm()
