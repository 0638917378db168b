"""Where in the picture each word was attended to: one highlighted picture, and sheets of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from models import Drawing

WORDS_PER_STAGE = 5
"""How many words a row shows, the most attended first."""
PAPER = "#ffffff"
INK = "#202020"
_TILE = 192  # pixels
_LABEL = 28  # pixels
_GAP = 8  # pixels
_DIM = 0.25  # brightness of a place that a word was not attended at

Tile = tuple[str, Image.Image]


def attention_sheet(drawing: Drawing, paper: str = PAPER, ink: str = INK) -> Image.Image:
    """Show each attended stage as a row: its picture, then its most attended words.

    Parameters
    ----------
    drawing : a drawing with attention maps, each of shape (words, height, width).
    paper, ink : colours of the sheet and of its text.

    Returns
    -------
    PIL.Image.Image
        RGB sheet; a bright place is one the word was attended at.
    """
    return _compose(_attention_rows(drawing), paper, ink)


def drawing_sheet(drawing: Drawing) -> Image.Image:
    """Show a row of all stages, and below it the rows of :func:`attention_sheet`."""
    stages = [_labelled(stage) for stage in drawing.stages]
    return _compose([stages, *_attention_rows(drawing)], PAPER, INK)


def most_attended(maps: np.ndarray, count: int) -> list[int]:
    """Return the indices of the words with the highest peaks, highest first.

    Parameters
    ----------
    maps : attention of one stage, shape (words, height, width).
    count : how many to return at most.
    """
    peaks = maps.reshape(len(maps), -1).max(axis=1)
    return [int(index) for index in np.argsort(-peaks, kind="stable")[:count]]


def highlight(picture: Image.Image, attention: np.ndarray) -> Image.Image:
    """Darken a picture where one word's map (height, width) is low; a flat map changes nothing."""
    spread = float(np.ptp(attention))
    relative = (attention - attention.min()) / spread if spread > 0 else np.ones_like(attention)
    mask = Image.fromarray((relative * 255).astype(np.uint8)).resize(
        picture.size, Image.Resampling.BICUBIC
    )
    return Image.composite(picture, picture.point(lambda value: int(value * _DIM)), mask)


def _attention_rows(drawing: Drawing) -> list[list[Tile]]:
    count = len(drawing.attention)
    # The first stages have no attention: the maps belong to the last pictures.
    pictures = drawing.stages[-count:] if count else ()
    rows = []
    for picture, maps in zip(pictures, drawing.attention, strict=True):
        label, tile = _labelled(picture)
        words = [
            (drawing.attended[index], highlight(tile, maps[index]))
            for index in most_attended(maps, WORDS_PER_STAGE)
        ]
        rows.append([(label, tile), *words])
    return rows


def _labelled(picture: Image.Image) -> Tile:
    return f"{picture.width} px", picture.resize((_TILE, _TILE), Image.Resampling.LANCZOS)


def _compose(rows: Sequence[Sequence[Tile]], paper: str, ink: str) -> Image.Image:
    """Lay out rows of tiles, each with its label below it."""
    columns = max((len(row) for row in rows), default=1)
    size = _GAP + columns * (_TILE + _GAP), _GAP + len(rows) * (_TILE + _LABEL + _GAP)
    sheet = Image.new("RGB", size, paper)
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=15)
    for row, tiles in enumerate(rows):
        top = _GAP + row * (_TILE + _LABEL + _GAP)
        for column, (label, image) in enumerate(tiles):
            left = _GAP + column * (_TILE + _GAP)
            sheet.paste(image, (left, top))
            pen.text((left + 2, top + _TILE + 5), label, fill=ink, font=font)
    return sheet
