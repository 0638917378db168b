"""Text fields: the keys that people expect, and any text that people paste."""

from __future__ import annotations

import sys
import tkinter as tk
from tkinter import ttk

import pytest

from app.ui.toolkit.text_editing import LONGEST_ENTRY, LONGEST_TEXT
from app.ui.window.window import MainWindow
from models.words.vocabulary import tokenize
from tests.app.events import FREEZE, Heartbeat, press, write
from tests.conftest import wait_until

_MEGABYTE = 1_000_000


@pytest.fixture
def ready(window: MainWindow) -> MainWindow:
    """The window with its model loaded and the Type tab in front."""
    window.tabs.select(window.type_tab)
    wait_until(window, lambda: window.painter_loader.value is not None)
    window.root.update()
    return window


def copy(window: MainWindow, text: str) -> None:
    window.root.clipboard_clear()
    window.root.clipboard_append(text)


def paste(window: MainWindow, field: tk.Misc, text: str) -> None:
    copy(window, text)
    press(field, "v", "Control-")


@pytest.mark.parametrize(
    "unit", ["lorem ipsum dolor sit amet ", "a b ", "x", "zorgly\n", "\U0001f426", "İ é "]
)
def test_a_megabyte_is_pasted_while_the_window_answers(ready: MainWindow, unit: str) -> None:
    field = ready.type_tab.field.text
    text = unit * (_MEGABYTE // len(unit.encode()))
    heart = Heartbeat(ready.root)
    for _ in range(2):
        paste(ready, field, text)
        press(field, "BackSpace")
        write(field, "ab")
    ready.root.update()
    heart.stop()
    assert heart.busiest < FREEZE
    assert "only its beginning was taken" in ready.messages.text and ready.messages.is_error
    taken = field.get("1.0", "end-1c")
    assert LONGEST_TEXT // 2 - 5 <= len(taken) <= LONGEST_TEXT  # Tk counts a bird twice
    assert taken[:2000] == text[:2000]
    taken.encode()  # no half of a character is at its end
    press(field, "Return")
    wait_until(ready, lambda: "too long" in ready.messages.text and not ready.desk.busy)


def test_a_megabyte_in_each_field_of_one_line(ready: MainWindow) -> None:
    morph, gallery = ready.morph_tab, ready.gallery_tab
    fields: list[tuple[tk.Misc | None, ttk.Entry]] = [
        (None, ready.panel.seed_bar.entry),
        (morph, morph.first),
        (morph, morph.second),
        (morph, morph.first_seed),
        (gallery, gallery.search.entry),
    ]
    for tab, entry in fields:
        if tab is not None:
            ready.tabs.select(tab)
            ready.root.update()
        entry.delete(0, "end")
        ready.messages.clear()
        heart = Heartbeat(ready.root)
        paste(ready, entry, "9 lorem " * (_MEGABYTE // 8))
        write(entry, "a")
        heart.stop()
        assert heart.busiest < FREEZE, str(entry)
        assert len(entry.get()) == LONGEST_ENTRY
        assert "only its beginning was taken" in ready.messages.text
        entry.delete(0, "end")


@pytest.mark.parametrize(
    "answer, told",
    [
        ("selection property too large", "too much text to paste"),
        ("selection owner didn't respond", "does not answer, or it is too much text"),
    ],
)
@pytest.mark.skipif(sys.platform in ("darwin", "win32"), reason="Tk refuses so on X11 alone")
def test_what_another_program_cannot_hand_over_is_told(
    ready: MainWindow, answer: str, told: str
) -> None:
    # A second program of Tk would not do: Tk hands over in small pieces.
    ready.root.tk.eval(
        "rename selection selection_of_tk\n"
        "proc selection {what args} {\n"
        f'    if {{$what eq "get"}} {{error "{answer}"}}\n'
        "    tailcall selection_of_tk $what {*}$args\n"
        "}"
    )
    field, entry = ready.type_tab.field, ready.panel.seed_bar.entry
    field.sentence = "a red bird"
    for widget in (field.text, entry):
        for keys in ("a", "v"), ("v",), ():
            ready.messages.clear()
            for key in keys:
                press(widget, key, "Control-")
            if not keys:
                widget.event_generate("<ButtonPress-2>")
                widget.event_generate("<ButtonRelease-2>")
                ready.root.update()
            assert told in ready.messages.text and ready.messages.is_error, (str(widget), keys)
    assert field.sentence == "a red bird"


def test_line_ends_of_any_system_are_no_boxes(ready: MainWindow) -> None:
    field, entry = ready.type_tab.field.text, ready.gallery_tab.search.entry
    copied = "red\r\nblue\rgreen\vgrey\u2028pink\u0085buff\n\r\nred"
    paste(ready, field, copied)
    assert field.get("1.0", "end-1c") == "red\nblue\ngreen\ngrey\npink\nbuff\n\nred"
    field.replace("1.0", "1.3", "\r\n")
    assert field.get("1.0", "3.0") == "\n\n"
    ready.tabs.select(ready.gallery_tab)
    ready.root.update()
    paste(ready, entry, copied)
    assert entry.get() == "red blue green grey pink buff  red"


def test_the_program_itself_replaces_a_text_that_fills_the_field(ready: MainWindow) -> None:
    field = ready.type_tab.field
    paste(ready, field.text, "red " * 5000)
    field.sentence = "a red bird"
    assert field.sentence == "a red bird"
    field.text.edit_undo()
    assert field.sentence.startswith("red red red")


def test_marks_stay_on_their_words_whatever_stands_before_them(ready: MainWindow) -> None:
    field = ready.type_tab.field
    odd = ("İ", "İİİ İstanbul", "ŉ ǰ ΐ", "\ufb03 \U0001f426 \U0001d41b", "e\u0301\u0302", "½")
    for before in odd:
        field.sentence = f"a {before} xyzzy bird"
        ready.root.update()
        assert field.marks.marked[-1] == "xyzzy", before
        ranges = field.text.tag_ranges("unknown")
        assert field.text.get(ranges[-2], ranges[-1]) == "xyzzy", before


def test_accents_fold(ready: MainWindow) -> None:
    assert tokenize("A naïve RÉD bi\u0301rd, ＢＬＵＥ") == ["a", "naive", "red", "bird", "blue"]
    field = ready.type_tab.field
    field.sentence = "a réd bird with a blúe\u0301 head and a zorglé\u0301"
    ready.root.update()
    assert field.marks.marked == ["zorgle"]
    ranges = field.text.tag_ranges("unknown")
    assert field.text.get(ranges[0], ranges[1]) == "zorglé\u0301"  # with all of its accents


def test_ctrl_a_selects_all_and_what_is_pasted_or_typed_replaces_it(ready: MainWindow) -> None:
    field = ready.type_tab.field
    field.sentence = "a red bird\nwith black wings"
    field.text.mark_set("insert", "1.4")
    press(field.text, "a", "Control-")
    assert field.text.get("sel.first", "sel.last").strip() == field.sentence
    paste(ready, field.text, "a blue bird")
    assert field.sentence == "a blue bird"
    press(field.text, "a", "Control-")
    write(field.text, "x")
    assert field.sentence == "x"
    ready.root.clipboard_clear()
    press(field.text, "a", "Control-")
    press(field.text, "v", "Control-")
    assert field.sentence == "x"  # there was nothing to put in its place
    ready.tabs.select(ready.morph_tab)
    ready.root.update()
    entry = ready.morph_tab.first
    entry.delete(0, "end")
    entry.insert(0, "a red bird")
    press(entry, "a", "Control-")
    assert entry.selection_get() == "a red bird"
