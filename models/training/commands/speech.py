"""``speech``: train the speech encoder on spoken captions, with the text encoder as its teacher."""

from __future__ import annotations

import argparse
from pathlib import Path

from models.training.options.recipe_options import add_minutes

SUMMARY = "train the speech encoder on spoken captions"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("changes", nargs="*", help="such as epochs=3; see `show --keys`")
    for name, more, what in (
        ("spoken", {"nargs": "+"}, "folders that `speak` made"),
        ("train", {}, "its photographs"),
        ("spoken-test", {}, "captions of other species, other voices"),
        ("test", {}, "their photographs"),
        ("damsm", {}, "damsm.pt of a damsm run"),
        ("out", {}, "folder for the run"),
    ):
        parser.add_argument(
            f"--{name}", type=Path, metavar="PATH", required=True, help=what, **more
        )
    add_minutes(parser)
    parser.add_argument(
        "--resume", action="store_true", help="go on where the run in --out stopped"
    )
    parser.add_argument(
        "--start-from", type=Path, metavar="SPEECH", help="speech.pt whose encoder to train further"
    )


def run(options: argparse.Namespace) -> None:
    from models.training.recipes.recipe import changed
    from models.training.speech.trainer import SpeechTrainer, SpeechTraining

    settings = changed(SpeechTraining, options.changes, "speech")
    trainer = SpeechTrainer(
        options.spoken,
        options.train,
        options.spoken_test,
        options.test,
        options.damsm,
        options.out,
        settings,
    )
    if options.resume:
        trainer.resume()
    elif trainer.path.exists():
        raise ValueError(f"{options.out} holds a run: go on with --resume, or name another --out")
    elif options.start_from:
        trainer.start_from(options.start_from)
    if trainer.train(options.minutes):
        print(trainer.path)
    else:
        print(f"Stopped; {trainer.path} has the state: go on with --resume.")
