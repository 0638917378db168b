"""``show``: print what a weights file says of itself, above all the recipe that made it.

The recipe, saved as a file of its own, is what `run` wants to make the weights again.
"""

from __future__ import annotations

import argparse
from pathlib import Path

SUMMARY = "print the recipe and the card of a weights file, or what recipes can say"


def add_options(parser: argparse.ArgumentParser) -> None:
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("weights", type=Path, nargs="?", help="file that draws or listens")
    what.add_argument("--keys", action="store_true", help="every key of a recipe and its meaning")


def run(options: argparse.Namespace) -> None:
    from models.checkpoints.weights_file import read_card
    from models.training.recipes.keys import explain_keys

    if options.keys:
        print(explain_keys())
        return
    card = dict(read_card(options.weights))
    recipe = card.pop("recipe", "").strip()
    for key, text in card.items():
        print(f"# {key}: {text}".replace("\n", "\n#   "))
    print(recipe or "# The file does not say what recipe made it.")
