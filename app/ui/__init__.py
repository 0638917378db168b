"""The window. Importing this package is cheap: Tk comes when the window is opened."""

from __future__ import annotations

import sys


def open_window() -> int:
    """Open the window and return the exit status when it was closed.

    A computer without Tk or without a display gets one plain sentence.
    """
    try:
        import tkinter
    except ImportError:
        print(
            "speech2bird: this Python has no Tk, which the window needs: install python3-tk "
            "(Debian, Ubuntu) or python-tk (Homebrew), or use 'python main.py draw'.",
            file=sys.stderr,
        )
        return 1
    from app.logfile import start_logging
    from app.ui.window import MainWindow

    start_logging()
    try:
        window = MainWindow()
    except tkinter.TclError as error:
        print(
            f"speech2bird: the window cannot be opened ({error}); "
            "'python main.py draw' works without one.",
            file=sys.stderr,
        )
        return 1
    window.run()
    return 0
