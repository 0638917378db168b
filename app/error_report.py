"""What a person can send to whoever repairs the program: an error, and where it happened."""

from __future__ import annotations

import platform
import traceback
from importlib.metadata import PackageNotFoundError, version

from app import __version__
from app.logfile import last_lines
from app.without_names import without_names

_LIBRARIES = ("torch", "numpy", "pillow", "faster-whisper", "pyaudio", "sv-ttk")
_LOG_LINES = 50


def error_report(error: BaseException) -> str:
    """Describe an unexpected error: traceback, versions, and the end of the log.

    The name of the person's own folder, which often is their own name, is left out.
    """
    parts = [
        f"speech2bird {__version__}, Python {platform.python_version()}, {platform.platform()}",
        ", ".join(f"{name} {library_version(name)}" for name in _LIBRARIES),
        "".join(traceback.format_exception(error)).rstrip(),
        "The log's last lines:",
        "\n".join(last_lines(_LOG_LINES)) or "(none)",
    ]
    return without_names("\n\n".join(parts)) + "\n"


def library_version(name: str) -> str:
    """Which version of a library is installed, or that it is missing."""
    try:
        return version(name)
    except PackageNotFoundError:
        return "missing"
