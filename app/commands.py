"""What the commands of the command line do once their arguments are read.

Slow imports (the model, speech, pictures) are inside the functions, so that ``--help`` and usage
errors never wait for them.
"""

from __future__ import annotations

import argparse
import contextlib
import secrets
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import AppError

if TYPE_CHECKING:
    from app.speech.recording import Recording
    from models import Drawing, Painter

SMALLEST_SIZE = 64  # pixels, the first stage
SEEDS = 2**31  # the model's seeds go from 0 to one less than this
_BATCH = 8  # captions drawn at once: enough to keep a GPU busy, within memory on a laptop


class UsageError(AppError):
    """The arguments do not fit together."""


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
    if options.attention and options.size == SMALLEST_SIZE:
        raise UsageError("--attention needs --size 128 or more: the first stage has no attention.")
    if options.captions is not None:
        if options.count != 1:
            raise UsageError("--count does not go with --captions: each line is drawn once.")
        return _draw_captions(options)

    sentence, seed, size = options.sentence, options.seed, options.size
    drawn_by = None
    if options.source is not None:
        from app.picture_file import read_metadata

        metadata = read_metadata(options.source)
        sentence = metadata.sentence
        seed = metadata.seed if seed is None else seed
        size = metadata.size if size is None else size
        drawn_by = metadata.model
    paths = numbered_paths(options.output, options.count)
    _check_before_loading(paths[0], sentence)

    painter = _load_painter(options)
    _check_size(painter, size)
    if drawn_by is not None and drawn_by != painter.model_name:
        _note(f"This picture was drawn by {drawn_by}; {painter.model_name} may draw it otherwise.")
    for index, path in enumerate(paths):
        # One by one, not as a batch: a picture must not depend on how many were asked for.
        drawing = painter.draw(
            sentence,
            seed=None if seed is None else (seed + index) % SEEDS,
            size=size,
        )
        if index == 0 and drawing.unknown_words:
            _note(f"Words that were not understood: {', '.join(drawing.unknown_words)}.")
        _save(drawing, path, options.stages, options.attention)
        _note(f"{path} (seed {drawing.seed})")
    return 0


def listen(options: argparse.Namespace) -> int:
    """Print what was said, and draw it when a picture was asked for.

    Raises
    ------
    AppError, ModelError
        Nothing was heard or understood, or the picture could not be drawn or saved.
    """
    if options.sound is not None and options.seconds is not None:
        raise UsageError("--seconds is for the microphone, not for a sound file.")
    if options.output is not None:
        from app.picture_file import check_picture_path

        check_picture_path(options.output)
    from app.speech.recognisers import load_transcriber
    from app.speech.recording import Recording

    if options.sound is not None:
        recording = Recording.from_file(options.sound)
    else:
        recording = _record(options.microphone, options.seconds)
    transcriber = load_transcriber(options.recogniser, options.whisper)
    if transcriber.notice is not None:
        _note(transcriber.notice)
    text = transcriber.transcribe(recording)
    print(text, flush=True)
    if options.output is None:
        return 0
    painter = _load_painter(options)
    _check_size(painter, options.size)
    drawing = painter.draw(text, seed=options.seed, size=options.size)
    _save(drawing, options.output)
    _note(f"{options.output} (seed {drawing.seed})")
    return 0


def numbered_paths(path: Path, count: int) -> list[Path]:
    """Return ``path`` itself, or for several pictures bird-1.png, bird-2.png and so on.

    Numbers are padded with zeros to one width, so that files sort in the order drawn.
    """
    if count == 1:
        return [path]
    width = len(str(count))
    return [path.with_stem(f"{path.stem}-{number:0{width}}") for number in range(1, count + 1)]


