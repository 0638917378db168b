"""``export``: write the file that the program draws with."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

SUMMARY = "write the file that the program draws with"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--damsm", type=Path, required=True, help="damsm.pt of a damsm run")
    parser.add_argument("--gan", type=Path, required=True, help="gan.pt of a gan run")
    parser.add_argument("-o", "--output", type=Path, required=True, help="file to write")
    parser.add_argument("--name", default="speech2bird", help="name of the model")
    parser.add_argument("--data", type=Path, help="training folder, to note its name on the card")
    parser.add_argument(
        "--card", action="append", default=[], metavar="KEY=TEXT", help="a fact for the model card"
    )


def run(options: argparse.Namespace) -> None:
    from models.training.export import export

    card = _read_card(options.card)
    print(export(options.damsm, options.gan, options.output, options.name, card, options.data))


def _read_card(entries: Sequence[str]) -> dict[str, str]:
    card = {}
    for entry in entries:
        key, equals, text = entry.partition("=")
        if not (key.strip() and equals):
            raise ValueError(f"--card {entry}: write KEY=TEXT, as in --card data='my photographs'.")
        card[key.strip()] = text.strip()
    return card
