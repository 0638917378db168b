"""The log file: what the window says in a sentence, it has in full."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path

from app.settings import data_folder

_BYTES = 500_000


def log_path() -> Path:
    """Return the path of the log file."""
    return data_folder() / "speech2bird.log"


def start_logging() -> None:
    """Write warnings and errors to the log file; without a writable folder, go on without."""
    path = log_path()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(path, maxBytes=_BYTES, backupCount=1, encoding="utf-8")
    except OSError as error:
        logging.getLogger(__name__).warning("There is no log file: %s", error)
        return
    handler.setLevel(logging.WARNING)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
