"""Pictures with captions in the ImageFolder layout: a folder with a ``metadata.jsonl``."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError

from models.open_picture import UnreadablePictureError, open_picture
from models.sketches.pose import PARTS
from models.words.vocabulary import tokenize

METADATA = "metadata.jsonl"
MAX_CROP = 1.15
MAX_MIRROR = 1.10

WHOLE = (0.0, 0.0, 1.0, 1.0)
"""The box of a bird that nobody drew one round: all of the picture."""


@dataclass(frozen=True)
class Example:
    """One picture and what people wrote of it.

    Attributes
    ----------
    captions : none for a picture of which only the species is known.
    aspect : width / height that the picture had before it was squashed to a square.
    box : left, top, width and height of the bird as shares of the side; it may reach beyond the
        picture. The whole picture where nobody drew one.
    parts : Caltech-UCSD Birds' number of each visible part with its place (x, y), shares of the
        side.
    """

    path: Path
    captions: tuple[str, ...]
    species: str
    aspect: float = 1.0
    box: tuple[float, float, float, float] = WHOLE
    parts: tuple[tuple[int, float, float], ...] = ()


def read_examples(folder: Path, captioned: bool = True) -> list[Example]:
    """Read a data folder's ``metadata.jsonl``, one line a picture.

    Parameters
    ----------
    captioned : whether each picture must have a caption; where none needs one, there need not be
        pictures either.

    Raises
    ------
    FileNotFoundError
        There is no metadata file.
    ValueError
        Lines cannot be understood or name missing pictures; the message lists them all, and the
        pictures that cannot be read besides.
    """
    metadata = folder / METADATA
    if not metadata.is_file():
        raise FileNotFoundError(
            f"{folder} is no data folder: it has no {METADATA}. "
            "`python -m models.training prepare` makes one."
        )
    examples, faults = [], []
    with metadata.open("rb") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                examples.append(_read_example(line, folder, captioned))
            except ValueError as error:
                faults.append(f"{metadata}, line {number}: {error}")
    if faults:
        for example in examples:  # on the way to an error only: to name everything at once
            try:
                load_square(example, size=1)
            except ValueError as error:
                faults.append(str(error))
    elif captioned and not examples:
        faults.append(f"{metadata} names no pictures")
    raise_if_any(faults)
    return examples


def _read_example(line: bytes, folder: Path, captioned: bool) -> Example:
    """Read one line; ValueError says what is wrong with it."""
    try:
        entry = json.loads(line)
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    except ValueError as error:
        raise ValueError(f"not JSON ({error})") from error
    if not isinstance(entry, dict):
        raise ValueError("not a JSON object")
    needed = ("file_name", "captions", "species") if captioned else ("file_name", "species")
    if missing := [key for key in needed if key not in entry]:
        raise ValueError(f"without {' and '.join(missing)}")
    captions, aspect = entry.get("captions", []), entry.get("aspect", 1.0)
    if not isinstance(entry["file_name"], str):
        raise ValueError("file_name is not a text")
    if not isinstance(captions, list) or not all(isinstance(text, str) for text in captions):
        raise ValueError("captions is not a list of texts")
    if captioned and not captions:
        raise ValueError(f"{entry['file_name']} is a picture without a caption")
    if not all(map(tokenize, captions)):
        raise ValueError(f"{entry['file_name']} has a caption without a word")
    if isinstance(aspect, bool) or not isinstance(aspect, int | float):
        raise ValueError(f"{entry['file_name']} has the aspect {aspect!r}, which is no number")
    if not (math.isfinite(aspect) and aspect > 0):
        raise ValueError(f"{entry['file_name']} has the aspect {aspect}: width / height is wanted")
    path = folder / entry["file_name"]
    if not path.is_file():
        raise ValueError(f"there is no picture {path}")
    box, parts = _read_box(entry), _read_parts(entry)
    return Example(path, tuple(captions), str(entry["species"]), float(aspect), box, parts)


def _read_box(entry: dict[str, Any]) -> tuple[float, float, float, float]:
    box = entry.get("box", WHOLE)
    if not _are_numbers(box, 4) or box[2] <= 0 or box[3] <= 0:
        raise ValueError(
            f"{entry['file_name']} has the box {box!r}: left, top, width and height are wanted"
        )
    left, top, width, height = map(float, box)
    return left, top, width, height


def _read_parts(entry: dict[str, Any]) -> tuple[tuple[int, float, float], ...]:
    parts, read = entry.get("parts", {}), []
    for number, place in parts.items() if isinstance(parts, dict) else [("", parts)]:
        known = number.isdecimal() and 1 <= int(number) <= len(PARTS)
        if not known or not _are_numbers(place, 2):
            raise ValueError(
                f"{entry['file_name']} has the part {number!r} at {place!r}: "
                f"numbers 1 to {len(PARTS)} and two shares of the side are wanted"
            )
        read.append((int(number), float(place[0]), float(place[1])))
    return tuple(read)


def _are_numbers(values: object, count: int) -> bool:
    return (
        isinstance(values, list | tuple)
        and len(values) == count
        and all(isinstance(value, int | float) and math.isfinite(value) for value in values)
    )


def load_square(example: Example, size: int) -> Image.Image:
    """Read a picture and give it its proportions, `size` px each way.

    Raises
    ------
    ValueError
        The file is damaged, no picture, or of a kind that cannot be read; the message names it.
    """
    try:
        with open_picture(example.path) as picture:
            return unsquash(picture, example.aspect, size)
    except UnreadablePictureError as error:
        raise ValueError(f"{example.path} is {error}") from error
    except UnidentifiedImageError as error:
        raise ValueError(f"{example.path} is not a picture") from error
    except Exception as error:  # decoders raise almost anything on a damaged file
        raise ValueError(f"{example.path} is damaged: {error}") from error


def raise_if_any(faults: Sequence[str]) -> None:
    """Raise a ValueError that lists all faults, if there are any."""
    if len(faults) == 1:
        raise ValueError(faults[0])
    if faults:
        raise ValueError(f"the data has {len(faults)} faults:\n" + "\n".join(faults))


def unsquash(picture: Image.Image, aspect: float, size: int) -> Image.Image:
    """Give a picture that was squashed to a square its proportions back, and cut a square.

    The longer side loses at most 13 % (the bird fills its box, and more would cost it the head),
    the shorter side gains at most 10 % by mirrored borders (more would show), and what is left
    stays squashed. Boxes of 4:5 to 5:4 come out true.
    """
    stretch = max(aspect, 1 / aspect)
    crop = min(stretch, MAX_CROP)
    mirror = min(stretch / crop, MAX_MIRROR)
    # In units of the shorter side, the longer side shows `kept` of its length on a square.
    side = round(size / mirror)
    long_side = round(size * crop)
    wide = aspect >= 1
    resized = picture.convert("RGB").resize(
        (long_side, side) if wide else (side, long_side), Image.Resampling.LANCZOS
    )
    pixels = np.asarray(resized)
    start, border = (long_side - size) // 2, size - side
    along, across = (1, 0) if wide else (0, 1)
    pixels = np.take(pixels, range(start, start + size), axis=along)
    widths = [(0, 0), (0, 0), (0, 0)]
    widths[across] = (border // 2, border - border // 2)
    return Image.fromarray(np.pad(pixels, widths, mode="reflect"))
