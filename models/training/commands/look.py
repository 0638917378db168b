"""``look``: pictures and figures of what scores do not show.

Writes into a folder: ``nearest.jpg`` (drawings beside their nearest training photographs),
``two-colours.jpg`` (sentences of two colours by seeds), ``sentences.jpg`` (the stages of captions
and what their words were looked at for), ``detail.jpg`` (the last stage beside an enlargement of
the one before), ``look.json`` (one line) and ``look.md`` (tables). docs/evaluation.md says what
the figures mean.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from models.training.options.numbers import SEED
from models.training.options.scoring import add_judge, add_photographs

SUMMARY = "show copies, colours of parts, words' attention and fine detail"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--weights", type=Path, required=True, help="file to look at")
    add_photographs(parser, train_needed=True)
    add_judge(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder for pictures and figures")
    parser.add_argument("--seed", type=SEED, default=0, help="of every choice that is made (0)")


def run(options: argparse.Namespace) -> None:
    from models.training.evaluation.look.looking import look
    from models.training.runs.publishing import command_line

    report = look(
        weights=options.weights,
        judge=options.judge,
        data=options.data,
        train=options.train,
        out=options.out,
        seed=options.seed,
        device=options.device,
        command=command_line(),
    )
    print(report.to_markdown())
