"""The four sheets of ``look``: what is on each."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from models import Drawing
from models.training.evaluation.drawings import stage_of
from models.training.evaluation.look.nearest import Neighbour
from models.training.evaluation.sheets import Panel, save_sheet

TWO_COLOURS = (
    "this bird is red with black wings",
    "this bird has a yellow head and a white belly",
    "this bird is blue with a white belly",
    "a black bird with a red head",
    "this bird has a brown back and a white breast",
    "a white bird with gray wings",
    "this bird is yellow with black wings",
    "a green bird with a red throat",
    "this bird has a black head and an orange belly",
    "a gray bird with a yellow breast",
    "this bird is brown with a red crown",
    "a blue bird with a brown belly",
    "this bird has a white head and a black body",
    "an orange bird with a black head and white wings",
    "this bird has a green back and a yellow belly",
    "a black bird with a yellow head and a black beak",
)
"""Each asks for two colours or three, on parts that it names."""

NEAREST, SENTENCES, CROPS = 16, 6, 8
"""Drawings on the sheets."""

TWO_COLOURS_SEEDS = 3

_SIDE = 256  # pixels, of a picture on a sheet
_CROP = 160  # pixels, shown twice as large
_WORDS = 4
_DIM = 0.2  # brightness of the place that looks at a word the least
_BRIGHT = 0.98  # share of the places that are less bright than the picture


def save_nearest(
    path: Path, drawings: Sequence[Drawing], size: int, neighbours: Sequence[Neighbour]
) -> None:
    """The stage of `size` px of each drawing, and right of it its nearest training photograph."""
    pictures = [stage_of(drawing, size) for drawing in drawings]
    panels = [
        Panel((picture, neighbour.picture(_SIDE)), drawing.sentence, _labels(neighbour))
        for drawing, picture, neighbour in zip(drawings, pictures, neighbours, strict=True)
    ]
    save_sheet(path, panels[:NEAREST], columns=4, side=_SIDE)


def _labels(neighbour: Neighbour) -> tuple[str, str]:
    mirrored = ", mirrored" if neighbour.mirrored else ""
    return "drawing", f"{neighbour.similarity:.2f}: {neighbour.example.path.name}{mirrored}"


def save_two_colours(path: Path, drawings: Sequence[Drawing]) -> None:
    """The seeds of each sentence side by side; `drawings` has them one after the other."""
    panels = [
        Panel([drawing.image for drawing in seeds], seeds[0].sentence)
        for start in range(0, len(drawings), TWO_COLOURS_SEEDS)
        if (seeds := drawings[start : start + TWO_COLOURS_SEEDS])
    ]
    save_sheet(path, panels, columns=2, side=_SIDE)


def save_sentences(path: Path, drawings: Sequence[Drawing]) -> None:
    """The stages of each sentence, then where the last attending stage looked at which words."""
    panels = []
    for drawing in drawings[:SENTENCES]:
        maps = drawing.attention[-1]
        words = most_attended(maps, _WORDS)
        labels = [f"{picture.width} px" for picture in drawing.stages]
        labels += [_attention_label(drawing.words[word], maps[word]) for word in words]
        lit = [light_up(drawing.image, maps[word]) for word in words]
        panels.append(Panel([*drawing.stages, *lit], drawing.sentence, labels))
    save_sheet(path, panels, columns=1, side=_SIDE)


def most_attended(maps: np.ndarray, count: int) -> list[int]:
    """The words that attention (words, H, W) goes to most on average, the most attended first."""
    means = maps.mean(axis=(1, 2))
    return [int(word) for word in np.argsort(-means, kind="stable")[:count]]


def light_up(picture: Image.Image, attention: np.ndarray) -> Image.Image:
    """Darken a picture where attention (H, W) is low compared with its own highest places.

    A fiftieth of the places is as bright as can be, however low their attention: how high it is
    in numbers is to be told beside it.
    """
    lowest, high = attention.min(), np.quantile(attention, _BRIGHT)
    spread = high - lowest
    relative = (attention - lowest) / spread if spread > 0 else np.ones_like(attention)
    mask = Image.fromarray((relative.clip(0, 1) * 255).astype(np.uint8))
    mask = mask.resize(picture.size, Image.Resampling.BICUBIC)
    dark = picture.point(lambda value: int(value * _DIM))
    return Image.composite(picture, dark, mask)


def _attention_label(word: str, attention: np.ndarray) -> str:
    return f"{word}: {100 * attention.mean():.0f} %, up to {100 * attention.max():.0f} %"


def enlarged(drawing: Drawing) -> Image.Image:
    """The stage before the last, enlarged bicubically to the side of the last."""
    return drawing.stages[-2].resize(drawing.image.size, Image.Resampling.BICUBIC)


def save_crops(path: Path, drawings: Sequence[Drawing]) -> None:
    """Middles of enlarged drawings on the left, of those of the last stage on the right."""
    panels = []
    for drawing in drawings[:CROPS]:
        before, last = drawing.stages[-2].width, drawing.image.width
        labels = f"{before} px, enlarged bicubically", f"{last} px stage"
        pictures = _middle(enlarged(drawing)), _middle(drawing.image)
        panels.append(Panel(pictures, drawing.sentence, labels))
    save_sheet(path, panels, columns=2, side=2 * _CROP)


def _middle(picture: Image.Image) -> Image.Image:
    margin = max(0, (picture.width - _CROP) // 2)
    return picture.crop((margin, margin, picture.width - margin, picture.height - margin))
