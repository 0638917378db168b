"""Sheets of labelled pictures, to look at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from models.whole_files import whole_file

_GAP = 4  # pixels between the pictures of a panel
_MARGIN = 20  # pixels around panels
_LINE = 21  # pixels from one line of text to the next
_FONT = 15  # pixels
_INK, _LABEL_INK, _PAPER = "#202020", "#606060", "#ffffff"


@dataclass(frozen=True)
class Panel:
    """Pictures that belong together, side by side.

    Attributes
    ----------
    labels : one below each picture; none for pictures that need none.
    text : below them all.
    """

    pictures: Sequence[Image.Image]
    text: str
    labels: Sequence[str] = ()


def save_sheet(path: Path, panels: Sequence[Panel], columns: int, side: int) -> None:
    """Write panels as a JPEG, in rows of `columns`, each picture brought to `side` px.

    Smaller pictures are enlarged without smoothing: each of their pixels is seen.
    """
    font = ImageFont.load_default(_FONT)
    width = max(len(panel.pictures) for panel in panels) * (side + _GAP) - _GAP
    texts = [_wrap(panel.text, width, font) for panel in panels]
    label_lines = any(panel.labels for panel in panels)
    height = side + _GAP + _LINE * (label_lines + max(map(len, texts)))
    rows = -(-len(panels) // columns)
    columns = min(columns, len(panels))
    sheet = Image.new(
        "RGB",
        (_MARGIN + columns * (width + _MARGIN), _MARGIN + rows * (height + _MARGIN)),
        _PAPER,
    )
    pen = ImageDraw.Draw(sheet)
    for number, (panel, lines) in enumerate(zip(panels, texts, strict=True)):
        left = _MARGIN + number % columns * (width + _MARGIN)
        top = _MARGIN + number // columns * (height + _MARGIN)
        for place, picture in enumerate(panel.pictures):
            sheet.paste(_fit(picture, side), (left + place * (side + _GAP), top))
        below = top + side + _GAP
        for place, label in enumerate(panel.labels):
            pen.text((left + place * (side + _GAP), below), label, _LABEL_INK, font)
        below += _LINE * label_lines
        for row, line in enumerate(lines):
            pen.text((left, below + row * _LINE), line, _INK, font)
    with whole_file(path) as temporary:
        sheet.save(temporary, "JPEG", quality=90)


def _fit(picture: Image.Image, side: int) -> Image.Image:
    smaller = picture.width > side
    method = Image.Resampling.LANCZOS if smaller else Image.Resampling.NEAREST
    return picture.resize((side, side), method)


def _wrap(text: str, width: int, font: ImageFont.FreeTypeFont | ImageFont.ImageFont) -> list[str]:
    """Break a text into lines of at most `width` px; a longer word has a line for itself."""
    lines: list[str] = []
    for word in text.split():
        if lines and font.getlength(f"{lines[-1]} {word}") <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
