"""At which scale drawings differ from photographs: what is wrong in their shapes, what in detail.

Drawings and photographs are shrunk alike, so that what is finer is gone from both, enlarged again
and compared. A distance that is there at 64 px already is for the first stage to mend; what comes
on top of it at 128 px is for the one of 128 px.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from models.painter import Painter, choose_device
from models.training.data.examples import Example, read_examples
from models.training.evaluation.distances import frechet_distance, kernel_distance
from models.training.evaluation.drawings import ask, draw, stage_of
from models.training.evaluation.evaluator import FEWEST_PICTURES
from models.training.evaluation.features import (
    LARGEST_SEEN,
    NETWORK_NAME,
    FeatureNetwork,
    photographs,
    pixel_batches,
)
from models.training.features.image_features import resize
from models.training.runs.tables import table

SIDES = (64, 128, 256)
"""Sides in pixels to which pictures are shrunk: those of the stages that hold real detail."""


def compare_scales(
    weights: Mapping[str, Path],
    data: Path,
    train: Path | None = None,
    pictures: int | None = None,
    seed: int = 0,
    device: str = "auto",
) -> str:
    """Measure the distance of weights files' drawings from photographs at each scale.

    Parameters
    ----------
    weights : files by the name that the table gives them; each draws the largest size up to 256.
    data : folder of species that training never saw, whose captions are drawn.
    train : training folder, whose photographs are compared with those of `data`, too.
    pictures : draw so many captions, one a photograph; of all photographs by default.
    seed : decides which captions and seeds of drawings are chosen.
    device : "auto", "cpu" or "cuda".

    Returns
    -------
    A table in Markdown: KID and FID at each side, a row for each file.

    Raises
    ------
    ValueError
        A data folder cannot be used or has too few pictures, with the reason.
    ModelError
        A weights file cannot be used, with the reason.
    """
    examples = read_examples(data)
    painters = {name: Painter.load(path, device) for name, path in weights.items()}
    asked_of = {name: ask(each, examples, data, seed, pictures) for name, each in painters.items()}
    if min(len(asked.rows) for asked in asked_of.values()) < FEWEST_PICTURES:
        raise ValueError(f"Scales need at least {FEWEST_PICTURES} pictures of {data}.")
    network = FeatureNetwork(LARGEST_SEEN, choose_device(device))
    real = _see(network, photographs(examples, LARGEST_SEEN, "photographs"), SIDES)
    rows = []
    for name, painter in painters.items():
        asked = asked_of[name]
        size = max((size for size in painter.sizes if size <= LARGEST_SEEN), default=0)
        drawings = draw(painter, asked.sentences, asked.seeds, size, name)
        shown = pixel_batches(stage_of(each, size) for each in drawings)
        drawn = _see(network, shown, [side for side in SIDES if side <= size])
        rows.append(_row(name, len(asked.rows), drawn, real, asked.rows))
    if train is not None:
        chosen = _some(read_examples(train), len(examples), seed)
        shown = photographs(chosen, LARGEST_SEEN, "training photographs")
        others = _see(network, shown, SIDES)
        number = min(len(chosen), len(examples))
        rows.append(_row("training photographs", number, others, real, range(number)))
    named = (f"left at {side} px: KID, FID" for side in SIDES)
    return table([NETWORK_NAME, "pictures", *named], rows)


def left_at(pictures: Tensor, side: int) -> Tensor:
    """What is left of pictures (B, 3, S, S), uint8, at a side of `side` pixels.

    Returns
    -------
    (B, 3, 256, 256), uint8: enlarged to where they are looked at.
    """
    shrunk = resize(pictures.float(), side)
    large = F.interpolate(shrunk, (LARGEST_SEEN, LARGEST_SEEN), mode="bicubic")
    return large.round().clamp(0, 255).byte()


def _some(examples: Sequence[Example], count: int, seed: int) -> list[Example]:
    order = np.random.default_rng(seed).permutation(len(examples))[:count]
    return [examples[row] for row in order]


def _see(
    network: FeatureNetwork, batches: Iterable[Tensor], sides: Sequence[int]
) -> dict[int, Tensor]:
    """Features (N, F) of pictures, by the side at which they were left."""
    seen: dict[int, list[Tensor]] = {side: [] for side in sides}
    for batch in batches:
        for side, features in seen.items():
            features.append(network.see(left_at(batch, side)).pooled)
    return {side: torch.cat(features) for side, features in seen.items()}


def _row(
    name: str,
    count: int,
    ours: Mapping[int, Tensor],
    real: Mapping[int, Tensor],
    rows: Sequence[int],
) -> list[str]:
    """A row of the table; `real` is compared by the rows given, as many as there are of ours."""
    cells = [name, str(count)]
    for side in SIDES:
        if side in ours:
            pair = ours[side][:count], real[side][list(rows)]
            cells.append(f"{kernel_distance(*pair):.4f}, {frechet_distance(*pair):.1f}")
        else:
            cells.append("")
    return cells
