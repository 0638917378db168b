"""``diagnose``: find out why a run's pictures stop improving.

Prints what each discriminator says of photographs it was trained on, of photographs it never saw
and of drawings, and how hard each loss pulls at the drawings. docs/training.md says what to make
of it.
"""

from __future__ import annotations

import argparse
from pathlib import Path

SUMMARY = "find out what holds a gan run back"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--gan", type=Path, required=True, help="gan.pt of the run")
    parser.add_argument("--damsm", type=Path, required=True, help="damsm.pt it was trained with")
    parser.add_argument("--data", type=Path, required=True, help="folder it was trained on")
    parser.add_argument("--unseen", type=Path, required=True, help="folder of unseen species")
    parser.add_argument(
        "--batches", type=int, default=12, help="batches to look at, of each folder (12)"
    )


def run(options: argparse.Namespace) -> None:
    from models.training.gan.diagnosis import diagnose
    from models.training.runs.distributed import process_group

    if options.batches < 1:
        raise ValueError("--batches must be 1 or more.")
    with process_group() as device:
        findings = diagnose(
            options.gan, options.damsm, options.data, options.unseen, device, options.batches
        )
    print(findings.to_markdown())
