"""The rest of a name or word in the field: offered in grey, taken with Tab, hidden by Escape."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.ui.sentence.sentence_field import SentenceField
from app.ui.window.window import MainWindow
from tests.app.events import click, press, write
from tests.conftest import wait_until


@pytest.fixture(params=["type", "speak"])
def field(make_window: Callable[..., MainWindow], request: pytest.FixtureRequest) -> SentenceField:
    """The field of a tab, in front, with the model's words known."""
    window = make_window()
    tab = window.type_tab if request.param == "type" else window.speak_tab
    window.tabs.select(tab)
    wait_until(window, lambda: window.painter_loader.value is not None)
    window.root.update()
    return tab.field


def test_tab_takes_what_is_offered_and_leaves_the_field_otherwise(field: SentenceField) -> None:
    write(field.text, "a flami")
    assert field.completion.offered == "ngo"
    assert field.sentence == "a flami", "nothing is written before it is taken"
    letter = field.text.bbox("insert - 1c")
    assert letter is not None
    label = field.completion.label
    assert (label.winfo_x(), label.winfo_y()) == (letter[0] + letter[2], letter[1])
    press(field.text, "Tab")
    assert field.sentence == "a flamingo" and field.completion.offered == ""
    assert field.focus_get() is field.text
    write(field.text, " on a northern car")
    press(field.text, "Tab")
    assert field.sentence == "a flamingo on a northern cardinal"
    press(field.text, "Tab")
    assert field.focus_get() is field.draw_button
    field.text.edit_undo()
    assert field.sentence.endswith("northern car"), "undo takes it back"


def test_escape_and_all_that_is_not_typing_hide_it(field: SentenceField) -> None:
    write(field.text, "a peng")
    assert field.completion.offered == "uin"
    press(field.text, "Escape")
    assert field.completion.offered == "" and field.sentence == "a peng"
    press(field.text, "Tab")
    assert field.focus_get() is field.draw_button and field.sentence == "a peng"

    write(field.text, "u")
    assert field.completion.offered == "in"
    click(field.text)
    assert field.completion.offered == ""
    for key in ("Left", "BackSpace"):
        field.sentence = ""
        write(field.text, "a peng")
        assert field.completion.offered == "uin"
        press(field.text, key)
        assert field.completion.offered == ""
    field.sentence = ""
    write(field.text, "a peng uin")
    assert field.completion.offered == ""
    for _ in "uin ":
        press(field.text, "Left")
    write(field.text, "u")
    assert field.completion.offered == "", "in the middle of a line it would cover something"


def test_what_the_program_writes_is_not_completed(field: SentenceField) -> None:
    field.sentence = "a flami"
    field.text.focus_force()
    field.update()
    assert field.completion.offered == ""
