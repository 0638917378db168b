"""Whether a stage beyond 256 px earns its cost: the largest stages, brought to one side, beside
photographs that have real detail there.

A smaller stage is enlarged, a larger one is shrunk. What they are looked at is the middle, so that
the network sees each pixel as it is.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from tqdm import tqdm

from models.painter import Painter, choose_device
from models.training.data.examples import Example, load_square, read_examples
from models.training.data.photographs import MOST_DETAIL
from models.training.evaluation.distances import frechet_distance, kernel_distance
from models.training.evaluation.drawings import ask, draw, stage_of
from models.training.evaluation.evaluator import FEWEST_PICTURES
from models.training.evaluation.features import (
    LARGEST_SEEN,
    NETWORK_NAME,
    FeatureNetwork,
    pixel_batches,
)
from models.training.evaluation.look.detail import luminance, sharpness
from models.training.runs.tables import table

_SMALLEST = 256
"""Side in pixels of the smallest stage that is compared; those before hold no fine detail."""


def compare_finest(
    weights: Mapping[str, Path],
    data: Path,
    pictures: int | None = None,
    seed: int = 0,
    device: str = "auto",
) -> str:
    """Measure the largest stages of weights files beside photographs, all of 320 px.

    Parameters and errors are as for `scales.compare_scales`.

    Returns
    -------
    A table in Markdown: KID, FID and sharpness, a row for each stage from 256 px and one for the
    photographs, of which one half is measured against the other.
    """
    examples = [each for each in read_examples(data) if _side(each) >= MOST_DETAIL]
    if len(examples) < FEWEST_PICTURES:
        raise ValueError(f"{data} has too few photographs of {MOST_DETAIL} px and more.")
    network = FeatureNetwork(LARGEST_SEEN, choose_device(device))
    shown = tqdm(examples, "photographs", unit=" photographs")
    real, sharp = _see(network, [_middle(load_square(each, MOST_DETAIL)) for each in shown])
    half, other = torch.from_numpy(
        np.random.default_rng(seed).permutation(len(examples))
    ).tensor_split(2)
    photographs = _row("half of the photographs", real[half], real[other], sharp)
    rows = []
    for name, path in weights.items():
        painter = Painter.load(path, device)
        sizes = [size for size in painter.sizes if size >= _SMALLEST]
        if not sizes:
            continue
        asked = ask(painter, examples, data, seed, pictures)
        drawings = draw(painter, asked.sentences, asked.seeds, sizes[-1], name)
        drawn = [[_middle(stage_of(each, size)) for size in sizes] for each in drawings]
        for size, middles in zip(sizes, zip(*drawn, strict=True), strict=True):
            seen, sharp = _see(network, middles)
            rows.append(_row(f"{name}, {size} px", seen, real[asked.rows], sharp))
    rows.append(photographs)
    header = [f"{NETWORK_NAME}, at {MOST_DETAIL} px", "pictures", "KID", "FID", "sharpness"]
    return table(header, rows)


def _see(network: FeatureNetwork, pictures: Sequence[Image.Image]) -> tuple[Tensor, float]:
    """Features (N, F) of pictures, and the mean of their sharpness."""
    features = [network.see(batch).pooled for batch in pixel_batches(pictures)]
    sharp = [sharpness(luminance(picture)) for picture in pictures]
    return torch.cat(features), float(np.mean(sharp))


def _side(example: Example) -> int:
    with Image.open(example.path) as picture:
        return min(picture.size)


def _middle(picture: Image.Image) -> Image.Image:
    brought = picture.resize((MOST_DETAIL, MOST_DETAIL), Image.Resampling.BICUBIC)
    edge = (MOST_DETAIL - LARGEST_SEEN) // 2
    return brought.crop((edge, edge, edge + LARGEST_SEEN, edge + LARGEST_SEEN))


def _row(name: str, ours: Tensor, theirs: Tensor, sharp: float) -> list[str]:
    kid, fid = kernel_distance(ours, theirs), frechet_distance(ours, theirs)
    return [name, str(len(ours)), f"{kid:.4f}", f"{fid:.1f}", f"{sharp:.0f}"]
