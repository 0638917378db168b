"""A grid to look at: fixed sentences by seeds, and below it the stages of one seed."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from models.painter import Painter
from models.training.evaluation.drawings import draw, stage_of
from models.training.gan.samples import SENTENCES, understood
from models.whole_files import whole_file

SEEDS = (0, 1, 2, 3)

_CELL, _MARGIN, _HEADING = 176, 56, 52
_INK, _PAPER = "black", "white"


def save_grid(
    painter: Painter, path: Path, sizes: Sequence[int], sentences: Sequence[str] = SENTENCES
) -> None:
    """Draw each sentence (a column) with each seed, then with the first seed at each size.

    Every picture is brought to one side; small stages are enlarged without smoothing. Sentences
    without a known word are left out; there is no grid when that leaves none.
    """
    sentences = understood(sentences, painter.vocabulary, painter.max_words)
    if not sentences:
        return
    largest = max(sizes)
    asked = [sentence for _ in SEEDS for sentence in sentences]
    seeds = [seed for seed in SEEDS for _ in sentences]
    drawings = list(draw(painter, asked, seeds, largest, "grid"))
    rows = [
        (f"seed {seed}", [stage_of(d, largest) for d in drawings if d.seed == seed])
        for seed in SEEDS
    ]
    first = [drawing for drawing in drawings if drawing.seed == SEEDS[0]]
    rows += [(f"{size} px", [stage_of(drawing, size) for drawing in first]) for size in sizes]

    width, height = _MARGIN + _CELL * len(sentences), _HEADING + _CELL * len(rows)
    grid = Image.new("RGB", (width, height), _PAPER)
    pen, font = ImageDraw.Draw(grid), ImageFont.load_default(12)
    for column, sentence in enumerate(sentences):
        text = textwrap.fill(sentence, width=28)
        pen.text((_MARGIN + column * _CELL + 4, 4), text, _INK, font)
    for row, (label, pictures) in enumerate(rows):
        top = _HEADING + row * _CELL
        pen.text((4, top + _CELL // 2), label, _INK, font)
        for column, picture in enumerate(pictures):
            grid.paste(_fit(picture), (_MARGIN + column * _CELL, top))
    with whole_file(path) as temporary:
        grid.save(temporary, "JPEG", quality=90)


def _fit(picture: Image.Image) -> Image.Image:
    smaller = picture.width > _CELL
    method = Image.Resampling.LANCZOS if smaller else Image.Resampling.NEAREST
    return picture.resize((_CELL, _CELL), method)
