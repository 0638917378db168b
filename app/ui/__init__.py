"""The window. Importing this package is cheap: Tk comes when the window is opened."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.window.window import MainWindow

from app.installation import COMMAND

_NO_HOME = (
    "There is no home folder that can be written to: your pictures are kept in {folder}, perhaps "
    "not for long. Save those that you like somewhere else."
)
_CLOSE_TIMEOUT = 10.0  # seconds that work still running gets after the window has gone


def open_window(weights: Path | None = None, file: Path | None = None) -> int:
    """Open the window and return the exit status when it was closed.

    A computer without Tk or without a display gets one plain sentence.

    Parameters
    ----------
    weights : model to draw with; None is the one that drew last.
    file : a picture or a sound to show in it, as if it was dropped there.
    """
    try:
        import tkinter
    except ImportError:
        print(
            "speech2bird: this Python has no Tk, which the window needs: install python3-tk "
            f"(Debian, Ubuntu) or python-tk (Homebrew), or use '{COMMAND} draw'.",
            file=sys.stderr,
        )
        return 1
    from app.engine.engines import Engines
    from app.home import make_home
    from app.logfile import start_logging
    from app.settings import Settings
    from app.ui.window.window import MainWindow

    try:
        temporary_home = make_home()
    except OSError as error:
        print(f"speech2bird: there is no home folder, and {error}", file=sys.stderr)
        return 1
    start_logging()
    settings = Settings.load()
    folder = None if settings.whisper_folder is None else Path(settings.whisper_folder)
    if weights is None and settings.weights is not None:
        weights = Path(settings.weights)
    with Engines(
        weights,
        device=settings.device,
        threads=settings.threads,
        recogniser=settings.recogniser,
        whisper_folder=folder,
    ) as engines:
        try:
            window = MainWindow(engines, settings)
        except tkinter.TclError as error:
            print(
                f"speech2bird: the window cannot be opened ({error}); "
                f"'{COMMAND} draw' works without one.",
                file=sys.stderr,
            )
            return 1
        _close_on_signals(window)
        if temporary_home is not None:
            window.messages.note(_NO_HOME.format(folder=window.gallery.folder))
        if file is not None:
            window.pictures.open_dropped([file.absolute()], 1)
        window.run()
    # Drawing and listening have ended with the engines; a file that is being saved is finished.
    window.runner.join(_CLOSE_TIMEOUT)
    return 0


def _close_on_signals(window: MainWindow) -> None:
    """Close the window as its own button does on Ctrl-C in the terminal, or when that is closed."""
    usual = (signal.SIG_DFL, signal.default_int_handler)
    signals = [signal.SIGINT, signal.SIGTERM]
    if sys.platform != "win32":
        signals.append(signal.SIGHUP)
    for each in signals:
        if signal.getsignal(each) in usual:  # not where somebody ignores it: nohup
            signal.signal(each, lambda *_: window.root.after_idle(window.close))
