"""A sheet that shows where in the picture each word was attended to, stage by stage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw, ImageFont

if TYPE_CHECKING:
    from models import Drawing

WORDS_PER_STAGE = 5
_TILE = 192  # pixels
_LABEL = 28  # pixels
_GAP = 8  # pixels
_DIM = 0.25  # brightness of a place that a word was not attended at


def attention_sheet(drawing: Drawing, words_per_stage: int = WORDS_PER_STAGE) -> Image.Image:
    """Show each attended stage as a row: its picture, then its most attended words.

    Parameters
    ----------
    drawing
        A drawing with attention maps, each of shape (words, height, width).
    words_per_stage
        How many words a row shows, the most attended first.

    Returns
    -------
    PIL.Image.Image
        RGB sheet; a bright place is one the word was attended at.
    """
    rows = len(drawing.attention)
    columns = 1 + min(words_per_stage, len(drawing.words))
    sheet = Image.new(
        "RGB",
        (_GAP + columns * (_TILE + _GAP), _GAP + rows * (_TILE + _LABEL + _GAP)),
        "white",
    )
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.load_default(size=15)
    # The first stages have no attention: the maps belong to the last pictures.
    pictures = drawing.stages[-rows:] if rows else ()
    for row, (picture, maps) in enumerate(zip(pictures, drawing.attention, strict=True)):
        top = _GAP + row * (_TILE + _LABEL + _GAP)
        tile = picture.resize((_TILE, _TILE), Image.Resampling.LANCZOS)
        tiles = [(f"{picture.width} px", tile)]
        tiles += [
            (drawing.words[index], _highlight(tile, maps[index]))
            for index in most_attended(maps, words_per_stage)
        ]
        for column, (label, image) in enumerate(tiles):
            left = _GAP + column * (_TILE + _GAP)
            sheet.paste(image, (left, top))
            pen.text((left + 2, top + _TILE + 5), label, fill="#202020", font=font)
    return sheet


def most_attended(maps: np.ndarray, count: int) -> list[int]:
    """Return the indices of the words with the highest peaks, highest first.

    Parameters
    ----------
    maps
        Attention of one stage, shape (words, height, width).
    count
        How many to return at most.
    """
    peaks = maps.reshape(len(maps), -1).max(axis=1)
    return [int(index) for index in np.argsort(-peaks, kind="stable")[:count]]


def _highlight(picture: Image.Image, attention: np.ndarray) -> Image.Image:
    """Darken a picture where one word's map (height, width) is low."""
    spread = float(np.ptp(attention))
    relative = (attention - attention.min()) / spread if spread > 0 else np.ones_like(attention)
    mask = Image.fromarray((relative * 255).astype(np.uint8)).resize(
        picture.size, Image.Resampling.BICUBIC
    )
    return Image.composite(picture, picture.point(lambda value: int(value * _DIM)), mask)
