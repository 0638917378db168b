"""The attention sheet is bright where a word was attended to."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from app.pictures.attention_sheet import attention_sheet, most_attended
from models import Painter


def test_most_attended_words_come_first() -> None:
    maps = np.zeros((3, 4, 4), np.float32)
    maps[0, 1, 1], maps[1, 0, 0], maps[2, 3, 3] = 0.2, 0.9, 0.5
    assert most_attended(maps, 2) == [1, 2]
    assert most_attended(maps, 9) == [1, 2, 0]


def test_sheet_has_a_row_for_each_attended_stage(painter: Painter) -> None:
    drawing = painter.draw("a red bird with black wings", seed=1, size=512)
    sheet = attention_sheet(drawing)
    assert len(drawing.attention) == 3
    assert sheet.size == (8 + 6 * 200, 8 + 3 * 228)


def test_bright_where_attended(painter: Painter) -> None:
    drawing = painter.draw("red", seed=1, size=128)
    size = drawing.attention[0].shape[-1]
    maps = np.zeros((len(drawing.words), size, size), np.float32)
    maps[0, :, : size // 2] = 1  # the left half
    sheet = np.asarray(attention_sheet(replace(drawing, attention=(maps,))), np.float32)
    tile = sheet[8 : 8 + 192, 208 : 208 + 192]
    assert tile[:, :80].mean() > 2 * tile[:, -80:].mean()


def test_single_stage_has_no_rows(painter: Painter) -> None:
    assert attention_sheet(painter.draw("red", seed=1, size=64)).height == 8
