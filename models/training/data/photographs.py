"""All photographs of a run in one tensor, where training runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from models.sketches.pose import PARTS, Pose
from models.training.data.crops import Crop
from models.training.data.examples import WHOLE, Example, load_square, raise_if_any

DETAIL = 1.5
"""How many pixels wide photographs are kept for each that is shown: squares are cut out of them."""

MOST_DETAIL = 320
"""Side in pixels of the largest photographs of `prepare`: more would be enlarged."""


def kept_side(shown: int) -> int:
    """Side in pixels at which photographs are kept that are shown at `shown` pixels."""
    return min(round(shown * DETAIL), MOST_DETAIL)


class Photographs:
    """Photographs as squares, decoded once, so that no step waits for a file.

    Parameters
    ----------
    examples : what is known of each.
    side : in pixels at which they are kept. At 96 px all of Caltech-UCSD Birds takes .3 GB, at
        320 px 3.5 GB.
    device : where they lie.

    Attributes
    ----------
    species : (N,) numbers of the species, whose names are `species_names`.
    boxes : (N, 4) left, top, width, height of the birds.
    pose : of all birds; parts are unseen where nobody marked them.

    Raises
    ------
    ValueError
        Pictures cannot be read; the message names them all.
    """

    def __init__(
        self,
        examples: Sequence[Example],
        side: int,
        device: torch.device | str = "cpu",
    ) -> None:
        self.examples, self.side = list(examples), side
        pixels = torch.empty((len(self.examples), side, side, 3), dtype=torch.uint8)
        faults = []
        for row, example in enumerate(self.examples):
            try:
                pixels[row] = torch.from_numpy(np.array(load_square(example, side)))
            except ValueError as error:
                faults.append(str(error))
        raise_if_any(faults)
        self._pixels = pixels.to(device)
        self.device = self._pixels.device
        names = [_species_name(example) for example in self.examples]
        self.species_names = sorted(set(names))
        numbers = {name: number for number, name in enumerate(self.species_names)}
        self.species = torch.tensor([numbers[name] for name in names])
        self.boxes = boxes_of(self.examples)
        self.pose = pose_of(self.examples)

    def __len__(self) -> int:
        return len(self.examples)

    def cut(self, rows: Tensor, crop: Crop, size: int) -> Tensor:
        """Squares of photographs (B, 3, size, size) in -1 .. 1, where the photographs lie."""
        chosen = self._pixels[rows.to(self.device)].permute(0, 3, 1, 2)
        return crop.cut(chosen.float().div_(127.5).sub_(1), size)

    def centred(self, rows: Tensor, size: int, mirrored: bool = False) -> Tensor:
        """The same squares each time, for what is computed once."""
        return self.cut(rows, Crop.centred(self.boxes[rows], mirrored), size)


def bird_square(example: Example, size: int) -> Image.Image:
    """The square round a bird that drawings show, for what looks at photographs beside them.

    The whole picture where nobody drew a box, as in the folders of earlier versions, whose
    pictures were cut to their birds.

    Raises
    ------
    ValueError
        The file is damaged or no picture; the message names it.
    """
    if example.box == WHOLE:
        return load_square(example, size)
    crop = Crop.centred(torch.tensor([example.box]))
    (left, top), side = crop.corner[0].tolist(), float(crop.side)
    whole = load_square(example, MOST_DETAIL)
    border = [MOST_DETAIL * value for value in (left, top, left + side, top + side)]
    return whole.resize((size, size), Image.Resampling.LANCZOS, (*border,))


def _species_name(example: Example) -> str:
    """One name for a species that sources write differently: "Barn-Swallow", "barn swallow"."""
    return example.species.lower().replace("-", " ").replace("_", " ")


def boxes_of(examples: Sequence[Example]) -> Tensor:
    """(N, 4) left, top, width and height of the birds."""
    return torch.tensor([example.box for example in examples])


def pose_of(examples: Sequence[Example]) -> Pose:
    """The places of parts that people marked in pictures."""
    places = torch.full((len(examples), len(PARTS), 2), -1.0)
    visible = torch.zeros((len(examples), len(PARTS)), dtype=torch.bool)
    for row, example in enumerate(examples):
        for number, across, down in example.parts:
            places[row, number - 1] = torch.tensor([across, down])
            visible[row, number - 1] = True
    return Pose(places, visible)
