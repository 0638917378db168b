"""What the commands of the command line do once their arguments are read.

Slow imports (the model, speech, pictures) are inside the functions, so that ``--help`` and usage
errors never wait for them.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.commandline.pose_option import wished_pose
from app.commandline.steps import (
    SEEDS,
    UsageError,
    ask_about_read_only,
    drawing_paths,
    load_painter,
    note,
    remarks,
    save_drawing,
    stage_sizes,
)
from app.errors import AppError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from app.speech.devices.recorder import Recorder
    from app.speech.sound.recording import Recording
    from models.sketches.pose_wish import PartPlaces

MOST_BESIDE = 8
"""Pictures of one sentence from whose poses the next one is to differ: nine are seen together."""
_LOOK = 0.1  # seconds between two looks at a recording


def draw(options: argparse.Namespace) -> int:
    """Draw a sentence, a file of captions, or a saved picture once more.

    Raises
    ------
    UsageError
        None, or more than one, of the three was given.
    AppError, ModelError
        A picture could not be drawn or saved.
    """
    given = [options.sentence is not None, options.captions is not None, options.source is not None]
    if sum(given) != 1:
        raise UsageError("Give one of a sentence, --captions FILE or --from PICTURE (try --help).")
    stage_sizes(options.weights, options.size, options.attention)
    if options.captions is not None:
        if options.count != 1:
            raise UsageError("--count does not go with --captions: each line is drawn once.")
        from app.commandline.batch import draw_captions

        return draw_captions(options)

    from models.request import DrawRequest

    request = DrawRequest(
        _typed(options.sentence or ""),
        options.seed,
        options.size,
        options.as_written,
        sketches=options.sketches,
    )
    drawn_by = None
    if options.source is not None:
        from app.pictures.picture_file import read_metadata

        metadata = read_metadata(options.source)
        if metadata.way == "sound":
            raise AppError(
                f"{options.source} was drawn straight from sound: only `listen --direct` with the "
                "same recording and seed draws it again."
            )
        request = metadata.request
        if options.seed is not None:
            request = request.anew(options.seed)
        if options.size is not None:
            request = replace(request, size=options.size)
        if options.as_written:
            request = replace(request, as_written=True, drawn_as=None, sketch=None)
        drawn_by = metadata.model
        if options.sketches is not None:
            request = replace(request.anew(request.seed), sketches=options.sketches)
    if options.pose is not None:
        request = replace(
            request.anew(request.seed), pose=wished_pose(options.pose, options.weights)
        )
    sizes = stage_sizes(options.weights, request.size, options.attention)
    from app.pictures.picture_file import check_no_folder

    check_no_folder(options.output)  # to which no number can be added
    paths = numbered_paths(options.output, options.count)
    written = [
        each
        for path in paths
        for each in drawing_paths(path, sizes, options.stages, options.attention)
    ]
    ask_about_read_only(written)
    _check_before_loading(written, request.sentence)

    painter = load_painter(options.weights, options.device)
    if drawn_by is not None and drawn_by != painter.model_name:
        note(f"This picture was drawn by {drawn_by}; {painter.model_name} may draw it otherwise.")
        request = request.anew(request.seed)  # which sketch is the best, each model says itself
    told: list[str] = []
    beside: tuple[PartPlaces, ...] = ()
    for index, path in enumerate(paths):
        # One by one, not as a batch: a picture must not depend on how many were asked for.
        if index > 0:
            seed = None if request.seed is None else (request.seed + 1) % SEEDS
            request = replace(request.anew(seed), beside=beside[-MOST_BESIDE:])
        drawing = painter.draw(request)
        beside += (drawing.pose,) if drawing.pose else ()
        for remark in remarks(drawing):
            if remark not in told:
                note(remark)
        told += remarks(drawing)
        save_drawing(drawing, path, options.stages, options.attention)
        note(f"{path} (seed {drawing.seed})")
    return 0


def listen(options: argparse.Namespace) -> int:
    """Print what was said, and draw it when a picture was asked for; or draw its sound alone.

    Raises
    ------
    UsageError
        The options do not fit together.
    AppError, ModelError
        Nothing was heard or understood, or the picture could not be drawn or saved.
    """
    if options.direct and options.output is None:
        raise UsageError("--direct draws a picture: name it with -o.")
    words_options = _given(options, "recogniser", "whisper", "as_written")
    if options.direct and words_options:
        raise UsageError(f"--{words_options[0]} is for words: --direct draws without any.")
    if options.whisper is not None and options.recogniser not in (None, "whisper"):
        raise UsageError(f"--whisper is for Whisper, and {options.recogniser} is to listen.")
    if options.whisper is not None and not os.path.isdir(options.whisper):
        raise UsageError(
            f"There is no folder {options.whisper}: --whisper takes the folder of a Whisper model "
            "in CTranslate2's format."
        )
    recording_options = _given(options, "seconds", "microphone")
    if options.sound is not None and recording_options:
        raise UsageError(f"--{recording_options[0]} is for recording, not for a sound file.")
    drawing_options = _given(
        options, "seed", "size", "sketches", "pose", "as_written", "weights", "device"
    )
    if options.output is None and drawing_options:
        raise UsageError(f"--{drawing_options[0]} is for drawing: name the picture with -o.")
    if options.output is not None:
        stage_sizes(options.weights, options.size)
        from app.pictures.picture_file import check_picture_path

        ask_about_read_only([options.output])
        check_picture_path(options.output)
    pose = wished_pose(options.pose, options.weights)
    from app.speech.sound.recording import Recording

    if options.sound is not None:
        recording = Recording.from_file(options.sound)
    else:
        recording = _record(options.microphone, options.seconds)
    text = None
    if not options.direct:
        text = _transcribe(recording, options)
        print(text, flush=True)
    from app.speech.sound.loudness import advice

    told = advice(recording)
    if told is not None:
        note(told)
    if options.output is None:
        return 0
    painter = load_painter(options.weights, options.device)
    from models.request import DrawRequest

    request = DrawRequest(
        text or "",
        options.seed,
        options.size,
        options.as_written,
        sketches=options.sketches,
        pose=pose,
    )
    if text is None:
        request = replace(request, sound=_voice(recording))
    drawing = painter.draw(request)
    for remark in remarks(drawing):
        note(remark)
    save_drawing(drawing, options.output)
    note(f"{options.output} (seed {drawing.seed})")
    return 0


def open_window(options: argparse.Namespace) -> int:
    """Open the window, with a model or a file in it; what is wrong with the file is told there.

    Raises
    ------
    CheckpointError
        The model is none.
    """
    from app.ui import open_window as open_
    from models.checkpoints.header import describe_model

    if options.weights is not None:
        describe_model(options.weights)
    return open_(options.weights, options.file)


def doctor(options: argparse.Namespace) -> int:
    """Print how the program is here; the status is 1 where no picture can be drawn."""
    from app.commandline.doctor import examine

    drawn = examine(lambda line: print(line, flush=True))
    note("This is for you to read, and to send to whoever helps you; nothing was sent.")
    return 0 if drawn else 1


def install_in_menu(options: argparse.Namespace) -> int:
    """Put the program into the menu of the desktop.

    Raises
    ------
    MenuError
        The desktop has another kind of menu, or the folder cannot be written to.
    """
    from app import menu_entry

    note(f"{menu_entry.install()}: speech2bird is in your menu now.")
    return 0


def remove_from_menu(options: argparse.Namespace) -> int:
    """Take it out again.

    Raises
    ------
    MenuError
        As for :func:`install_in_menu`.
    """
    from app import menu_entry

    menu_entry.remove()
    note("speech2bird is no longer in your menu.")
    return 0


def _given(options: argparse.Namespace, *names: str) -> list[str]:
    """Return which of some options say something, as they are written."""
    said = {name.replace("_", "-"): getattr(options, name) for name in names}
    # A seed and a microphone may be 0, which equals False.
    return [
        name for name, value in said.items() if value not in (None, "auto") and value is not False
    ]


def _transcribe(recording: Recording, options: argparse.Namespace) -> str:
    if options.whisper is not None:  # nothing else takes its place
        from app.speech.recognition.whisper import WhisperTranscriber

        return WhisperTranscriber(options.whisper).transcribe(recording)
    from app.speech.recognition.recognisers import load_transcriber

    transcriber = load_transcriber(options.recogniser or "whisper")
    if transcriber.notice is not None:
        note(transcriber.notice)
    return transcriber.transcribe(recording)


def _voice(recording: Recording) -> NDArray[np.float32]:
    from app.speech.recognition.transcriber import speech_in

    return speech_in(recording).voice()


def _typed(argument: str) -> str:
    """Return what was typed: where the locale knows ASCII alone, Python keeps UTF-8's bytes."""
    try:
        return os.fsencode(argument).decode("utf-8")
    except UnicodeError:
        return argument


