"""``combine``: put stages of several runs together, or the mean of several states of a run.

For example, the first stage of one run, the mean of two states of the second stage, and the rest
of a third run:

    combine --gan patches/gan.pt --stage 0 64/gan.pt --stage 1 128/a.pt 128/b.pt -o whole.pt
"""

from __future__ import annotations

import argparse
from pathlib import Path

SUMMARY = "join stages of several runs, or average states of one"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--gan", type=Path, required=True, help="gan.pt that gives all the rest")
    parser.add_argument(
        "--stage",
        nargs="+",
        action="append",
        required=True,
        metavar=("NUMBER", "GAN.PT"),
        help="a stage, 0 for the first, and the gan.pt whose mean it becomes; may be repeated",
    )
    parser.add_argument("-o", "--output", type=Path, required=True, help="gan.pt to write")


def run(options: argparse.Namespace) -> None:
    from models.training.exchange.combine import combine

    stages: dict[int, list[Path]] = {}
    for number, *paths in options.stage:
        if not number.isdecimal() or not paths:
            raise ValueError(f"--stage {number}: write its number and one or more gan.pt.")
        stages.setdefault(int(number), []).extend(Path(path) for path in paths)
    combine(options.gan, stages, options.output)
