"""On small screens everything can be reached."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tkinter as tk

import pytest

from app.ui.window.window import MainWindow
from tests.conftest import REPOSITORY, wait_until

# What can be clicked in each tab, and where it ends: nothing may be cut off.
_MEASURE = """
import sys, time, main
from tkinter import ttk
from app.ui.picture.subject import Subject
from app.ui.window.window import MainWindow
from models.request import DrawRequest

def live(window, seconds=0.3):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        window.root.update()
        time.sleep(0.01)

def below(widget):
    for child in widget.winfo_children():
        if child.winfo_viewable():
            yield child
            yield from below(child)

def cut_off(window, area):
    right = area.winfo_rootx() + area.winfo_width()
    bottom = area.winfo_rooty() + area.winfo_height()
    for widget in below(area):
        if isinstance(widget, (ttk.Button, ttk.Menubutton, ttk.Radiobutton, ttk.Entry)):
            ends = widget.winfo_rootx() + widget.winfo_width(), (
                widget.winfo_rooty() + widget.winfo_height()
            )
            small = widget.winfo_height() < widget.winfo_reqheight()
            if ends[0] > right or ends[1] > bottom or small:
                yield str(widget)

def run(window):
    live(window)
    root = window.root
    assert root.winfo_width() <= root.winfo_screenwidth()
    assert root.winfo_rooty() + root.winfo_height() <= root.winfo_screenheight()
    window.panel.show_begin(Subject(DrawRequest("a red bird")))
    for tab in window.tabs.tabs():
        window.tabs.select(tab)
        live(window)
        print(tab, "scrolled" if window.frame.is_scrolled else "fits", *cut_off(window, root))
    window.program.show_about()
    live(window)
    dialog = window.program.dialog
    assert dialog.winfo_rooty() + dialog.winfo_height() <= root.winfo_screenheight()
    live(window)
    print("about", "fits", *cut_off(window, dialog))
    window.close()

MainWindow.run = run
sys.exit(main.main([]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no virtual screens")
@pytest.mark.parametrize("screen", ["800x480", "1024x600"])
def test_everything_fits_on_a_small_screen(screen: str) -> None:
    server = shutil.which("xvfb-run")
    assert server is not None, "install xvfb"
    done = subprocess.run(
        [server, "-a", "-s", f"-screen 0 {screen}x24", sys.executable, "-c", _MEASURE],
        cwd=REPOSITORY,
        env=os.environ.copy(),
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr
    lines = [line.split(maxsplit=1)[1] for line in done.stdout.splitlines()]
    assert lines == ["fits"] * 5, done.stdout


def test_what_does_not_fit_is_scrolled_to(window: MainWindow) -> None:
    window.root.geometry("500x320")
    wait_until(window, lambda: window.frame.is_scrolled)
    window.messages.error("A message that takes several lines. " * 4)
    area = window.frame._canvas

    def is_seen(widget: tk.Misc) -> bool:
        left, top = widget.winfo_rootx(), widget.winfo_rooty()
        right, bottom = left + widget.winfo_width(), top + widget.winfo_height()
        return (
            area.winfo_rootx() <= left
            and area.winfo_rooty() <= top
            and right <= area.winfo_rootx() + area.winfo_width()
            and bottom <= area.winfo_rooty() + area.winfo_height()
        )

    wait_until(window, lambda: is_seen(window.messages))  # it is to be read
    field = window.speak_tab.field
    for widget in (
        window.panel.again_button,
        window.speak_tab.record_button,
        field.draw_button,
        window.panel.seed_bar.entry,
        window.messages.close_link,
    ):
        widget.focus_force()
        window.root.update()
        window.root.update()
        assert is_seen(widget), widget
    window.root.geometry("1300x900")
    wait_until(window, lambda: not window.frame.is_scrolled)
    assert window.panel.canvas.winfo_height() > 400


def test_the_heading_gives_way_in_a_low_window(window: MainWindow) -> None:
    assert window.heading.winfo_ismapped()
    window.root.geometry("1000x480")
    wait_until(window, lambda: not window.heading.winfo_ismapped())
    window.root.geometry("1000x800")
    wait_until(window, lambda: bool(window.heading.winfo_ismapped()))
