"""Pictures with captions in the ImageFolder layout: a folder with a ``metadata.jsonl``."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, UnidentifiedImageError
from torch import Tensor

from models.vocabulary import tokenize

METADATA = "metadata.jsonl"
MAX_CROP = 1.15
MAX_MIRROR = 1.10


@dataclass(frozen=True)
class Example:
    """One picture and what people wrote of it.

    Attributes
    ----------
    aspect : width / height that the picture had before it was squashed to a square.
    """

    path: Path
    captions: tuple[str, ...]
    species: str
    aspect: float


def read_examples(folder: Path) -> list[Example]:
    """Read a data folder's ``metadata.jsonl``, one line a picture.

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
                examples.append(_read_example(line, folder))
            except ValueError as error:
                faults.append(f"{metadata}, line {number}: {error}")
    if faults:
        for example in examples:  # on the way to an error only: to name everything at once
            try:
                load_square(example, size=1)
            except ValueError as error:
                faults.append(str(error))
    elif not examples:
        faults.append(f"{metadata} names no pictures")
    _raise_if_any(faults)
    return examples


def _read_example(line: bytes, folder: Path) -> Example:
    """Read one line; ValueError says what is wrong with it."""
    try:
        entry = json.loads(line)
    except UnicodeDecodeError as error:
        raise ValueError("not UTF-8") from error
    except ValueError as error:
        raise ValueError(f"not JSON ({error})") from error
    if not isinstance(entry, dict):
        raise ValueError("not a JSON object")
    if missing := [key for key in ("file_name", "captions", "species") if key not in entry]:
        raise ValueError(f"without {' and '.join(missing)}")
    captions, aspect = entry["captions"], entry.get("aspect", 1.0)
    if not isinstance(entry["file_name"], str):
        raise ValueError("file_name is not a text")
    if not isinstance(captions, list) or not all(isinstance(text, str) for text in captions):
        raise ValueError("captions is not a list of texts")
    if not captions:
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
    return Example(path, tuple(captions), str(entry["species"]), float(aspect))


def load_square(example: Example, size: int) -> Image.Image:
    """Read a picture and give it its proportions, `size` px each way.

    Raises
    ------
    ValueError
        The file is damaged or no picture; the message names it.
    """
    try:
        with Image.open(example.path) as picture:
            return unsquash(picture, example.aspect, size)
    except UnidentifiedImageError as error:
        raise ValueError(f"{example.path} is not a picture") from error
    except Exception as error:  # decoders raise almost anything on a damaged file
        raise ValueError(f"{example.path} is damaged: {error}") from error


def _raise_if_any(faults: Sequence[str]) -> None:
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


class Pictures:
    """All pictures of a data folder in memory, at the sizes that a training run needs.

    Half of Caltech-UCSD Birds takes .06 GB at 64 px, .9 GB at 256 px: reading files anew for each
    batch would cost more than training on them.

    Raises
    ------
    ValueError
        Pictures cannot be read; the message names them all.
    """

    def __init__(self, examples: Sequence[Example], sizes: Sequence[int]) -> None:
        self.examples = list(examples)
        self._by_size: dict[int, Tensor] = {
            size: torch.empty((len(self.examples), 3, size, size), dtype=torch.uint8)
            for size in sizes
        }
        largest, faults = max(sizes), []
        for row, example in enumerate(self.examples):
            try:
                square = load_square(example, largest)
            except ValueError as error:
                faults.append(str(error))
                continue
            for size, store in self._by_size.items():
                scaled = square.resize((size, size), Image.Resampling.LANCZOS)
                store[row] = torch.from_numpy(np.array(scaled)).permute(2, 0, 1)
        _raise_if_any(faults)
        names = sorted({example.species for example in self.examples})
        self.species = torch.tensor([names.index(example.species) for example in self.examples])

    def __len__(self) -> int:
        return len(self.examples)

    @property
    def sizes(self) -> tuple[int, ...]:
        """The sizes there are, smallest first."""
        return tuple(sorted(self._by_size))

    def batch(self, rows: Tensor, size: int, flip: Tensor | None = None) -> Tensor:
        """Pictures (B, 3, size, size) in -1 .. 1; those with `flip` (B,) true are mirrored."""
        images = self._by_size[size][rows].float().div(127.5).sub(1)
        if flip is not None:
            images = torch.where(flip[:, None, None, None], images.flip(3), images)
        return images.contiguous(memory_format=torch.channels_last)
