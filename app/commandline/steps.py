"""Steps that several commands take: loading the model, saving a drawing, telling the person.

Slow imports (the model, pictures) are inside the functions, so that ``--help`` and usage errors
never wait for them.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import AppError
from models.request import MAX_SEED

if TYPE_CHECKING:
    from models import Drawing, Painter

SEEDS = MAX_SEED + 1


class UsageError(AppError):
    """The arguments do not fit together."""


def load_painter(weights: Path | None, device: str) -> Painter:
    """Load the model (None: the bundled one) into a process that does little but draw."""
    from models import Painter
    from models.memory import keep_freed_memory

    painter = Painter.load(weights, device=device)
    keep_freed_memory()
    return painter


def stage_sizes(weights: Path | None, size: int | None, attention: bool = False) -> tuple[int, ...]:
    """Return the widths in pixels of the stages that are run, before the model is loaded.

    Parameters
    ----------
    weights : of which model; None is the bundled one.
    size : of the picture; None is the largest.
    attention : whether a sheet of attention is wanted, too.

    Raises
    ------
    UsageError
        The model draws no such size, or nothing attends to words at this size.
    CheckpointError
        The file holds no model.
    """
    from models.checkpoints.header import describe_model

    model = describe_model(weights)
    if size is not None and size not in model.sizes:
        known = ", ".join(map(str, model.sizes))
        raise UsageError(f"argument --size: {model.name} draws {known} pixels, not {size}.")
    sizes = tuple(each for each in model.sizes if size is None or each <= size)
    if attention and len(sizes) == 1:
        raise UsageError(
            f"--attention needs --size {(*model.sizes, 128)[1]} or more: the first stage has no "
            "attention."
        )
    return sizes


def drawing_paths(
    path: Path, sizes: tuple[int, ...], stages: bool = False, attention: bool = False
) -> list[Path]:
    """Return all files that a drawing with stages of these sizes is saved as."""
    paths = [path]
    if stages:
        paths += [path.with_stem(f"{path.stem}-stage-{size}") for size in sizes]
    if attention:
        paths.append(path.with_stem(f"{path.stem}-attention"))
    return paths


def save_drawing(
    drawing: Drawing, path: Path, stages: bool = False, attention: bool = False
) -> None:
    """Write a drawing, and beside it what was asked for."""
    from app.pictures.picture_file import save_picture
    from app.pictures.picture_metadata import PictureMetadata

    images = [drawing.image]
    if stages:
        images += drawing.stages
    if attention:
        from app.pictures.attention_sheet import attention_sheet

        images.append(attention_sheet(drawing))
    sizes = tuple(stage.width for stage in drawing.stages)
    metadata = PictureMetadata.of(drawing)
    for image, target in zip(images, drawing_paths(path, sizes, stages, attention), strict=True):
        save_picture(image, metadata, target)


def ask_about_read_only(paths: Iterable[Path]) -> None:
    """Ask whether files that are read-only may be replaced; without a keyboard, they may not.

    Raises
    ------
    AppError
        The person does not want it, or they are not theirs to change.
    """
    from app.files import is_read_only, make_writable

    for path in filter(is_read_only, paths):
        if sys.stdin is None or not sys.stdin.isatty():
            return  # whoever saves the picture says what to do
        print(f"{path} is read-only. Replace it all the same? [y/N] ", end="", file=sys.stderr)
        sys.stderr.flush()
        if sys.stdin.readline().strip().lower() not in ("y", "yes"):
            raise AppError(f"{path} stays as it is.")
        try:
            make_writable(path)
        except OSError as error:
            raise AppError(f"{path} cannot be replaced: {error.strerror}.") from error


def remarks(drawing: Drawing) -> list[str]:
    """What is worth telling about a drawing, in sentences."""
    told = []
    if drawing.described:
        told.append(f"{drawing.described}: drawn as “{drawing.drawn_as}”")
    if drawing.unknown_words:
        told.append(f"Words that were not understood: {', '.join(drawing.unknown_words)}.")
    if drawing.notice is not None:
        told.append(drawing.notice)
    return told


def note(message: str) -> None:
    """Tell the person something that is not the command's output."""
    print(message, file=sys.stderr, flush=True)
