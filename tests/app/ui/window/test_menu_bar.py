"""The menus and the keys of the whole window, opened and pressed as a person does."""

from __future__ import annotations

from pathlib import Path
from tkinter import filedialog

import pytest

from app.settings import Settings
from app.ui.toolkit.loader import LoadState
from app.ui.window.window import MainWindow
from tests.app.events import press
from tests.conftest import wait_until

SENTENCE = "a small red bird with black wings"


def entries(window: MainWindow, name: str) -> dict[str, tuple[str, str]]:
    """Open a menu; return each entry's key and state."""
    menu = window.menu_bar.menus[name]
    menu.post(200, 200)
    window.root.update()
    found = {}
    for index in range(int(menu.tk.call(str(menu), "index", "end")) + 1):
        if menu.type(index) == "command":
            key = str(menu.entrycget(index, "accelerator")).strip()
            found[menu.entrycget(index, "label")] = (key, str(menu.entrycget(index, "state")))
    menu.unpost()
    window.root.update()
    return found


def choose(window: MainWindow, name: str, label: str) -> None:
    """Open a menu and choose an entry."""
    assert entries(window, name)[label][1] == "normal"
    window.menu_bar.menus[name].invoke(label)
    window.root.update()


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """What the desktop's own programs were asked to open."""
    paths: list[Path] = []
    monkeypatch.setattr("app.ui.window.program_commands.open_path", paths.append)
    return paths


def test_entries_that_make_no_sense_are_disabled(window: MainWindow) -> None:
    window.tabs.select(window.gallery_tab)
    assert entries(window, "File") == {
        "Open picture…": ("Ctrl+O", "normal"),
        "Open sound…": ("Ctrl+Shift+O", "normal"),
        "Open model…": ("", "normal"),
        "Use the bundled model": ("", "disabled"),
        "Save…": ("Ctrl+S", "disabled"),
        "Copy picture": ("Ctrl+Shift+C", "disabled"),
        "Open gallery folder": ("Ctrl+Shift+G", "disabled"),
        "Settings…": ("Ctrl+,", "normal"),
        "Quit": ("Ctrl+Q", "normal"),
    }
    assert entries(window, "Bird") == {
        "Draw": ("Ctrl+Enter", "disabled"),  # the gallery has no description
        "Draw again": ("Ctrl+R", "disabled"),
        "Surprise me": ("Ctrl+Shift+R", "disabled"),
        "Cancel": ("Esc", "disabled"),
        "Record": ("Ctrl+L", "normal"),
    }
    assert entries(window, "Help")["Show log file"] == ("", "disabled")


def test_draw_and_what_it_makes_possible(window: MainWindow, opened: list[Path]) -> None:
    window.tabs.select(window.type_tab)
    window.type_tab.field.sentence = SENTENCE
    choose(window, "Bird", "Draw")
    assert window.desk.busy and entries(window, "Bird")["Cancel"][1] == "normal"
    wait_until(window, lambda: not window.desk.busy)
    assert window.desk.drawing is not None
    first = window.desk.drawing.seed
    disabled = [name for name, (_, state) in entries(window, "File").items() if state != "normal"]
    assert disabled == ["Use the bundled model"]  # it is in use
    press(window.root, "r", "Control-")
    wait_until(window, lambda: not window.desk.busy)
    assert window.desk.drawing.seed != first
    choose(window, "File", "Open gallery folder")
    wait_until(window, lambda: opened == [window.gallery.folder])


def test_keys_reach_every_tab_from_a_text_field(window: MainWindow) -> None:
    for number, tab in enumerate((window.speak_tab, window.type_tab, window.morph_tab), 1):
        window.tabs.select(window.type_tab)
        window.root.update()
        press(window.type_tab.field.text, str(number), "Control-")
        assert window.tabs.nametowidget(window.tabs.select()) is tab
    assert window.type_tab.field.sentence == ""


@pytest.mark.parametrize("key", ["o", "O"])  # a capital: Caps Lock is on
def test_open_asks_once_and_writes_nothing(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch, key: str
) -> None:
    asked: list[object] = []
    monkeypatch.setattr(filedialog, "askopenfilename", lambda **options: asked.append(options))
    window.tabs.select(window.type_tab)
    window.root.update()
    press(window.type_tab.field.text, key, "Control-")
    assert len(asked) == 1 and window.type_tab.field.text.get("1.0", "end") == "\n"
    window.tabs.select(window.gallery_tab)
    window.root.update()
    press(window.gallery_tab.thumbnails.canvas, key, "Control-")
    assert len(asked) == 2


def test_guide_and_log(window: MainWindow, opened: list[Path], home: Path) -> None:
    press(window.root, "F1")
    wait_until(window, lambda: len(opened) == 1)
    assert opened[0].exists() and "docs" in opened[0].parts
    log = home / ".local/share/speech2bird/speech2bird.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    log.write_text("a line\n")
    choose(window, "Help", "Show log file")
    wait_until(window, lambda: opened[1:] == [log])


def test_a_menu_that_has_the_keys_keeps_them(window: MainWindow) -> None:
    """Tk shows a clone of the menu bar, of which tkinter knows nothing."""
    window.messages.note("Something happened.")
    window.panel.view.strip.focus_force()
    window.root.update()
    window.root.tk.eval("focus -force .#!menubar")
    for key in ("space", "Escape", "F1"):
        window.root.tk.eval(f"event generate .#!menubar <KeyPress-{key}>")
        window.root.tk.eval(f"event generate .#!menubar <KeyRelease-{key}>")
    window.root.update()
    assert window.messages.text == "Something happened."


def test_theme_is_chosen_in_the_menu(window: MainWindow) -> None:
    view = window.menu_bar.menus["View"]
    view.invoke("Dark")
    window.root.update()
    assert window.appearance.dark and Settings.load().theme == "dark"
    view.invoke("Light")
    window.root.update()
    assert not window.appearance.dark and Settings.load().theme == "light"


def test_quit(window: MainWindow) -> None:
    wait_until(window, lambda: window.painter_loader.state is LoadState.READY)
    window.root.focus_force()
    window.root.update()
    window.root.event_generate("<Control-KeyPress-q>")
    assert window._closed and Settings.load().geometry is not None
