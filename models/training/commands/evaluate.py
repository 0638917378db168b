"""``evaluate``: score weights on species kept out of training."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path

SUMMARY = "score weights on species kept out of training"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--weights", type=Path, required=True, help="file to score")
    parser.add_argument("--data", type=Path, required=True, help="folder with metadata.jsonl")
    parser.add_argument(
        "--judge", type=Path, required=True, help="damsm.pt trained with efficientnet-lite2"
    )
    parser.add_argument("--size", type=int, default=64, help="stage to score (64)")


def run(options: argparse.Namespace) -> None:
    from models.training.evaluation import colour_obedience, evaluate

    scores = evaluate(options.weights, options.judge, options.data, options.size)
    report = {name: dataclasses.asdict(score) for name, score in scores.items()}
    report["colour_obedience"] = colour_obedience(options.weights)
    print(json.dumps(report, indent=2))
