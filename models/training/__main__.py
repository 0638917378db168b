"""``python -m models.training COMMAND``: from pictures and captions to a weights file."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence

from models.errors import ModelError
from models.home_folder import with_home
from models.memory import keep_freed_memory
from models.training.options.numbers import JOBS

COMMANDS = (
    "prepare",
    "run",
    "expert",
    "damsm",
    "gan",
    "speak",
    "speech",
    "evaluate",
    "look",
    "scales",
    "compare",
    "diagnose",
    "side-by-side",
    "export",
    "show",
    "pack",
    "import-attngan",
)
"""In the order of use; each has a module in `models.training.commands`."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; bad input is told in plain sentences and gives exit status 1."""
    given = with_home(sys.argv[1:] if arguments is None else arguments)
    options = _parse(given)
    keep_freed_memory()
    _print_any_name()
    if options.threads:
        import torch

        torch.set_num_threads(options.threads)
    try:
        options.run(options)
    except (OSError, ValueError, FloatingPointError, ModelError) as error:
        print(f"error: {_in_words(error)}", file=sys.stderr)
        return 1
    return 0


def _in_words(error: Exception) -> str:
    if isinstance(error, OSError) and error.filename is not None:
        return f"{os.fsdecode(error.filename)}: {error.strerror}"
    return str(error)


def _parse(given: Sequence[str]) -> argparse.Namespace:
    """Read the command line; a recipe's changes may stand anywhere in it, unlike argparse's."""
    parser = _parser(given)
    options, rest = parser.parse_known_args(given)
    odd = [text for text in rest if text.startswith("-") or not hasattr(options, "changes")]
    if odd:
        parser.error(f"unrecognized arguments: {' '.join(odd)}")
    if rest:
        options.changes += rest
    return options


def _print_any_name() -> None:
    """Show a letter that the terminal lacks by its number: a name of a file must not end a run."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _parser(given: Sequence[str]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m models.training", description=__doc__)
    parser.add_argument("--threads", type=JOBS, help="processor threads; default: all cores")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for name in COMMANDS:
        module = importlib.import_module(f"models.training.commands.{name.replace('-', '_')}")
        command = commands.add_parser(name, help=module.SUMMARY, description=module.__doc__)
        if name in given:  # options come from settings, whose modules take time to import
            module.add_options(command)
        command.set_defaults(run=module.run)
    return parser


if __name__ == "__main__":
    sys.exit(main())
