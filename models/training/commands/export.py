"""``export``: write a file that the program draws or listens with.

`run` exports by itself at the end; this is for the state of a phase that is not complete.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

SUMMARY = "write a file that the program draws or listens with"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--damsm", type=Path, help="damsm.pt of the run")
    run = parser.add_mutually_exclusive_group(required=True)
    run.add_argument(
        "--run", type=Path, dest="folder", help="folder of a run of a recipe, as far as it is"
    )
    run.add_argument("--gan", type=Path, help="gan.pt of a phase: what draws")
    run.add_argument("--speech", type=Path, help="speech.pt of a speech run: what listens")
    parser.add_argument(
        "--data",
        type=Path,
        help="folder that it learned from: the file then has its birds' names and poses",
    )
    parser.add_argument(
        "--sketches", type=Path, help="sketches.pt of the run: what chooses among sketches"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="file to write")
    parser.add_argument("--name", default="speech2bird", help="name of the model")
    parser.add_argument(
        "--card", action="append", default=[], metavar="KEY=TEXT", help="a fact for the model card"
    )


def run(options: argparse.Namespace) -> None:
    from models.training.data.folder import DataFolder
    from models.training.exchange.export import export
    from models.training.speech.export import export_speech

    card = _read_card(options.card)
    if options.folder:
        print(_export_run(options, card))
    elif not options.damsm:
        raise ValueError("--gan and --speech need the --damsm of their run.")
    elif options.speech:
        if options.sketches:
            raise ValueError("--sketches belongs to what draws: name it with --gan.")
        print(export_speech(options.damsm, options.speech, options.output, card))
    else:
        data = DataFolder.read(options.data) if options.data else None
        examples = [*data.train, *data.more] if data else []
        sources = options.damsm, options.gan, options.output, options.name
        print(export(*sources, card, examples, options.sketches))
        if data is None:
            print("Without --data, it has no names of birds and no poses.", file=sys.stderr)
        sketches = options.gan.parent.parent / "sketches" / "sketches.pt"
        if options.sketches is None and sketches.exists():
            print(
                f"Without --sketches {sketches}, nothing chooses among sketches.", file=sys.stderr
            )


def _export_run(options: argparse.Namespace, card: dict[str, str]) -> Path:
    import torch

    from models.training.data.folder import DataFolder
    from models.training.recipes.recipe_run import RecipeRun

    if not options.data or options.damsm or options.sketches:
        raise ValueError("--run needs --data, and has its --damsm and --sketches in itself.")
    run = RecipeRun.of_folder(options.folder, DataFolder.read(options.data), torch.device("cpu"))
    return run.export(options.output, card)


def _read_card(entries: Sequence[str]) -> dict[str, str]:
    card = {}
    for entry in entries:
        key, equals, text = entry.partition("=")
        if not (key.strip() and equals):
            raise ValueError(f"--card {entry}: write KEY=TEXT, as in --card data='my photographs'.")
        card[key.strip()] = text.strip()
    return card
