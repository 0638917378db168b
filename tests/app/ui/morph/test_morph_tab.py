"""The Morph tab in the real window: sliders that the picture follows, and exports."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from tkinter import filedialog, ttk
from typing import Any

import numpy as np
import pytest
from PIL import Image

from app.engine.engines import Engines
from app.pictures.morphing import STRIP_SIZE
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from models import Painter
from models.request import Blend, DrawRequest
from tests.app.events import FREEZE, Heartbeat, click, press, write
from tests.app.pictures.test_picture_file import unwritable_folder
from tests.conftest import wait_until

RED = "a small red bird with black wings"
YELLOW = "a yellow bird"


@pytest.fixture
def morphing(window: MainWindow) -> MainWindow:
    """The window with the Morph tab in front, and two birds described."""
    wait_until(window, lambda: window.painter_loader.state is LoadState.READY)
    window.tabs.select(window.morph_tab)
    window.root.update()
    tab = window.morph_tab
    for entry, text in (
        (tab.first, RED),
        (tab.second, YELLOW),
        (tab.first_seed, "7"),
        (tab.second_seed, "3"),
    ):
        entry.delete(0, "end")
        write(entry, text)
    return window


def test_what_is_drawn_of_either_bird_is_told(morphing: MainWindow) -> None:
    tab = morphing.morph_tab
    assert tab.first_understood.text == tab.second_understood.text == ""
    tab.second.delete(0, "end")
    write(tab.second, "a puffin")
    wait_until(morphing, lambda: tab.second_understood.text.startswith("Drawn as: a stocky black"))
    assert tab.first_understood.text == ""
    tab.second.delete(0, "end")
    write(tab.second, YELLOW)
    morphing.root.update()
    assert tab.second_understood.text == ""


def drag(scale: ttk.Scale, start: float, end: float, let_go: bool = True) -> None:
    """Move a slider with the mouse, in twenty steps."""
    scale.update()
    x, y = scale.coords(start)
    scale.event_generate("<Enter>", x=x, y=y)
    scale.event_generate("<ButtonPress-1>", x=x, y=y)
    for step in range(1, 21):
        x, y = scale.coords(start + (end - start) * step / 20)
        scale.event_generate("<B1-Motion>", x=x, y=y)
        scale.update()
    if let_go:
        scale.event_generate("<ButtonRelease-1>", x=x, y=y)


def settle(window: MainWindow) -> None:
    wait_until(window, lambda: window.morph_desk.idle)


def says(window: MainWindow, message: str) -> bool:
    return message in window.messages.text


def choose(monkeypatch: pytest.MonkeyPatch, path: Path) -> None:
    monkeypatch.setattr(filedialog, "asksaveasfilename", lambda **options: str(path))


def test_the_picture_follows_both_sliders(morphing: MainWindow, painter: Painter) -> None:
    tab = morphing.morph_tab
    drag(tab.share.scale, 0, 60, let_go=False)
    settle(morphing)
    assert morphing.panel.image is not None and morphing.panel.image.size == (128, 128)
    tab.share.scale.event_generate("<ButtonRelease-1>", x=1, y=1)
    settle(morphing)
    drag(tab.seed_share.scale, 0, 40)
    settle(morphing)
    blend = tab.blend()
    assert blend.share == pytest.approx(0.6, abs=0.02)
    assert blend.seed_share == pytest.approx(0.4, abs=0.02)
    image = morphing.panel.image
    assert (
        image is not None
        and image.tobytes() == painter.draw(DrawRequest(blend=blend)).image.tobytes()
    )
    assert "60%" in morphing.panel.caption.cget("text")
    assert "“a yellow bird”" in morphing.panel.caption.cget("text")


def test_only_the_newest_position_is_drawn(
    morphing: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    painter = morphing.painter_loader.value
    assert painter is not None
    asked: list[float] = []
    draw = painter.draw

    def watch(request: DrawRequest, **options: Any) -> object:
        assert request.blend is not None
        asked.append(request.blend.share)
        return draw(request, **options)

    monkeypatch.setattr(painter, "draw", watch)
    for share in range(100):  # faster than anything can be drawn
        morphing.morph_desk.follow(Blend(RED, YELLOW, share / 100, 7, 3, 0), draft=True)
    morphing.morph_desk.follow(Blend(RED, YELLOW, 1, 7, 3, 0), draft=False)
    settle(morphing)
    assert asked == [0, 1]
    assert morphing.panel.image is not None and morphing.panel.image.size == (512, 512)


def test_arrow_keys_move_the_sliders(morphing: MainWindow) -> None:
    for _ in range(3):
        press(morphing.morph_tab.share.scale, "Right")
    settle(morphing)
    assert morphing.morph_tab.blend().share == pytest.approx(0.03)
    assert morphing.panel.image is not None and morphing.panel.image.size == (512, 512)


@pytest.mark.parametrize("key", ["Up", "Down", "Home", "End"])
def test_other_keys_move_the_sliders_too(morphing: MainWindow, key: str) -> None:
    scale = morphing.morph_tab.share.scale
    scale.set(50)
    press(scale, key)
    settle(morphing)
    expected = {"Up": 0.49, "Down": 0.51, "Home": 0, "End": 1}[key]
    assert morphing.morph_tab.blend().share == pytest.approx(expected)
    assert morphing.panel.image is not None and morphing.panel.image.size == (512, 512)


@pytest.mark.parametrize("button", [2, 3])
def test_other_buttons_let_the_slider_go_too(morphing: MainWindow, button: int) -> None:
    scale = morphing.morph_tab.share.scale
    x, y = scale.coords(70)
    for event in ("Enter", f"ButtonPress-{button}", f"ButtonRelease-{button}"):
        scale.event_generate(f"<{event}>", x=x, y=y)
    settle(morphing)
    assert morphing.morph_tab.blend().share == pytest.approx(0.7, abs=0.02)
    assert morphing.panel.image is not None and morphing.panel.image.size == (512, 512)


@pytest.mark.parametrize("sentence", [RED, "a bright yellow bird with a black head"])
def test_fields_begin_with_the_current_picture_and_another_bird(
    window: MainWindow, sentence: str
) -> None:
    window.tabs.select(window.type_tab)
    window.desk.draw(sentence, 11)
    wait_until(window, lambda: not window.desk.busy)
    window.tabs.select(window.morph_tab)
    window.root.update()
    tab = window.morph_tab
    assert (tab.first.get(), tab.first_seed.get(), tab.second_seed.get()) == (sentence, "11", "11")
    assert tab.second.get() not in ("", sentence)


def test_a_sentence_drawn_meanwhile_comes_first(morphing: MainWindow) -> None:
    drag(morphing.morph_tab.share.scale, 0, 50)
    morphing.desk.draw(RED, 1)
    assert morphing.morph_tab.share.scale.instate(["disabled"])
    wait_until(morphing, lambda: not morphing.desk.busy)
    assert morphing.desk.drawing is not None
    assert morphing.panel.image is morphing.desk.drawing.image
    assert morphing.morph_tab.share.scale.instate(["!disabled"])
    drag(morphing.morph_tab.share.scale, 50, 80)
    settle(morphing)
    assert morphing.panel.save_button.instate(["disabled"]), "no sentence alone would repeat it"
    morphing.tabs.select(morphing.type_tab)
    morphing.root.update()
    assert morphing.panel.image is morphing.desk.drawing.image
    assert morphing.panel.save_button.instate(["!disabled"])


@pytest.mark.parametrize(
    ("sentence", "seed", "message"),
    [("", "3", "describe both birds"), (YELLOW, "x", "seed must be"), ("zorgly", "3", "None of")],
)
def test_what_cannot_be_drawn_is_told(
    morphing: MainWindow, sentence: str, seed: str, message: str
) -> None:
    tab = morphing.morph_tab
    tab.second.delete(0, "end")
    tab.second.insert(0, sentence)
    tab.second_seed.delete(0, "end")
    tab.second_seed.insert(0, seed)
    press(tab.second, "Return")
    wait_until(morphing, lambda: message in morphing.messages.text)
    assert morphing.messages.is_error and morphing.morph_desk.idle


def test_the_way_is_saved_as_a_strip(
    morphing: MainWindow, painter: Painter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = morphing.morph_tab
    for _ in range(5):
        press(tab.steps, "Down")  # from 9 to 4
    choose(monkeypatch, tmp_path / "birds.png")
    click(tab.strip_button)
    assert tab.strip_button.instate(["disabled"]) and tab.cancel_button.instate(["!disabled"])
    wait_until(morphing, lambda: "Saved" in morphing.messages.text)
    with Image.open(tmp_path / "birds.png") as strip:
        assert strip.size == (4 * STRIP_SIZE, STRIP_SIZE)
        first = strip.crop((0, 0, STRIP_SIZE, STRIP_SIZE))
        last = strip.crop((3 * STRIP_SIZE, 0, 4 * STRIP_SIZE, STRIP_SIZE))
    for end, sentence, seed in ((first, RED, 7), (last, YELLOW, 3)):  # drawn with others: rounding
        alone = painter.draw(sentence, seed, STRIP_SIZE).image
        assert np.abs(np.asarray(end, int) - np.asarray(alone, int)).max() <= 3
    assert tab.cancel_button.instate(["disabled"])


@pytest.mark.alone
@pytest.mark.parametrize("name", ["birds.gif", "birds.png"])
def test_the_way_is_saved_as_an_animation_and_the_window_answers(
    morphing: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    morphing.morph_tab.steps.set(3)
    choose(monkeypatch, tmp_path / name)
    heartbeat = Heartbeat(morphing.root)
    click(morphing.morph_tab.animation_button)
    wait_until(morphing, lambda: "Saved" in morphing.messages.text)
    heartbeat.stop()
    with Image.open(tmp_path / name) as animation:
        assert animation.size == (512, 512)
        assert animation.n_frames == 4  # type: ignore[attr-defined]
        first = np.asarray(animation.convert("RGB"), np.float64)
        animation.seek(2)
        assert np.abs(np.asarray(animation.convert("RGB")) - first).mean() > 5
    assert heartbeat.busiest < FREEZE


def test_an_export_can_be_cancelled(
    morphing: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab = morphing.morph_tab
    tab.steps.set(60)
    choose(monkeypatch, tmp_path / "birds.gif")
    click(tab.animation_button)
    wait_until(morphing, lambda: float(tab.progress.cget("value")) >= 2)
    click(tab.cancel_button)
    assert "cancelled" in morphing.messages.text and tab.animation_button.instate(["!disabled"])
    morphing.desk.draw(RED, 1)  # the engine is free again
    wait_until(morphing, lambda: not morphing.desk.busy)
    wait_until(morphing, lambda: not morphing.runner._running)
    assert list(tmp_path.glob("*birds*")) == []


def test_an_export_cancelled_while_the_model_loads_writes_nothing(
    make_window: Callable[..., MainWindow],
    fresh_engines: Engines,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    window = make_window(fresh_engines)
    tab = window.morph_tab
    window.tabs.select(tab)
    window.root.update()
    write(tab.first, RED)
    tab.steps.set(2)
    choose(monkeypatch, tmp_path / "birds.png")
    click(tab.strip_button)
    assert window.painter_loader.state is not LoadState.READY
    click(tab.cancel_button)
    assert "cancelled" in window.messages.text and tab.strip_button.instate(["!disabled"])
    wait_until(window, lambda: window.painter_loader.state is LoadState.READY)
    assert window.morph_desk._export is None
    choose(monkeypatch, tmp_path / "others.png")  # only the one that is still wanted
    click(tab.strip_button)
    wait_until(window, lambda: "Saved" in window.messages.text)
    assert [path.name for path in tmp_path.glob("*.png")] == ["others.png"]


def test_export_problems_are_told_before_anything_is_drawn(
    morphing: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def draw(*arguments: object, **options: object) -> None:
        pytest.fail("This takes minutes.")

    monkeypatch.setattr(morphing.painter_loader.value, "draw", draw)
    tab = morphing.morph_tab
    for button, path, message in (
        (tab.animation_button, tmp_path / "birds.jpg", "must end in .gif or .png"),
        (tab.strip_button, tmp_path / "birds.gif", "must end in .png"),
        (tab.animation_button, unwritable_folder(tmp_path) / "birds.gif", "cannot be saved"),
        (tab.strip_button, tmp_path / "gone" / "birds.png", "cannot be saved"),
    ):
        morphing.messages.clear()  # two of them say the same
        choose(monkeypatch, path)
        click(button)
        wait_until(morphing, partial(says, morphing, message))
        assert morphing.messages.is_error and button.instate(["!disabled"])


def test_what_goes_wrong_at_the_end_of_an_export_is_told(
    morphing: MainWindow, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    morphing.morph_tab.steps.set(2)
    (tmp_path / "birds.png").mkdir()
    choose(monkeypatch, tmp_path / "birds.png")
    click(morphing.morph_tab.strip_button)
    wait_until(morphing, lambda: "cannot be saved" in morphing.messages.text)
    assert morphing.messages.is_error
