"""``expert``: train a recipe's bird expert alone; `run` goes on from there."""

from __future__ import annotations

import argparse

from models.training.options.recipe_options import add_recipe_options, begun_run

SUMMARY = "train a recipe's bird expert"
add_options = add_recipe_options


def run(options: argparse.Namespace) -> None:
    with begun_run(options) as walk:
        walk.train_expert()
