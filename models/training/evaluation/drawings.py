"""The drawings that are scored: each sentence is drawn once, and all its stages are looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from PIL import Image
from tqdm import tqdm

from models import Drawing
from models.painter import Painter
from models.request import MAX_SEED, DrawRequest
from models.training.data.examples import Example
from models.training.evaluation.colours import COLOUR_SENTENCE, COLOURS, dominant_colour
from models.training.evaluation.features import FeatureNetwork, Features, pixels
from models.training.gan.samples import understood

COLOUR_SEEDS = 16
"""Drawings of each colour."""

DIVERSITY_SENTENCES, DIVERSITY_SEEDS = 24, 8
"""Sentences drawn with several seeds each, to see how much seeds differ."""

_DRAWN_TOGETHER = 8  # fastest at 256 and 512 px on a CPU
_SEEN_TOGETHER = 4 * _DRAWN_TOGETHER


def draw(
    painter: Painter, sentences: Sequence[str], seeds: Sequence[int], size: int, label: str
) -> Iterator[Drawing]:
    """Draw each sentence with its seed, with a progress bar."""
    with tqdm(total=len(sentences), desc=label, unit=" drawings") as progress:
        for start in range(0, len(sentences), _DRAWN_TOGETHER):
            part = slice(start, start + _DRAWN_TOGETHER)
            yield from painter.draw_batch(
                [
                    DrawRequest(sentence, seed, size, as_written=True)
                    for sentence, seed in zip(sentences[part], seeds[part], strict=True)
                ]
            )
            progress.update(len(sentences[part]))


def stage_of(drawing: Drawing, size: int) -> Image.Image:
    """The picture of the stage that draws `size` pixels a side."""
    return next(picture for picture in drawing.stages if picture.width == size)


def draw_and_see(
    painter: Painter,
    network: FeatureNetwork,
    sentences: Sequence[str],
    seeds: Sequence[int],
    sizes: Sequence[int],
    label: str,
) -> dict[int, Features]:
    """Features of the drawings of all sentences, by the size of the stage."""
    seen: dict[int, list[Features]] = {size: [] for size in sizes}
    drawings = draw(painter, sentences, seeds, max(sizes), label)
    while some := list(islice(drawings, _SEEN_TOGETHER)):
        for size, features in seen.items():
            features.append(network.see(pixels([stage_of(drawing, size) for drawing in some])))
    return {size: Features.join(features) for size, features in seen.items()}


def obeyed_colours(
    painter: Painter, network: FeatureNetwork, seeds: Sequence[int], sizes: Sequence[int]
) -> dict[int, dict[str, list[bool]]]:
    """Whether drawings show the colour they were asked for: by size, then colour, one a seed.

    Colours whose sentence has no word that the painter knows are not asked for.
    """
    sentences = {COLOUR_SENTENCE.format(colour=colour): colour for colour in COLOURS}
    known = understood(list(sentences), painter.vocabulary, painter.max_words)
    obeyed: dict[int, dict[str, list[bool]]] = {
        size: {sentences[sentence]: [] for sentence in known} for size in sizes
    }
    asked = [sentence for sentence in known for _ in seeds]
    drawings = draw(painter, asked, [*seeds] * len(known), max(sizes), "colours")
    for drawing, sentence in zip(drawings, asked, strict=True):
        colour = sentences[sentence]
        for size in sizes:
            picture = stage_of(drawing, size)
            (places,) = network.bodies(pixels([picture]))
            obeyed[size][colour].append(dominant_colour(picture, places) == colour)
    return obeyed


def choose_seeds(count: int, chooser: np.random.Generator) -> list[int]:
    """Seeds of drawings that differ from each other."""
    return [int(seed) for seed in chooser.choice(MAX_SEED, count, replace=False)]


@dataclass(frozen=True)
class Asked:
    """What is drawn: captions of the photographs at `rows` of a data folder."""

    rows: list[int]
    sentences: list[str]
    seeds: list[int]


def ask(
    painter: Painter,
    examples: Sequence[Example],
    data: Path,
    seed: int,
    count: int | None = None,
) -> Asked:
    """Choose a caption of each of `count` photographs, of which the painter knows words.

    Parameters
    ----------
    data : where the photographs are, for the message.
    count : all photographs by default.

    Raises
    ------
    ValueError
        The painter knows no word of any caption.
    """
    chooser = np.random.default_rng(seed)
    wanted = len(examples) if count is None else count
    rows: list[int] = []
    sentences: list[str] = []
    for row in chooser.permutation(len(examples)).tolist():
        captions = [
            caption
            for caption in examples[row].captions
            if painter.vocabulary.read(caption, painter.max_words).words
        ]
        if captions and len(rows) < wanted:
            rows.append(row)
            sentences.append(str(chooser.choice(captions)))
    if not rows:
        raise ValueError(f"The weights know no word of the captions of {data}.")
    return Asked(rows, sentences, choose_seeds(len(rows), chooser))
