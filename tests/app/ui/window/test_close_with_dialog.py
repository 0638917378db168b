"""Closing the main window while a dialog is open ends the program, without a word."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

# The window as it is opened; a command opens a real dialog, and then the title bar's cross is
# clicked.
_CLOSE = """
import sys, main
from tkinter import messagebox
from PIL import Image
from app.pictures.picture_file import Picture
from app.pictures.picture_metadata import PictureMetadata
from app.ui.window.window import MainWindow
from models.request import DrawRequest

METADATA = PictureMetadata(DrawRequest("a red bird", 1, 64), "a model")

def run(window):
    def children():
        return window.root.tk.splitlist(window.root.tk.eval("winfo children ."))

    def leave():
        grabbed = window.root.tk.eval("grab current")
        assert grabbed or set(children()) > before, "no dialog is open"
        window.root.tk.eval("eval [wm protocol . WM_DELETE_WINDOW]")

    before = set(children())
    window.root.after(300, lambda: {command})
    window.root.after(900, leave)
    window.root.mainloop()

MainWindow.run = run
sys.exit(main.main([]))
"""


@pytest.mark.parametrize(
    "command",
    [
        "window.pictures.open()",
        "window.pictures.open_sound()",
        "window.program.show_settings() or window.program.dialog.choose_button.invoke()",
        "window.saver._ask_place(Picture(Image.new('RGB', (64, 64)), METADATA), 64)",
        "window.program.show_about()",
        "messagebox.askyesno('a', 'b', parent=window.root)",
        "window.root.after(200, lambda: window.root.tk.call('::tk::dialog::file::CancelCmd', "
        "'.__tk_filedialog')) and (window.pictures.open(), window.pictures.open())",
    ],
    ids=["picture", "sound", "folder", "save", "about", "question", "second"],
)
def test_the_window_is_closed_over_a_dialog(display: None, command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _CLOSE.format(command=command)],
        cwd=REPOSITORY,
        env=os.environ.copy(),
        capture_output=True,
        text=True,
        timeout=100,
    )
    assert done.returncode == 0 and done.stderr == "", done.stderr


# The window as it is opened; it says when it can be used.
_READY = """
import sys, main
from app.ui.window.window import MainWindow

def run(window):
    window.root.after(300, lambda: {command})
    window.root.after(900, lambda: print("ready", flush=True))
    window.root.mainloop()

MainWindow.run = run
sys.exit(main.main([]))
"""


@pytest.mark.parametrize("command", ["None", "window.pictures.open()"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_ctrl_c_in_the_terminal_closes_the_window(
    display: None, number: signal.Signals, command: str
) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", _READY.format(command=command)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    os.killpg(process.pid, number)  # as a terminal does: to all that were started from there
    _, told = process.communicate(timeout=60)
    assert process.returncode == 0 and told == ""
