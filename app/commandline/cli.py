"""The command line: ``draw`` and ``listen``, which need no window, ``open``, and the menu's entry.

``--help`` and usage errors come at once: the model, speech and pictures are imported by the
command that needs them, when it runs (``app/commandline/commands.py``).
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import os
import re
import sys
import traceback
from collections.abc import Sequence
from typing import NoReturn

from app import __version__
from app.commandline.commands import (
    doctor,
    draw,
    install_in_menu,
    listen,
    open_window,
    remove_from_menu,
)
from app.commandline.file_option import file_to_read, named_path
from app.commandline.number_options import COUNT, MICROPHONE, SECONDS, SEED, SIZE, SKETCHES
from app.commandline.pose_option import POSE_HELP
from app.commandline.steps import UsageError
from app.errors import AppError, OutOfMemoryError, is_out_of_memory
from app.installation import COMMAND
from app.speech.recognition.choices import RECOGNISERS
from models.home_folder import with_home

SUCCESS = 0
FAILURE = 1
BAD_USAGE = 2
INTERRUPTED = 130  # what shells report for a command stopped with Ctrl-C
_NO_FOLDER = "The folder in which this was started is gone: change to another one (`cd`)."
_FAILING_DISK = (errno.ENOSPC, errno.EDQUOT, errno.EIO)
_LONG_DASH = re.compile("[‐-―−]+-?([a-z][a-z-]*)(=.*)?")
_QUOTED = "; a name with spaces goes between straight quotes"
_DRAW = "draw a sentence, a file of captions, or a saved picture again"


class _Parser(argparse.ArgumentParser):
    """Reports bad usage as one sentence, as all errors are, instead of the whole usage text."""

    def error(self, message: str) -> NoReturn:
        self.exit(BAD_USAGE, f"speech2bird: {message} (try {self.prog} --help)\n")

    def parse_all(self, arguments: Sequence[str]) -> argparse.Namespace:
        """Parse a command line, in which a person may have pasted what other programs changed."""
        for argument in arguments:
            if pasted := _LONG_DASH.fullmatch(argument):
                name = pasted[1]
                self.error(
                    f"{argument} begins with a long dash, as text programs write it: type "
                    f"{'-' if len(name) == 1 else '--'}{name}"
                )
        options, others = self.parse_known_args(arguments)
        unknown = [each for each in others if each.startswith("-")]
        if unknown:  # what stands behind one may have been taken for a sentence
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        if others:
            self.error(f"unrecognized arguments: {' '.join(others)}. {options.takes}")
        return options


def main(arguments: Sequence[str]) -> int:
    """Run one command.

    Parameters
    ----------
    arguments : the command line without the program's name.

    Returns
    -------
    int
        0 success, 1 failure, 2 bad usage. Each failure is one sentence on standard error.
    """
    parser = build_parser()
    options = parser.parse_all(with_home(arguments))
    try:
        os.getcwd()
    except OSError:  # torch's libraries would end the program
        return _report(_NO_FOLDER, FAILURE)
    if options.run is None:
        if options.model is None:
            parser.error("the following arguments are required: COMMAND")
        options.run, options.weights = open_window, options.model
    elif options.model is not None:
        if "weights" not in options:
            parser.error("argument --weights: this command draws with no model of yours")
        options.weights = options.weights or options.model
    try:
        return int(options.run(options))
    except UsageError as error:
        return _report(error, BAD_USAGE)
    except KeyboardInterrupt:
        return _report("Stopped.", INTERRUPTED)
    except BrokenPipeError:
        _forget_output()
        return FAILURE  # the reader of our output went away: nobody is left to tell
    except Exception as error:
        if options.debug:
            traceback.print_exc()
        if isinstance(error, OSError) and error.errno in _FAILING_DISK:
            _forget_output()
        return _report(_sentence(error), FAILURE)


def build_parser() -> _Parser:
    """Describe every command and option."""
    parser = _Parser(
        prog=COMMAND,
        description="Draw birds from sentences. Without a command, the window opens.",
    )
    parser.add_argument("--version", action="version", version=f"speech2bird {__version__}")
    parser.add_argument(
        "--weights",
        dest="model",
        type=file_to_read,
        metavar="FILE",
        help="open the window with this model",
    )
    for option, run, meaning in (
        ("--install-desktop", install_in_menu, "put speech2bird into the desktop's menu"),
        ("--uninstall-desktop", remove_from_menu, "take it out again"),
    ):
        parser.add_argument(option, dest="run", action="store_const", const=run, help=meaning)
    parser.set_defaults(run=None, debug=False, file=None)
    commands = parser.add_subparsers(title="commands", metavar="COMMAND")
    _add_draw(commands.add_parser("draw", help=_DRAW))
    _add_listen(commands.add_parser("listen", help="turn speech into text, and draw it with -o"))
    _add_open(commands.add_parser("open", help="open the window with a picture that was saved"))
    _add_doctor(commands.add_parser("doctor", help="see how the program is here, as text to send"))
    return parser


def _add_draw(parser: argparse.ArgumentParser) -> None:
    parser.description = f"{_DRAW.capitalize()}."
    parser.add_argument("sentence", nargs="?", metavar="SENTENCE", help="what the bird looks like")
    parser.add_argument(
        "-o",
        "--output",
        type=named_path,
        required=True,
        metavar="PATH",
        help="the picture to write (.png, .jpg or .webp); with --captions, the folder",
    )
    parser.add_argument(
        "--captions",
        type=file_to_read,
        metavar="FILE",
        help="draw every line of this text file that is not blank: line k becomes 00000k.png, from "
        "000000; if it is stopped, the same command goes on where it was; - is the standard input",
    )
    parser.add_argument(
        "--from",
        dest="source",
        type=file_to_read,
        metavar="PICTURE",
        help="take sentence, seed and size from a picture that speech2bird saved",
    )
    parser.add_argument(
        "--count",
        type=COUNT,
        default=1,
        metavar="N",
        help="draw N pictures with the seeds SEED, SEED + 1 and so on: bird-1.png, bird-2.png ...",
    )
    parser.add_argument(
        "--stages", action="store_true", help="also save each stage: bird-stage-64.png ..."
    )
    parser.add_argument(
        "--attention",
        action="store_true",
        help="also save where each word was attended to: bird-attention.png",
    )
    _add_drawing_options(parser)
    takes = 'What has spaces goes between straight quotes, as in draw "a red bird"'
    parser.set_defaults(run=draw, takes=takes)


def _add_listen(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Print what is said in a sound file, or into the microphone until Enter is pressed, for a "
        "minute at most."
    )
    parser.add_argument(
        "sound",
        nargs="?",
        type=file_to_read,
        metavar="SOUND",
        help="sound file (WAV, MP3, M4A, FLAC and most others), or - for the standard input; "
        "without one, the microphone",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=named_path,
        metavar="PATH",
        help="draw what was said and save it here (.png, .jpg or .webp)",
    )
    parser.add_argument(
        "--direct",
        action="store_true",
        help="draw straight from the sound, with no text in between (needs -o)",
    )
    parser.add_argument(
        "--seconds",
        type=SECONDS,
        metavar="S",
        help="record for S seconds, 60 at most, instead of until Enter is pressed",
    )
    parser.add_argument(
        "--microphone",
        type=MICROPHONE,
        metavar="INDEX",
        help="recording device (default: the system's)",
    )
    parser.add_argument(
        "--recogniser",
        choices=RECOGNISERS,
        help="who listens: whisper (the default) and sphinx work on this computer; google sends "
        "your voice to Google",
    )
    parser.add_argument(
        "--whisper",
        type=named_path,
        metavar="FOLDER",
        help="another Whisper model (CTranslate2 format)",
    )
    _add_drawing_options(parser)
    parser.set_defaults(run=listen, takes=f"listen takes one sound file{_QUOTED}")


def _add_open(parser: argparse.ArgumentParser) -> None:
    parser.description = "Open the window, and in it a picture that speech2bird saved, or a sound."
    parser.add_argument(
        "file",
        nargs="?",
        type=file_to_read,
        metavar="FILE",
        help="what to show; nothing: the window alone",
    )
    takes = f"open takes one picture or sound{_QUOTED}"
    parser.set_defaults(run=open_window, weights=None, takes=takes)


def _add_doctor(parser: argparse.ArgumentParser) -> None:
    parser.description = (
        "Look at versions, devices, folders and models, draw a picture, and print it all as text "
        "that can be sent: without your name and the names of your files. It takes some seconds."
    )
    parser.set_defaults(run=doctor, takes="doctor takes none")


def _add_drawing_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--seed", type=SEED, metavar="N", help="same seed, same picture (default: random)"
    )
    parser.add_argument(
        "--size",
        type=SIZE,
        metavar="64|128|256|512",
        help="width in pixels (default: the largest that the model draws)",
    )
    parser.add_argument(
        "--sketches",
        type=SKETCHES,
        metavar="N",
        help="choose the best of N sketches of 64 pixels (4; 1 draws without choosing)",
    )
    parser.add_argument("--pose", metavar="POSE", help=f"how the bird is seen: {POSE_HELP}")
    parser.add_argument(
        "--as-written",
        action="store_true",
        help="draw the words as they are, without looking up names of birds, synonyms and slips",
    )
    parser.add_argument(
        "--device", choices=("auto", "cpu", "cuda"), default="auto", help="where to draw"
    )
    parser.add_argument(
        "--weights",
        type=file_to_read,
        metavar="FILE",
        help="weights to use in place of the bundled ones",
    )
    parser.add_argument(
        "--debug", action="store_true", help="show where in the program an error came from"
    )


def _sentence(error: Exception) -> str:
    """Turn any error into a sentence for a person."""
    from models.errors import ModelError

    if isinstance(error, (AppError, ModelError)):
        return str(error)
    if is_out_of_memory(error):
        return str(OutOfMemoryError())
    if isinstance(error, OSError) and error.errno in _FAILING_DISK:
        return f"What there was to write is not written: {os.strerror(error.errno).lower()}."
    return (
        f"Something unexpected went wrong ({type(error).__name__}: {error}); --debug shows where."
    )


def _forget_output() -> None:
    """Let go of what could not be written: Python would try again, and complain, when it ends."""
    with contextlib.suppress(OSError):  # the output is no file of the system's
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _report(message: object, status: int) -> int:
    print(f"speech2bird: {message}", file=sys.stderr)
    return status
