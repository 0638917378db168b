"""Pictures with captions in the ImageFolder layout: a folder with a ``metadata.jsonl``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

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
        There is no metadata file, or a picture that it names is missing.
    ValueError
        A line cannot be understood; the message names it.
    """
    examples = []
    metadata = folder / "metadata.jsonl"
    with metadata.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                entry = json.loads(line)
                example = Example(
                    path=folder / entry["file_name"],
                    captions=tuple(entry["captions"]),
                    species=str(entry["species"]),
                    aspect=float(entry.get("aspect", 1.0)),
                )
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{metadata}, line {number}: {error!r}") from error
            if not example.captions:
                raise ValueError(f"{metadata}, line {number}: a picture without a caption")
            if not example.path.is_file():
                raise FileNotFoundError(f"{metadata}, line {number}: no picture {example.path}")
            examples.append(example)
    return examples


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
    """

    def __init__(self, examples: Sequence[Example], sizes: Sequence[int]) -> None:
        self.examples = list(examples)
        self._by_size: dict[int, Tensor] = {
            size: torch.empty((len(self.examples), 3, size, size), dtype=torch.uint8)
            for size in sizes
        }
        largest = max(sizes)
        for row, example in enumerate(self.examples):
            with Image.open(example.path) as picture:
                square = unsquash(picture, example.aspect, largest)
            for size, store in self._by_size.items():
                scaled = square.resize((size, size), Image.Resampling.LANCZOS)
                store[row] = torch.from_numpy(np.array(scaled)).permute(2, 0, 1)
        names = sorted({example.species for example in self.examples})
        self.species = torch.tensor([names.index(example.species) for example in self.examples])

    def __len__(self) -> int:
        return len(self.examples)

    def batch(self, rows: Tensor, size: int, flip: Tensor | None = None) -> Tensor:
        """Pictures (B, 3, size, size) in -1 .. 1; those with `flip` (B,) true are mirrored."""
        images = self._by_size[size][rows].float().div(127.5).sub(1)
        if flip is not None:
            images = torch.where(flip[:, None, None, None], images.flip(3), images)
        return images.contiguous(memory_format=torch.channels_last)
