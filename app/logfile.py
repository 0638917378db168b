"""The log file: what the window says in a sentence, it has in full."""

from __future__ import annotations

import logging
import os
import sys
from io import TextIOWrapper
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app.files import make_private_folder, open_private
from app.settings import data_folder

_BYTES = 1_000_000
_TAIL = 50_000  # bytes, in which the last lines are looked for


def log_path() -> Path:
    """Return the path of the log file."""
    return data_folder() / "speech2bird.log"


def last_lines(count: int) -> list[str]:
    """Return the last lines of the log file; none where there is no log."""
    if not log_path().is_file():
        return []
    try:
        with log_path().open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - _TAIL))
            text = file.read().decode("utf-8", errors="replace")
    except OSError:
        return []
    return text.splitlines()[-count:]


class _PrivateFileHandler(RotatingFileHandler):
    """Keeps every file it begins for the person alone; a full disk is no defect."""

    def _open(self) -> TextIOWrapper:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        if sys.platform != "win32":
            flags |= os.O_NONBLOCK  # a pipe is not waited for
        handle = open_private(self.baseFilename, flags)
        return open(handle, "a", encoding=self.encoding, errors=self.errors)

    def handleError(self, record: logging.LogRecord) -> None:
        """Say on the terminal what does not fit on the disk."""
        if isinstance(sys.exc_info()[1], OSError) and logging.lastResort is not None:
            logging.lastResort.handle(record)
        else:
            super().handleError(record)


def start_logging() -> None:
    """Write warnings and errors to the log file; without a writable folder, go on without."""
    path = log_path()
    try:
        make_private_folder(path.parent)
        handler = _PrivateFileHandler(
            path,
            maxBytes=_BYTES,
            backupCount=1,
            encoding="utf-8",
            errors="backslashreplace",  # file names may hold what is no text
        )
    except OSError as error:
        logging.getLogger(__name__).warning("There is no log file: %s", error)
        return
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
