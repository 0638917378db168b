"""A data folder on disk: pictures that are whole, and a ``metadata.jsonl`` that comes last.

A folder with a ``metadata.jsonl`` is complete. A run that was stopped leaves pictures without it;
the next run keeps those that are as they should be.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from PIL import Image
from tqdm.contrib.concurrent import thread_map

from models.training.prepare.pictures import QUALITY, Checked, render
from models.whole_files import whole_file, write_whole

FOLDERS = ("more", "train", "test")
"""In the order of writing: a folder without ``train`` and ``test`` is refused by whoever reads it,
so that nobody takes one for complete that lacks ``more`` alone."""

METADATA = "metadata.jsonl"
MARK = "prepare.json"
"""Says by its presence that a folder is ours to write to, and with what settings."""

_DESCRIPTION = 0x010E
"""EXIF's tag for a description; a written picture's recipe is kept there."""


def refuse_foreign(out: Path) -> None:
    """Keep away from what prepare has not made.

    Raises
    ------
    ValueError
        There are other things in the folder, which must not be mixed with or written over.
    """
    if out.exists() and not (out / MARK).is_file() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out} exists and was not made by prepare: choose a new folder.")


def claim(out: Path, settings: Mapping[str, object]) -> None:
    """Mark a folder as made by us, and as not complete until its metadata is there again."""
    for name in FOLDERS:
        (out / name / METADATA).unlink(missing_ok=True)
    out.mkdir(parents=True, exist_ok=True)
    write_whole(out / MARK, json.dumps(settings, indent=2) + "\n")


def write_folder(folder: Path, checked: Sequence[Checked], size: int) -> int:
    """Write the pictures of ``train``, ``test`` or ``more``, then its ``metadata.jsonl``.

    Returns
    -------
    How many pictures were written, that is, were not there already.
    """
    for parent in {(folder / one.source.target).parent for one in checked}:
        parent.mkdir(parents=True, exist_ok=True)
    written = thread_map(
        lambda one: _write_picture(folder, one, size),
        checked,
        desc=f"writing {folder.name}",
        unit=" pictures",
        leave=False,
    )
    lines = [json.dumps(_describe(one, size)) + "\n" for one in checked]
    write_whole(folder / METADATA, "".join(lines))
    return sum(written)


def _describe(checked: Checked, size: int) -> dict[str, object]:
    source = checked.source
    captions = {"captions": list(source.captions)} if source.captions else {}
    return {
        "file_name": source.target,
        **captions,
        "species": source.species,
        **source.facts,
        "side": checked.written_side(size),
        "box": _rounded(checked.box),
        "parts": {str(number): _rounded(place) for number, place in checked.parts.items()},
    }


def _rounded(shares: Iterable[float]) -> list[float]:
    return [round(share, 4) for share in shares]


def _write_picture(folder: Path, checked: Checked, size: int) -> bool:
    """Write a picture unless it is there already; whether it was written."""
    path, recipe = folder / checked.source.target, checked.recipe(size)
    if _is_intact(path, recipe):
        return False
    exif = Image.Exif()
    exif[_DESCRIPTION] = recipe
    # Without waiting for the disk, unlike the metadata: a picture that a power cut damages is found
    # and written again.
    with whole_file(path, durable=False) as temporary:
        render(checked, size).save(temporary, "WEBP", quality=QUALITY, exif=exif)
    return True


def _is_intact(path: Path, recipe: str) -> bool:
    try:
        with Image.open(path) as picture:
            picture.load()
            return bool(picture.getexif().get(_DESCRIPTION) == recipe)
    except (OSError, SyntaxError, ValueError):
        return False
