"""Drawing every line of a file of captions: thousands of pictures, in one go or in several.

A folder is gone on with where it was left (``app/commandline/batch_folder.py``), and processes that
``torchrun`` started share the lines (``app/commandline/ranks.py``). Neither changes a picture.
"""

from __future__ import annotations

import argparse
import os
import secrets
import sys
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from tqdm import tqdm

from app.commandline.batch_folder import BatchFolder, settle_seed
from app.commandline.pose_option import wished_pose
from app.commandline.ranks import Rank, processors
from app.commandline.steps import (
    SEEDS,
    UsageError,
    load_painter,
    note,
    save_drawing,
    stage_sizes,
)
from app.errors import AppError
from app.files import remove_abandoned
from app.pictures.picture_file import PictureError
from models.errors import SentenceError
from models.reading import ReadRequest
from models.request import DrawRequest
from models.text_file import lines_of, read_lines
from models.words.tokens import WORD, fold

if TYPE_CHECKING:
    from models import Drawing, Painter

BATCH_ON_GPU = 8
"""Captions that a GPU draws at once: enough to keep it busy, within a laptop's memory.

Rounding can depend on what else is in a batch. So these are always the same lines, and a processor,
which gains next to nothing from batches, draws one by one, as without captions.
"""
_SAVING_THREADS = 8  # at most: what one GPU draws keeps about so many busy
_TOLD_WORDS = 20  # of each kind, those of the most lines; thousands help nobody
_STANDARD_INPUT = Path("-")
_WAITING = 2  # drawings that wait for each of them, before drawing waits


def draw_captions(options: argparse.Namespace) -> int:
    """Draw each line of a file; a line that cannot be drawn is reported and the rest go on.

    Lines that are blank or hold marks alone are counted, so that each picture has its line's
    number, but not drawn.

    Returns
    -------
    int
        0, or 1 if a line could not be drawn. One of several processes returns 0 even then, since
        ``torchrun`` would stop the others.

    Raises
    ------
    AppError, ModelError
        The folder is another run's, or a picture cannot be saved.
    """
    pose = wished_pose(options.pose, options.weights)
    rank = Rank.from_environment(os.environ)
    lines = _read_lines(options.captions, rank)
    path = _make_folder(options.output)
    painter = load_painter(options.weights, rank.device(options.device))
    rank.limit_threads()
    wanted = DrawRequest(as_written=options.as_written, sketches=options.sketches, pose=pose)
    read = [_read(painter, replace(wanted, sentence=line)) for line in lines]
    given = options.seed is not None
    folder = BatchFolder(
        path,
        lines,
        options.seed if given else secrets.randbelow(SEEDS),
        painter.model_name,
        stage_sizes(options.weights, options.size),
        options.stages,
        options.attention,
        options.as_written,
        {
            index: each.reading.drawn_as
            for index, each in enumerate(read)
            if isinstance(each, ReadRequest)
        },
        pose,
        painter.sketches_of(wanted) or None,
    )
    run = _Run(painter, settle_seed(folder, given), rank, read)
    remove_abandoned(path)
    try:
        failures = run.draw()
    except (KeyboardInterrupt, PictureError):  # of the second kind is a full disk
        note(f"The same command goes on with {path} where it stops now.")
        raise
    for remark in run.remarks():
        note(remark)
    if failures:
        noun = "line" if failures == 1 else "lines"
        written = sum(map(_is_written, lines))
        note(f"{failures} {noun} of {written} could not be drawn.")
    return 1 if failures and rank.count == 1 else 0


