"""``speak``: have the captions of a data folder spoken, to train what listens."""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from models.training.options.numbers import COUNT, JOBS, SEED

if TYPE_CHECKING:
    from models.training.speech.synthesiser import Voice

SUMMARY = "have captions spoken by the synthesisers that are installed"


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, metavar="FOLDER", help="folder with metadata.jsonl")
    parser.add_argument("--out", type=Path, metavar="FOLDER", help="folder to make, or to go on in")
    parser.add_argument(
        "--utterances", type=COUNT, default=20_000, metavar="N", help="how many (20000)"
    )
    parser.add_argument(
        "--voices", nargs="+", metavar="NAME", help="default: all that are installed"
    )
    parser.add_argument(
        "--hold-out", nargs="+", default=[], metavar="NAME", help="voices to keep for testing"
    )
    parser.add_argument(
        "--piper-voice", type=Path, metavar="FILE", help="also this voice of Piper (.onnx)"
    )
    parser.add_argument(
        "--kokoro", type=Path, metavar="FOLDER", help="also the voices of Kokoro in this folder"
    )
    parser.add_argument("--jobs", type=JOBS, default=os.cpu_count(), help="default: all cores")
    parser.add_argument("--seed", type=SEED, default=0, help="chooses everything else (0)")
    parser.add_argument(
        "--clean",
        action="store_true",
        help="to test on: captions as they are, not sped up",
    )
    parser.add_argument(
        "--test-voices",
        action="store_true",
        help="Kokoro's that nothing may learn from, alone",
    )
    parser.add_argument(
        "--list-voices", action="store_true", help="print the names of the voices there are"
    )


def run(options: argparse.Namespace) -> None:
    from models.training.speech.voices import installed_voices

    voices = installed_voices(options.piper_voice, options.kokoro)
    if not voices:
        raise ValueError("There is no speech synthesiser here: install espeak-ng, or better flite.")
    if options.list_voices:
        print(*(voice.name for voice in voices), sep="\n")
        return
    if options.data is None or options.out is None:
        raise ValueError("--data and --out are needed.")
    right = [voice for voice in voices if voice.for_tests == options.test_voices]
    if not right:
        raise ValueError("--test-voices are voices of Kokoro: say its --kokoro FOLDER, too.")
    _speak(options, _choose(right, options.voices, options.hold_out))


def _choose(
    voices: Sequence[Voice], wanted: Sequence[str] | None, held_out: Sequence[str]
) -> list[Voice]:
    """Return the voices to speak with."""
    names = [voice.name for voice in voices]
    if unknown := [name for name in [*(wanted or []), *held_out] if name not in names]:
        raise ValueError(
            f"No voice here is called {' or '.join(unknown)}. There are: {', '.join(names)}."
        )
    chosen = [
        voice
        for voice in voices
        if voice.name not in held_out and (wanted is None or voice.name in wanted)
    ]
    if not chosen:
        raise ValueError("All voices are held out: none is left to speak with.")
    return chosen


def _speak(options: argparse.Namespace, voices: list[Voice]) -> None:
    from models.training.data.examples import read_examples
    from models.training.speech.spoken_captions import make_spoken_captions, settings_of
    from models.training.speech.spoken_folder import SpokenFolder
    from models.training.speech.spoken_plan import Plan

    plan = Plan(options.data, read_examples(options.data), voices, options.seed, options.clean)
    handler = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with SpokenFolder(options.out, settings_of(plan)) as folder:
            outcome = make_spoken_captions(folder, plan, options.utterances, options.jobs)
    except KeyboardInterrupt:
        raise ValueError("stopped; run the same command again to go on") from None
    finally:
        signal.signal(signal.SIGTERM, handler)
    for failure in outcome.failures:
        print(failure, file=sys.stderr)
    if lost := {failure.number for failure in outcome.failures if not failure.instead}:
        raise ValueError(f"{len(lost)} utterances could not be spoken by any voice that was tried.")
    print(f"{options.out}: {options.utterances} utterances, {len(outcome.made)} of them new")
