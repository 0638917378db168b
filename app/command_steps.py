"""Steps that several commands take: loading the model, saving a drawing, telling the person.

Slow imports (the model, pictures) are inside the functions, so that ``--help`` and usage errors
never wait for them.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from app.errors import AppError

if TYPE_CHECKING:
    from models import Drawing, Painter

SEEDS = 2**31  # as many as models.drawing says; to ask it takes as long as numpy does
SMALLEST_SIZE = 64  # pixels, the first stage


class UsageError(AppError):
    """The arguments do not fit together."""


def load_painter(weights: Path | None, device: str) -> Painter:
    """Load the model (None: the bundled one) into a process that does little but draw."""
    from models import Painter
    from models.memory import keep_freed_memory

    painter = Painter.load(weights, device=device)
    keep_freed_memory()
    return painter


def check_size(painter: Painter, size: int | None) -> None:
    """Refuse a size for which the model has too few stages; None is its largest."""
    if size is not None and size not in painter.sizes:
        raise UsageError(
            f"{painter.model_name} draws up to {painter.sizes[-1]} pixels, not {size}."
        )


def check_attention(wanted: bool, size: int | None) -> None:
    """Refuse a sheet of attention for a picture (None: of the largest size) that has none."""
    if wanted and size == SMALLEST_SIZE:
        raise UsageError("--attention needs --size 128 or more: the first stage has no attention.")


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
    from app.picture_file import save_picture
    from app.picture_metadata import PictureMetadata

    images = [drawing.image]
    if stages:
        images += drawing.stages
    if attention:
        from app.attention_sheet import attention_sheet

        images.append(attention_sheet(drawing))
    sizes = tuple(stage.width for stage in drawing.stages)
    metadata = PictureMetadata.of(drawing)
    for image, target in zip(images, drawing_paths(path, sizes, stages, attention), strict=True):
        save_picture(image, metadata, target)


def remarks(drawing: Drawing) -> list[str]:
    """What is worth telling about a drawing, in sentences."""
    told = []
    if drawing.unknown_words:
        told.append(f"Words that were not understood: {', '.join(drawing.unknown_words)}.")
    if drawing.notice is not None:
        told.append(drawing.notice)
    return told


def note(message: str) -> None:
    """Tell the person something that is not the command's output."""
    print(message, file=sys.stderr, flush=True)
