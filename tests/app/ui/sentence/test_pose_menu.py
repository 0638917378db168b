"""The pose in the window: chosen, drawn, kept and drawn again; locked where no model knows it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from app.engine.engines import Engines
from app.pictures.picture_file import read_metadata
from app.settings import Settings
from app.ui.picture.subject import Subject
from app.ui.sentence.pose_menu import AS_SHOWN, LABELS, NO_POSES, NONE_SHOWN, PoseMenu
from app.ui.settings.settings_dialog import SettingsDialog
from app.ui.window.window import MainWindow
from models import Drawing
from models.request import SKETCHES
from models.sketches.pose import Pose
from models.sketches.pose_wish import FLYING, LEFT, RIGHT, SWIMMING
from tests.app.events import click
from tests.conftest import wait_until
from tests.posed_weights import make_weights


@pytest.fixture(scope="module")
def posing_engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engines]:
    weights = make_weights(tmp_path_factory.mktemp("weights") / "posing.safetensors")
    with Engines(weights, "cpu") as engines:
        yield engines


@pytest.fixture
def posing(make_window: Callable[..., MainWindow], posing_engines: Engines) -> MainWindow:
    """The window with a model that knows poses, and a sentence."""
    window = make_window(posing_engines)
    window.tabs.select(window.type_tab)
    wait_until(window, lambda: window.painter_loader.value is not None)
    window.type_tab.field.sentence = "a red bird"
    window.root.update()
    return window


def entry(menu: PoseMenu, label: str) -> int:
    labels = [
        menu.menu.entrycget(index, "label") if menu.menu.type(index) != "separator" else ""
        for index in range((menu.menu.index("end") or 0) + 1)
    ]
    return labels.index(label.capitalize())


def choose(menu: PoseMenu, label: str) -> None:
    menu.menu.invoke(entry(menu, label))
    menu.update()


def drawn(window: MainWindow) -> Drawing:
    click(window.type_tab.field.draw_button)
    wait_until(window, lambda: not window.desk.busy)
    assert window.desk.drawing is not None, window.messages.text
    return window.desk.drawing


def facing(drawing: Drawing) -> float:
    assert drawing.pose is not None
    return float(Pose.of(drawing.pose).facing())


def test_a_bird_is_drawn_in_the_pose_that_is_chosen(posing: MainWindow) -> None:
    menu = posing.type_tab.field.pose_menu
    assert menu.cget("text") == "Pose: any"
    for pose, side in ((LEFT, -1), (RIGHT, 1)):
        choose(menu, LABELS[pose])
        assert menu.cget("text") == f"Pose: {LABELS[pose]}"
        assert facing(drawn(posing)) == side
    path = posing.desk.kept_as
    assert path is not None and read_metadata(path).request.pose == RIGHT
    posing.drawing.surprise()
    wait_until(posing, lambda: not posing.desk.busy)
    again = posing.desk.drawing
    assert again is not None and facing(again) == 1 and again.request.pose == RIGHT


def test_a_bird_is_drawn_as_the_one_that_is_shown(posing: MainWindow) -> None:
    menu = posing.type_tab.field.pose_menu
    choose(menu, LABELS[FLYING])
    choose(menu, AS_SHOWN)
    assert posing.messages.text == NONE_SHOWN and menu.wish == FLYING
    first = drawn(posing)
    choose(menu, AS_SHOWN)
    assert menu.cget("text") == "Pose: as in a picture"
    posing.type_tab.field.sentence = "a bird"
    assert drawn(posing).pose == first.pose
    path = posing.desk.kept_as
    assert path is not None and read_metadata(path).drawn_pose == first.pose
    posing.drawing.draw_kept(read_metadata(path), path)
    wait_until(posing, lambda: not posing.desk.busy)
    again = posing.desk.drawing
    assert again is not None and again.request == read_metadata(path).request


def test_variations_are_in_different_poses(posing: MainWindow) -> None:
    posing.panel.count_box.set(4)
    drawn(posing)
    kept = [read_metadata(each.path) for each in posing.desk._finished if each.path]
    assert len({metadata.drawn_pose for metadata in kept}) == 4
    assert len({metadata.seed for metadata in kept}) == 4


def test_the_speak_tab_asks_for_the_pose_of_its_own_menu(posing: MainWindow) -> None:
    choose(posing.speak_tab.field.pose_menu, LABELS[LEFT])
    subject: Subject = posing.speak_tab.subject()
    assert subject.request.pose == LEFT and posing.type_tab.field.request.pose == "any"


def test_what_the_model_does_not_know_cannot_be_chosen(
    posing: MainWindow, make_window: Callable[..., MainWindow], tmp_path: Path
) -> None:
    menu = posing.type_tab.field.pose_menu
    assert menu.menu.entrycget(entry(menu, LABELS[SWIMMING]), "state") == "disabled"
    choose(menu, LABELS[LEFT])
    menu.offer(())
    assert menu.wish == "any" and menu.cget("text") == "Pose: any"
    told_none = make_weights(tmp_path / "plain.safetensors", posed=False)
    with Engines(told_none, "cpu") as engines:
        window = make_window(engines)
        wait_until(window, lambda: window.painter_loader.value is not None)
        plain = window.type_tab.field.pose_menu
        assert plain.menu.entrycget(0, "label") == NO_POSES
        states = {plain.menu.entrycget(entry(plain, label), "state") for label in LABELS.values()}
        assert states == {"disabled"}
        window.close()


def test_pictures_are_chosen_among_as_many_sketches_as_the_settings_say(
    posing: MainWindow,
) -> None:
    assert drawn(posing).sketches == SKETCHES
    posing.program.show_settings()
    dialog = posing.program.dialog
    assert isinstance(dialog, SettingsDialog)
    dialog.sketches.set("2")
    dialog.sketches.event_generate("<<ComboboxSelected>>")
    dialog.destroy()
    assert drawn(posing).sketches == 2 and Settings.load().sketches == 2
