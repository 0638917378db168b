"""``gan``: train stages of the generator against their discriminators."""

from __future__ import annotations

import argparse
from pathlib import Path

from models.training.commands.settings_options import add_settings, read_settings

SUMMARY = "train stages of the generator"


def add_options(parser: argparse.ArgumentParser) -> None:
    from models.training.gan_settings import GanTraining

    parser.add_argument("--data", type=Path, required=True, help="folder with metadata.jsonl")
    parser.add_argument("--damsm", type=Path, required=True, help="damsm.pt of a damsm run")
    parser.add_argument("--out", type=Path, required=True, help="folder for the run")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="minutes to train")
    parser.add_argument("--pictures", type=float, default=float("inf"), help="pictures to train on")
    parser.add_argument(
        "--resume", action="store_true", help="go on where the run in --out stopped"
    )
    parser.add_argument("--start-from", type=Path, help="gan.pt of a run of earlier stages")
    add_settings(parser, GanTraining())


def run(options: argparse.Namespace) -> None:
    from models.config import GeneratorConfig
    from models.training.gan_settings import GanTraining
    from models.training.gan_trainer import load_trainer

    settings = read_settings(GanTraining(), options)
    trainer = load_trainer(settings, GeneratorConfig(), options.damsm, options.data, options.out)
    if options.start_from:
        trainer.start_from(options.start_from)
    if options.resume and (options.out / "gan.pt").exists():
        trainer.resume(options.out / "gan.pt")
    trainer.train(options.minutes, options.pictures)
