"""``diagnose``: find out why a run's pictures stop improving.

Looks at the last phase that has begun. Prints what each discriminator says of photographs it was
trained on, of photographs it never saw and of drawings, and how hard each loss pulls at the
drawings. docs/training.md says what to make of it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from models.training.options.numbers import COUNT
from models.training.options.recipe_options import add_device

SUMMARY = "find out what holds a run back"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("folder", type=Path, metavar="RUN", help="folder of the run")
    parser.add_argument("--data", type=Path, required=True, help="folder it was trained on")
    parser.add_argument(
        "--batches", type=COUNT, default=12, help="batches to look at, of each kind (12)"
    )
    add_device(parser)


def run(options: argparse.Namespace) -> None:
    from models.training.data.folder import DataFolder
    from models.training.gan.diagnosis import diagnose
    from models.training.options.recipe_options import own_device
    from models.training.recipes.recipe_run import RecipeRun

    data = DataFolder.read(options.data)
    with own_device(options.device) as device:
        run = RecipeRun.of_folder(options.folder, data, device)
        known, unseen = run.last_trained(run.examples), run.last_trained(data.test)
        print(diagnose(known, unseen, options.batches).to_markdown())
