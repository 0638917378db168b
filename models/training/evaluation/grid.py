"""A grid to look at: fixed sentences by seeds, and the stages of one seed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from models.painter import Painter
from models.training.evaluation.drawings import draw, stage_of
from models.training.evaluation.sheets import Panel, save_sheet
from models.training.gan.samples import SENTENCES, understood

SEEDS = (0, 1, 2, 3)

_SIDE = 176  # pixels of a picture


def save_grid(painter: Painter, path: Path, sizes: Sequence[int]) -> None:
    """Draw each sentence (a row) with each seed, then with the first seed at each size.

    Sentences without a known word are left out; there is no grid when that leaves none.
    """
    sentences = understood(SENTENCES, painter.vocabulary, painter.max_words)
    if not sentences:
        return
    largest = max(sizes)
    asked = [sentence for sentence in sentences for _ in SEEDS]
    drawings = list(draw(painter, asked, SEEDS * len(sentences), largest, "grid"))
    labels = [*(f"seed {seed}" for seed in SEEDS), *(f"{size} px" for size in sizes)]
    panels = []
    for row, sentence in enumerate(sentences):
        of_seeds = drawings[row * len(SEEDS) :][: len(SEEDS)]
        pictures = [stage_of(drawing, largest) for drawing in of_seeds]
        pictures += [stage_of(of_seeds[0], size) for size in sizes]
        panels.append(Panel(pictures, sentence, labels))
    save_sheet(path, panels, columns=1, side=_SIDE)
