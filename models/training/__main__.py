"""``python -m models.training damsm | gan | evaluate | export``: from a data folder to weights."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_type_hints

import torch


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; bad input is told in one sentence and gives exit status 1."""
    options = _parser().parse_args(arguments)
    if options.threads:
        torch.set_num_threads(options.threads)
    try:
        options.run(options)
    except (OSError, ValueError, FloatingPointError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


def _damsm(options: argparse.Namespace) -> None:
    from models.training.damsm import DamsmConfig
    from models.training.damsm_trainer import DamsmTraining, train_damsm

    path = train_damsm(
        options.train, options.test, options.out, _settings(DamsmTraining, options), DamsmConfig()
    )
    print(path)


def _gan(options: argparse.Namespace) -> None:
    from models.config import GeneratorConfig
    from models.training.gan_settings import GanTraining
    from models.training.gan_trainer import load_trainer

    trainer = load_trainer(
        _settings(GanTraining, options), GeneratorConfig(), options.damsm, options.data, options.out
    )
    if options.start_from:
        trainer.start_from(options.start_from)
    if options.resume and (options.out / "gan.pt").exists():
        trainer.resume(options.out / "gan.pt")
    trainer.train(options.minutes, options.pictures)


def _evaluate(options: argparse.Namespace) -> None:
    from models.training.evaluation import colour_obedience, evaluate

    scores = evaluate(options.weights, options.judge, options.data, options.size)
    report = {name: dataclasses.asdict(score) for name, score in scores.items()}
    report["colour_obedience"] = colour_obedience(options.weights)
    print(json.dumps(report, indent=2))


def _export(options: argparse.Namespace) -> None:
    from models.training.export import export

    card = dict(entry.split("=", 1) for entry in options.card)
    print(export(options.damsm, options.gan, options.output, options.name, card))


def _parser() -> argparse.ArgumentParser:
    from models.training.damsm_trainer import DamsmTraining
    from models.training.gan_settings import GanTraining

    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("--threads", type=int, help="processor threads; default: all cores")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    damsm = commands.add_parser("damsm", help="train the text encoder against picture features")
    damsm.add_argument("--train", type=Path, required=True, help="folder with metadata.jsonl")
    damsm.add_argument("--test", type=Path, required=True, help="species kept out of training")
    damsm.add_argument("--out", type=Path, required=True, help="folder for the run")
    _add_settings(damsm, DamsmTraining)
    damsm.set_defaults(run=_damsm)

    gan = commands.add_parser("gan", help="train stages of the generator")
    gan.add_argument("--data", type=Path, required=True, help="folder with metadata.jsonl")
    gan.add_argument("--damsm", type=Path, required=True, help="damsm.pt of a damsm run")
    gan.add_argument("--out", type=Path, required=True, help="folder for the run")
    gan.add_argument("--minutes", type=float, default=float("inf"), help="minutes to train")
    gan.add_argument("--pictures", type=float, default=float("inf"), help="pictures to train on")
    gan.add_argument("--resume", action="store_true", help="go on where the run in --out stopped")
    gan.add_argument("--start-from", type=Path, help="gan.pt of a run of earlier stages")
    _add_settings(gan, GanTraining)
    gan.set_defaults(run=_gan)

    evaluate = commands.add_parser("evaluate", help="score weights on species kept out of training")
    evaluate.add_argument("--weights", type=Path, required=True, help="file to score")
    evaluate.add_argument("--data", type=Path, required=True, help="folder with metadata.jsonl")
    evaluate.add_argument(
        "--judge", type=Path, required=True, help="damsm.pt trained with efficientnet-lite2"
    )
    evaluate.add_argument("--size", type=int, default=64, help="stage to score (64)")
    evaluate.set_defaults(run=_evaluate)

    export = commands.add_parser("export", help="write the file that the program draws with")
    export.add_argument("--damsm", type=Path, required=True, help="damsm.pt of a damsm run")
    export.add_argument("--gan", type=Path, required=True, help="gan.pt of a gan run")
    export.add_argument("-o", "--output", type=Path, required=True, help="file to write")
    export.add_argument("--name", default="speech2bird", help="name of the model")
    export.add_argument(
        "--card", action="append", default=[], metavar="KEY=TEXT", help="a fact for the model card"
    )
    export.set_defaults(run=_export)
    return parser


def _add_settings(parser: argparse.ArgumentParser, settings: type[Any]) -> None:
    """One option for each plain field of a settings dataclass, with its default."""
    group = parser.add_argument_group("settings")
    hints = get_type_hints(settings)
    for field in dataclasses.fields(settings):
        flag = "--" + field.name.replace("_", "-")
        if hints[field.name] in (int, float, str):
            group.add_argument(
                flag, type=hints[field.name], default=field.default, help=f"({field.default})"
            )
        elif hints[field.name] == tuple[int, ...]:
            group.add_argument(
                flag, type=int, nargs="+", default=field.default, help=f"({field.default})"
            )


def _settings(settings: type[Any], options: argparse.Namespace) -> Any:
    values = {
        field.name: getattr(options, field.name)
        for field in dataclasses.fields(settings)
        if hasattr(options, field.name)
    }
    return settings(
        **{key: tuple(value) if isinstance(value, list) else value for key, value in values.items()}
    )


if __name__ == "__main__":
    sys.exit(main())
