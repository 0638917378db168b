"""The picture panel in the real window: stages, attention, variations and seeds."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from tkinter import filedialog
from typing import Any

import pytest
from PIL import Image, ImageTk

from app.gallery import Gallery
from app.pictures.attention_sheet import drawing_sheet, highlight
from app.pictures.picture_file import read_metadata
from app.settings import Settings
from app.ui.picture.attention_window import AttentionWindow
from app.ui.picture.picture_set import PictureSet
from app.ui.picture.seed_bar import parse_seed
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from models import Drawing, Painter
from models.request import MAX_SEED
from models.words.vocabulary import tokenize
from tests.app.events import click, point_at, point_away, press, write
from tests.conftest import wait_until

SENTENCE = "a small red bird with black wings"
_SMALLEST = "880x560"


@pytest.fixture
def ready(window: MainWindow) -> MainWindow:
    """The window with the model loaded and the Type tab in front."""
    window.tabs.select(window.type_tab)
    wait_until(window, lambda: window.painter_loader.state is LoadState.READY)
    return window


def draw(window: MainWindow, sentence: str = SENTENCE, seed: int | None = None) -> Drawing:
    window.desk.draw(sentence, seed)
    wait_until(window, lambda: not window.desk.busy)
    assert window.desk.drawing is not None, window.messages.text
    return window.desk.drawing


def on_screen(window: MainWindow, tile: int = 0) -> Image.Image:
    """Return what a tile of the canvas shows."""
    photo = window.panel.canvas._cells[tile].photo
    assert photo is not None
    shown: Image.Image = ImageTk.getimage(photo).convert("RGB")
    return shown


def seeds_shown(window: MainWindow) -> list[int]:
    pictures = window.panel.view.pictures
    return [drawing.seed for drawing in pictures.drawings] if pictures is not None else []


def kept_seeds() -> list[int]:
    return sorted(read_metadata(path).seed for path in Gallery().paths())


def label_of(window: MainWindow, word: str) -> tk.Misc:
    labels = window.panel.view.word_row.labels
    return next(label for label in labels if label.cget("text") == word)


def set_count(window: MainWindow, count: int) -> None:
    """Turn the spin box with the arrow keys."""
    box = window.panel.count_box
    while window.panel.count != count:
        press(box, "Up" if window.panel.count < count else "Down")


# Stages


def test_stages_fill_the_strip_and_can_be_looked_at(ready: MainWindow) -> None:
    drawing = draw(ready)
    strip = ready.panel.view.strip
    assert all(thumbnail.cget("text") == "" for thumbnail in strip.thumbnails)
    click(strip.thumbnails[0])
    assert ready.panel.image is drawing.stages[0]
    assert "64 px" in ready.panel.caption.cget("text")
    press(strip, "Right")
    assert ready.panel.image is drawing.stages[1]
    for _ in range(3):
        press(strip, "Right")  # stops at the last one
    assert ready.panel.image is drawing.image
    assert ready.desk.drawing is drawing


def test_empty_thumbnails_tell_their_size_and_lead_nowhere(ready: MainWindow) -> None:
    strip = ready.panel.view.strip
    assert [label.cget("text") for label in strip.thumbnails] == ["64", "128", "256", "512"]
    click(strip.thumbnails[2])
    press(strip, "Right")
    assert ready.panel.image is None


def test_a_new_drawing_shows_its_newest_stage_again(ready: MainWindow) -> None:
    draw(ready)
    click(ready.panel.view.strip.thumbnails[0])
    assert draw(ready).image is ready.panel.image


# Attention


def test_pointing_at_a_word_shows_where_it_was_attended(ready: MainWindow) -> None:
    drawing = draw(ready, seed=1)
    plain = on_screen(ready)
    red = label_of(ready, "red")
    point_at(red)
    attended = drawing.attention[-1][drawing.words.index("red")]
    assert on_screen(ready).tobytes() == highlight(plain, attended).tobytes()
    point_away(red)
    assert on_screen(ready).tobytes() == plain.tobytes()

    click(ready.panel.view.strip.thumbnails[1])  # each stage has attention of its own
    plain = on_screen(ready)
    point_at(red)
    attended = drawing.attention[0][drawing.words.index("red")]
    assert on_screen(ready).tobytes() == highlight(plain, attended).tobytes()


def test_words_can_be_reached_with_the_keyboard(ready: MainWindow) -> None:
    draw(ready)
    row = ready.panel.view.word_row
    plain = on_screen(ready).tobytes()
    press(row, "Right")
    assert on_screen(ready).tobytes() != plain
    assert [str(label.cget("style")).startswith("Pointed") for label in row.labels] == (
        [False, True] + [False] * 5
    )
    ready.type_tab.field.text.focus_force()
    ready.root.update()
    assert on_screen(ready).tobytes() == plain


def test_the_first_stage_attends_to_no_words(ready: MainWindow) -> None:
    draw(ready)
    click(ready.panel.view.strip.thumbnails[0])
    plain = on_screen(ready).tobytes()
    point_at(label_of(ready, "red"))
    assert on_screen(ready).tobytes() == plain


def test_unknown_words_are_struck_through_and_change_nothing(ready: MainWindow) -> None:
    draw(ready, "a red zorgly bird")
    unknown = label_of(ready, "zorgly")
    assert str(unknown.cget("style")) == "Unknown.Word.TLabel"
    plain = on_screen(ready).tobytes()
    point_at(unknown)
    assert on_screen(ready).tobytes() == plain


def test_words_are_cut_as_the_model_cuts_them(painter: Painter) -> None:
    sentence = "A red-crowned bird; it's 5 inches, zorgly & " + "black " * 30
    pictures = PictureSet.of([painter.draw(sentence, seed=1, size=64)])
    words = pictures.words()
    assert [word.text for word in words] == tokenize(sentence)
    read = [word.text for word in words if word.understood]
    assert tuple(read) == pictures.drawings[0].words
    assert [word.index for word in words if word.understood] == list(range(len(read)))


def test_pointing_takes_less_than_50_ms(ready: MainWindow) -> None:
    ready.root.geometry("1400x1000")
    draw(ready)
    took = []
    for label in ready.panel.view.word_row.labels:
        begun = time.process_time()
        point_at(label)
        took.append(time.process_time() - begun)
        point_away(label)
    assert sorted(took)[len(took) // 2] < 0.05


def test_the_attention_sheet_is_shown_and_saved(
    ready: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawing = draw(ready)
    click(ready.panel.attention_button)
    sheets = [child for child in ready.root.winfo_children() if isinstance(child, AttentionWindow)]
    sheet = sheets[0]
    wait_until(ready, sheet.winfo_viewable)
    path = tmp_path / "sheet.png"
    monkeypatch.setattr(filedialog, "asksaveasfilename", lambda **options: str(path))
    click(sheet.save_button)
    wait_until(ready, lambda: "Saved" in sheet.messages.text)
    assert read_metadata(path).seed == drawing.seed
    with Image.open(path) as saved:
        assert saved.tobytes() == drawing_sheet(drawing).tobytes()
    press(sheet, "Escape")
    assert not sheet.winfo_exists()


# Variations


def test_variations_are_drawn_one_by_one_enlarged_and_kept(
    ready: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_count(ready, 4)
    finished: list[int] = []
    show = ready.panel.show_finished

    def watch(drawing: Drawing) -> None:
        show(drawing)
        finished.append(len(seeds_shown(ready)))

    monkeypatch.setattr(ready.panel, "show_finished", watch)
    draw(ready, seed=5)
    assert finished == [1, 2, 3, 4] and seeds_shown(ready) == [5, 6, 7, 8] == kept_seeds()

    canvas = ready.panel.canvas
    click(canvas, at=canvas.place_of(2))
    assert ready.desk.drawing is not None and ready.desk.drawing.seed == 7
    assert len(canvas._cells) == 1 and ready.panel.image is ready.desk.drawing.image
    assert "seed 7" in ready.panel.caption.cget("text")
    path = tmp_path / "third.png"
    monkeypatch.setattr(filedialog, "asksaveasfilename", lambda **options: str(path))
    click(ready.panel.save_button)
    assert ready.saver.dialog is not None
    ready.saver.dialog.save_button.invoke()
    wait_until(ready, path.exists)
    assert read_metadata(path).seed == 7

    press(ready.root, "Escape")
    assert len(canvas._cells) == 4 and ready.messages.text.startswith("Saved")
    press(canvas, "Right")
    press(canvas, "Return")
    assert ready.desk.drawing.seed == 8 and len(canvas._cells) == 1
    click(canvas)
    assert len(canvas._cells) == 4


@pytest.mark.alone
def test_cancel_keeps_the_pictures_that_are_finished(ready: MainWindow) -> None:
    set_count(ready, 9)
    ready.desk.draw(SENTENCE, 1)
    wait_until(ready, lambda: len(seeds_shown(ready)) == 2)
    begun = time.monotonic()
    press(ready.root, "Escape")
    assert not ready.desk.busy and time.monotonic() - begun < 0.2
    assert seeds_shown(ready) == [1, 2] and len(ready.panel.canvas._cells) == 2
    set_count(ready, 1)
    draw(ready, seed=50)  # the cancelled one ends in the background meanwhile
    assert set(kept_seeds()) >= {1, 2, 50} and len(kept_seeds()) < 9


def test_a_word_lights_all_pictures(ready: MainWindow) -> None:
    set_count(ready, 2)
    draw(ready, seed=1)
    plain = [on_screen(ready, tile).tobytes() for tile in (0, 1)]
    point_at(label_of(ready, "red"))
    lit = [on_screen(ready, tile).tobytes() for tile in (0, 1)]
    assert lit[0] != plain[0] and lit[1] != plain[1]


def test_the_mouse_wheel_turns_the_number_only_where_keys_go(ready: MainWindow) -> None:
    box = ready.panel.count_box
    for focused, count in ((ready.type_tab.field.text, 1), (box, 3)):
        focused.focus_force()
        ready.root.update()
        for _ in range(2):
            box.event_generate("<Button-4>")  # the wheel of X11
        assert ready.panel.count == count


def test_the_number_of_pictures_is_remembered(make_window: Callable[..., MainWindow]) -> None:
    window = make_window()
    set_count(window, 4)
    window.close()
    assert Settings.load().pictures == 4
    assert make_window().panel.count == 4


# Seeds


def test_a_written_seed_is_used_and_kept_for_the_next_sentence(ready: MainWindow) -> None:
    draw(ready)
    bar = ready.panel.seed_bar
    assert bar.entry.get() == str(ready.desk.drawing.seed) if ready.desk.drawing else False
    bar.entry.selection_range(0, "end")
    write(bar.entry, "41")
    assert bar.locked
    press(bar.entry, "Return")
    wait_until(ready, lambda: not ready.desk.busy)
    assert seeds_shown(ready) == [41]
    ready.type_tab.field.sentence = "a yellow bird"
    click(ready.type_tab.field.draw_button)
    wait_until(ready, lambda: not ready.desk.busy)
    assert ready.desk.drawing is not None and ready.desk.drawing.sentence == "a yellow bird"
    assert seeds_shown(ready) == [41]
    click(bar.lock_button)
    click(ready.panel.again_button)
    wait_until(ready, lambda: not ready.desk.busy)
    assert seeds_shown(ready) != [41]


def test_surprise_me_draws_with_a_new_seed(ready: MainWindow) -> None:
    draw(ready, seed=3)
    click(ready.panel.seed_bar.lock_button)
    click(ready.panel.seed_bar.surprise_button)
    wait_until(ready, lambda: not ready.desk.busy)
    assert seeds_shown(ready) != [3]
    assert ready.panel.seed_bar.entry.get() == str(seeds_shown(ready)[0])
    assert ready.panel.seed_bar.locked


@pytest.mark.parametrize("text", ["\u200b41", "\u202a41\u202c", "\xa041\t", "\ufeff41"])
def test_what_nobody_sees_in_a_pasted_seed_does_not_matter(text: str) -> None:
    assert parse_seed(text) == 41


@pytest.mark.parametrize(
    "text", ["seven", "-1", "1.5", str(MAX_SEED + 1), "9" * 5000, str(MAX_SEED - 1)]
)
def test_bad_seeds_are_told_and_nothing_is_drawn(ready: MainWindow, text: str) -> None:
    set_count(ready, 3)
    ready.panel.seed_bar.entry.insert(0, text)
    ready.type_tab.field.sentence = SENTENCE
    click(ready.type_tab.field.draw_button)
    assert not ready.desk.busy and ready.messages.is_error
    assert "seed must be a whole number from 0 to 2,147,483,645" in ready.messages.text
    assert Gallery().paths() == []


# A graphics card without memory


def test_a_fall_back_to_the_processor_is_told(
    ready: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter = ready.painter_loader.value
    assert painter is not None
    call = painter._client.call

    def fall_back(*arguments: Any, **options: Any) -> Drawing:
        return replace(call(*arguments, **options), notice="The graphics card is full.")

    with monkeypatch.context() as patched:
        patched.setattr(painter, "device", "cuda")
        patched.setattr(painter._client, "call", fall_back)
        ready._show_status()
        assert "graphics card" in ready.status.text
        draw(ready)
        assert ready.messages.text == "The graphics card is full."
        assert ready.status.text == "Ready. Drawing on the processor."


# Layout


def test_nothing_is_clipped_in_the_smallest_window(ready: MainWindow) -> None:
    ready.root.geometry(_SMALLEST)
    set_count(ready, 4)
    for sentence in (SENTENCE, "a zorgly bird with black " + "and white " * 12 + "wings"):
        draw(ready, sentence)
        settle(ready)
        assert ready.root.geometry().startswith(_SMALLEST)
        assert ready.panel.canvas.winfo_height() > 150
        # The canvas, and the view around it, take what room is left.
        check_not_clipped(ready.panel, {ready.panel.canvas, ready.panel.view})
    ready.tabs.select(ready.morph_tab)
    ready.messages.error("A sentence that is so long that it takes two lines of the window's side.")
    settle(ready)
    check_not_clipped(ready.morph_tab, set())


def settle(window: MainWindow) -> None:
    """Let the window live until its last changes of size are drawn."""
    settled = time.monotonic() + 0.2
    wait_until(window, lambda: time.monotonic() > settled)


def check_not_clipped(area: tk.Misc, elastic: set[tk.Misc]) -> None:
    for widget in descendants(area):
        if widget not in elastic:
            assert widget.winfo_width() >= widget.winfo_reqwidth(), widget
            assert widget.winfo_height() >= widget.winfo_reqheight(), widget
        assert ends(widget)[0] <= ends(area)[0], widget
        assert ends(widget)[1] <= ends(area)[1], widget


def ends(widget: tk.Misc) -> tuple[int, int]:
    """Return the right and the lower end of a widget on the screen."""
    right = widget.winfo_rootx() + widget.winfo_width()
    return right, widget.winfo_rooty() + widget.winfo_height()


def descendants(widget: tk.Misc) -> list[tk.Misc]:
    children = [child for child in widget.winfo_children() if child.winfo_viewable()]
    return children + [below for child in children for below in descendants(child)]
