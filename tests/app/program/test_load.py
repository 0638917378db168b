"""Impatient hands: hundreds of clicks leave the window as right as one click does."""

from __future__ import annotations

import random
import time
from functools import partial
from tkinter import ttk

import pytest

from app.gallery import Gallery
from app.pictures.picture_file import read_metadata
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from models import Painter
from tests.app.events import FREEZE, Heartbeat, click
from tests.conftest import wait_until

SENTENCE = "a small red bird with black wings"
_CLICKS = 500
_SECONDS = 10


def _is_past(moment: float) -> bool:
    return time.monotonic() >= moment


@pytest.mark.alone
def test_five_hundred_clicks_in_ten_seconds(window: MainWindow, painter: Painter) -> None:
    wait_until(window, lambda: window.painter_loader.state is LoadState.READY)
    field = window.type_tab.field
    window.tabs.select(window.type_tab)
    field.sentence = SENTENCE
    buttons: list[ttk.Button] = [
        field.draw_button,
        window.panel.again_button,
        window.panel.cancel_button,
        window.panel.seed_bar.surprise_button,
    ]
    chance = random.Random(0)
    heartbeat = Heartbeat(window.root)
    begun = time.monotonic()
    for number in range(_CLICKS):
        click(chance.choice(buttons))
        wait_until(window, partial(_is_past, begun + number * _SECONDS / _CLICKS))
    heartbeat.stop()
    wait_until(window, lambda: not window.desk.busy)
    assert heartbeat.busiest < FREEZE
    assert heartbeat.longest < 1, "it waited for something"
    assert not window.messages.is_error, window.messages.text
    assert Gallery().paths(), "nothing was finished between the clicks"

    window.desk.draw(SENTENCE, 3)
    wait_until(window, lambda: not window.desk.busy)
    assert window.desk.drawing is not None
    expected = painter.draw(SENTENCE, 3).image
    assert window.desk.drawing.image.tobytes() == expected.tobytes()
    assert all(read_metadata(path).sentence == SENTENCE for path in Gallery().paths())