def _draw_captions(options: argparse.Namespace) -> int:
    """Draw each line of a file; a line that cannot be drawn is reported and the rest go on."""
    from tqdm import tqdm

    from models.errors import SentenceError

    lines = _read_lines(options.captions)
    folder = _make_folder(options.output)
    painter = _load_painter(options)
    _check_size(painter, options.size)
    failures = 0

    with tqdm(total=len(lines), unit="picture", file=sys.stderr) as progress:
        for start in range(0, len(lines), _BATCH):
            indices = []
            for index in range(start, min(start + _BATCH, len(lines))):
                try:
                    painter.check(lines[index])
                    indices.append(index)
                except SentenceError as error:
                    failures += 1
                    progress.write(f"Line {index + 1}: {error}", file=sys.stderr)
                    progress.update()
            if not indices:
                continue
            seeds = [
                secrets.randbelow(SEEDS) if options.seed is None else (options.seed + index) % SEEDS
                for index in indices
            ]
            drawings = painter.draw_batch(
                [lines[i] for i in indices], seeds=seeds, size=options.size
            )
            for index, drawing in zip(indices, drawings, strict=True):
                _save(drawing, folder / f"{index:06}.png", options.stages, options.attention)
                progress.update()
    if failures:
        noun = "line" if failures == 1 else "lines"
        _note(f"{failures} {noun} of {len(lines)} could not be drawn.")
    return 1 if failures else 0


def _check_size(painter: Painter, size: int | None) -> None:
    """Refuse a size for which the model has too few stages; None is its largest."""
    if size is not None and size not in painter.sizes:
        raise UsageError(
            f"{painter.model_name} draws up to {painter.sizes[-1]} pixels, not {size}."
        )


def _read_lines(path: Path) -> list[str]:
    try:
        # A wrong character spoils one word of one line, not the whole file; a byte order mark
        # is what Windows' Notepad begins a file with.
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            lines = [line.rstrip("\n") for line in file]
    except OSError as error:
        raise AppError(f"The captions {path} cannot be read: {error.strerror}.") from error
    if not lines:
        raise AppError(f"The captions {path} have no line to draw.")
    return lines


def _make_folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AppError(f"The folder {path} cannot be made: {error.strerror}.") from error
    return path


def _check_before_loading(path: Path, sentence: str) -> None:
    """Tell at once what would fail after the seconds that the model takes to load."""
    from app.picture_file import check_picture_path

    check_picture_path(path)
    if not sentence.strip():
        raise AppError("Please describe a bird first: there is no text to draw.")


def _load_painter(options: argparse.Namespace) -> Painter:
    from models import Painter
    from models.memory import keep_freed_memory

    keep_freed_memory()
    return Painter.load(options.weights, device=options.device)


def _save(drawing: Drawing, path: Path, stages: bool = False, attention: bool = False) -> None:
    """Write a drawing, and beside it what was asked for."""
    from app.picture_file import save_picture
    from app.picture_metadata import PictureMetadata

    metadata = PictureMetadata.of(drawing)
    save_picture(drawing.image, metadata, path)
    if stages:
        for stage in drawing.stages:
            save_picture(stage, metadata, path.with_stem(f"{path.stem}-stage-{stage.width}"))
    if attention:
        from app.attention_sheet import attention_sheet

        sheet = attention_sheet(drawing)
        save_picture(sheet, metadata, path.with_stem(f"{path.stem}-attention"))


def _record(microphone: int | None, seconds: float | None) -> Recording:
    """Record until Enter or Ctrl-C, or for a number of seconds."""
    from app.speech.recorder import Recorder

    if seconds is None and sys.stdin is None:
        raise UsageError("There is no keyboard to press Enter on; use --seconds.")
    recorder = Recorder(microphone)
    recorder.start()
    try:
        if seconds is None:
            _note("Recording; press Enter to stop.")
            with contextlib.suppress(KeyboardInterrupt), _running_timer():
                if not sys.stdin.readline():  # the input is closed: Enter will never come
                    raise UsageError("There is no keyboard to press Enter on; use --seconds.")
        else:
            _note(f"Recording for {seconds:g} seconds.")
            with contextlib.suppress(KeyboardInterrupt), _running_timer():
                time.sleep(seconds)
    finally:
        recording = recorder.stop()
    return recording


@contextlib.contextmanager
def _running_timer() -> Iterator[None]:
    """Show the time recorded so far, where a person can see it."""
    if not sys.stderr.isatty():
        yield
        return
    stopped = threading.Event()
    started = time.monotonic()

    def show() -> None:
        while not stopped.wait(0.2):
            print(f"\r{time.monotonic() - started:5.1f} s ", end="", file=sys.stderr, flush=True)

    thread = threading.Thread(target=show, daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        thread.join()
        print(file=sys.stderr)


def _note(message: str) -> None:
    """Tell the person something that is not the command's output."""
    print(message, file=sys.stderr, flush=True)
