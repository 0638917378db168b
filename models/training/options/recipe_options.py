"""What the commands that work on a recipe have in common: few choices, all else is the recipe's."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from models.training.options.numbers import MINUTES, SEED

if TYPE_CHECKING:
    import torch

    from models.training.recipes.recipe_run import RecipeRun


def add_recipe_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("recipe", help="'quick', 'bundled', 'attngan', or a file of your own")
    parser.add_argument("changes", nargs="*", help="such as phase.0.damsm_weight=0.8")
    parser.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    parser.add_argument("--out", type=Path, required=True, help="folder for the run")
    parser.add_argument("--resume", action="store_true", help="go on with the run in --out")
    add_seed(parser)
    add_device(parser)


def add_seed(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--seed", type=SEED, default=0, help="of all random numbers (0)")


def add_device(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device", default="auto", help="auto (a GPU when there is one), cpu or cuda"
    )


def add_minutes(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--minutes", type=MINUTES, default=float("inf"), help="stop and save after so long"
    )


@contextmanager
def own_device(name: str) -> Iterator[torch.device]:
    """Join the processes that ``torchrun`` started, if it did; this one's device."""
    from models.painting.backend import choose_device
    from models.training.runs.distributed import process_group

    with process_group() as device:
        yield device if name in ("auto", device.type) else choose_device(name)


@contextmanager
def begun_run(options: argparse.Namespace) -> Iterator[RecipeRun]:
    """The run that the options name, its folder checked; errors as of `RecipeRun.begin`."""
    from models.training.data.folder import DataFolder
    from models.training.recipes.recipe import Recipe
    from models.training.recipes.recipe_run import RecipeRun

    recipe = Recipe.read(options.recipe, options.changes)
    data = DataFolder.read(options.data)
    with own_device(options.device) as device:
        run = RecipeRun(recipe, data, options.out, device, options.seed)
        run.begin(options.resume)
        yield run
