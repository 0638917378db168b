"""A home for settings and pictures, where the account has none: containers, kiosks, new numbers."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from app.settings import data_folder


def make_home() -> Path | None:
    """Make sure that there is a home folder that can be used, for this process and its children.

    Returns
    -------
    Path or None
        The temporary folder that is taken for it from now on; None where there is a home.

    Raises
    ------
    OSError
        There is no home, and no folder for temporary files that can be written to.
    """
    if not os.path.isabs(os.environ.get("HOME", "")):
        os.environ.pop("HOME", None)
        home = os.path.expanduser("~")  # what the account says
        if os.path.isabs(home):
            os.environ["HOME"] = home
    home = os.environ.get("HOME", "")
    if os.path.isdir(home) and (os.access(home, os.W_OK | os.X_OK) or data_folder().exists()):
        return None
    os.environ["HOME"] = tempfile.mkdtemp(prefix="speech2bird-")
    return Path(os.environ["HOME"])