def numbered_paths(path: Path, count: int) -> list[Path]:
    """Return ``path`` itself, or for several pictures bird-1.png, bird-2.png and so on.

    Numbers are padded with zeros to one width, so that files sort in the order drawn.
    """
    if count == 1:
        return [path]
    width = len(str(count))
    return [path.with_stem(f"{path.stem}-{number:0{width}}") for number in range(1, count + 1)]


def _check_before_loading(paths: Iterable[Path], sentence: str) -> None:
    """Tell at once what would fail after the seconds that the model takes to load."""
    from app.pictures.picture_file import check_picture_path

    for path in paths:
        check_picture_path(path)
    if not sentence.strip():
        raise AppError("Please describe a bird first: there is no text to draw.")


def _record(microphone: int | None, seconds: float | None) -> Recording:
    """Record until Enter or Ctrl-C, or for a number of seconds."""
    from app.speech.devices.recorder import Recorder

    if seconds is None and sys.stdin is None:
        raise UsageError("There is no keyboard to press Enter on; use --seconds.")
    recorder = Recorder(microphone)
    recorder.start()
    try:
        if seconds is None:
            note("Recording; press Enter to stop.")
            ended = "Recording has ended; press Enter."
            with contextlib.suppress(KeyboardInterrupt), _running_timer(recorder, ended):
                if not sys.stdin.readline():  # the input is closed: Enter will never come
                    raise UsageError("There is no keyboard to press Enter on; use --seconds.")
        else:
            note(f"Recording for {seconds:g} seconds.")
            until = time.monotonic() + seconds
            with contextlib.suppress(KeyboardInterrupt), _running_timer(recorder):
                while recorder.is_recording and (left := until - time.monotonic()) > 0:
                    time.sleep(min(_LOOK, left))
    finally:
        recording = recorder.stop()
    if recorder.failure is not None:
        note(str(recorder.failure))  # what was said until then is used all the same
    return recording


@contextlib.contextmanager
def _running_timer(recorder: Recorder, ended: str | None = None) -> Iterator[None]:
    """Show the time recorded so far, where a person can see it.

    Parameters
    ----------
    ended : what to tell, wherever it is read, when recording ends by itself.
    """
    stopped = threading.Event()
    visible = sys.stderr.isatty()

    def show() -> None:
        while recorder.is_recording and not stopped.wait(_LOOK):
            if visible:
                print(f"\r{recorder.seconds:5.1f} s ", end="", file=sys.stderr, flush=True)
        if visible:
            print(file=sys.stderr)  # ends the line with the time
        if ended is not None and not stopped.is_set():
            note(ended)

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