class _Run:
    """What this process draws of a folder."""

    def __init__(
        self,
        painter: Painter,
        folder: BatchFolder,
        rank: Rank,
        read: Sequence[ReadRequest | SentenceError],
    ) -> None:
        self._painter, self._folder, self._rank, self._read = painter, folder, rank, read
        self._drawn = folder.drawn()

    def draw(self) -> int:
        """Draw what is missing, and return how many lines could not be drawn."""
        failures = 0
        batches = list(self._batches())
        own = sum(_is_written(self._folder.lines[index]) for batch in batches for index in batch)
        done = sum(index in self._drawn for batch in batches for index in batch)
        threads = min(_SAVING_THREADS, max(1, processors() // self._rank.local_count))
        hidden = self._rank.rank > 0
        progress = tqdm(total=own, initial=done, unit="picture", file=sys.stderr, disable=hidden)
        with progress, _Saver(self._folder, threads) as saver:
            for batch in batches:
                written = [index for index in batch if _is_written(self._folder.lines[index])]
                missing = [index for index in written if index not in self._drawn]
                if not missing:
                    continue
                drawable = [index for index in written if self._can_be_drawn(index)]
                failures += len(written) - len(drawable)
                for index, drawing in self._draw_batch(drawable):
                    if index in missing:
                        saver.save(drawing, index)
                progress.update(len(missing))
        return failures

    def remarks(self) -> list[str]:
        """What is worth telling at the end, in sentences: what was understood otherwise, or not.

        Those of lines that were drawn earlier, too: whoever stops a run is told when it ends.
        """
        described: Counter[str] = Counter()
        replaced: Counter[str] = Counter()
        left_out: Counter[str] = Counter()
        unknown: Counter[str] = Counter()
        for index in (index for batch in self._batches() for index in batch):
            read = self._read[index]
            if isinstance(read, ReadRequest):  # what cannot be drawn was told already
                reading = read.reading
                described.update([reading.described] if reading.described else [])
                replaced.update(f"“{said}” as “{meant}”" for said, meant in reading.replaced)
                left_out.update(f"“{phrase}”" for phrase in reading.left_out)
                unknown.update(read.unknown_words)
        told = (
            ("Birds drawn as the bird book describes them", described),
            ("Words that were read otherwise", replaced),
            ("Left out", left_out),
            ("Words that were not understood", unknown),
        )
        return [f"{what}: {_listed(counted)}." for what, counted in told if counted]

    def _batches(self) -> Iterator[range]:
        """The lines of this process, those together that are drawn at once."""
        count = len(self._folder.lines)
        size = 1 if self._painter.device.type == "cpu" else BATCH_ON_GPU
        for number, start in enumerate(range(0, count, size)):
            if self._rank.of(number):
                yield range(start, min(start + size, count))

    def _can_be_drawn(self, index: int) -> bool:
        read = self._read[index]
        if isinstance(read, SentenceError):
            tqdm.write(f"Line {index + 1}: {read}", file=sys.stderr)
            return False
        return True

    def _draw_batch(self, indices: list[int]) -> Iterable[tuple[int, Drawing]]:
        drawings = self._painter.draw_batch([self._folder.request(index) for index in indices])
        for index, drawing in zip(indices, drawings, strict=True):
            if drawing.notice is not None:
                tqdm.write(f"Line {index + 1}: {drawing.notice}", file=sys.stderr)
        return zip(indices, drawings, strict=True)


class _Saver:
    """Saves drawings in threads, while the next ones are drawn; leaving it waits for them."""

    def __init__(self, folder: BatchFolder, threads: int) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(threads)
        self._waiting: deque[Future[None]] = deque()
        self._most = threads * _WAITING

    def save(self, drawing: Drawing, index: int) -> None:
        """Save a drawing soon; raises what went wrong with an earlier one."""
        folder, path = self._folder, self._folder.picture(index)
        self._waiting.append(
            self._pool.submit(save_drawing, drawing, path, folder.stages, folder.attention)
        )
        while len(self._waiting) > self._most or (self._waiting and self._waiting[0].done()):
            self._waiting.popleft().result()

    def __enter__(self) -> _Saver:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pool.shutdown()  # also after Ctrl-C: what is drawn is not lost
        if error is None:
            for saved in self._waiting:
                saved.result()


def _read(painter: Painter, request: DrawRequest) -> ReadRequest | SentenceError:
    """What a line says, or why it cannot be drawn."""
    try:
        return painter.check(request)
    except SentenceError as error:
        return error


def _listed(counted: Counter[str]) -> str:
    """The most frequent, with how many lines have each."""
    told = [
        each if lines == 1 else f"{each} ({lines:,} lines)"
        for each, lines in counted.most_common(_TOLD_WORDS)
    ]
    more = len(counted) - len(told)
    return ", ".join([*told, f"and {more:,} more"] if more else told)


def _is_written(line: str) -> bool:
    return bool(WORD.search(fold(line)))  # a row of dashes says as little as a space


def _read_lines(path: Path, rank: Rank) -> list[str]:
    name = str(path)
    if path == _STANDARD_INPUT:
        if rank.count > 1:
            raise UsageError("Several processes cannot share the standard input: give a file.")
        name = "(standard input)"
        lines = lines_of(sys.stdin.buffer.read() if sys.stdin else b"", name)
    else:
        lines = read_lines(path)
    if not any(map(_is_written, lines)):
        raise AppError(f"The captions {name} have no line to draw.")
    return lines


def _make_folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AppError(f"The folder {path} cannot be made: {error.strerror}.") from error
    return path
