"""``damsm``: train the text encoder against picture features."""

from __future__ import annotations

import argparse
from pathlib import Path

from models.training.commands.settings_options import add_settings, read_settings

SUMMARY = "train the text encoder against picture features"


def add_options(parser: argparse.ArgumentParser) -> None:
    from models.training.damsm.trainer import DamsmTraining

    parser.add_argument("--train", type=Path, required=True, help="folder with metadata.jsonl")
    parser.add_argument("--test", type=Path, required=True, help="species kept out of training")
    parser.add_argument("--out", type=Path, required=True, help="folder for the run")
    parser.add_argument(
        "--resume", action="store_true", help="go on after the last epoch of the run in --out"
    )
    parser.add_argument(
        "--start-from",
        type=Path,
        metavar="FILE",
        help="damsm.pt whose networks to train further, or weights whose text encoder to; the "
        "words are those of that file",
    )
    add_settings(parser, DamsmTraining())


def run(options: argparse.Namespace) -> None:
    from models.training.damsm.similarity import DamsmConfig
    from models.training.damsm.trainer import DamsmTraining, train_damsm

    settings = read_settings(DamsmTraining(), options)
    try:
        path = train_damsm(
            options.train,
            options.test,
            options.out,
            settings,
            DamsmConfig(),
            options.resume,
            options.start_from,
        )
    except KeyboardInterrupt:
        raise SystemExit(f"Stopped; {options.out} has the epochs so far: --resume.") from None
    print(path)
