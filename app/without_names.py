"""Text that a person can send: without their name, and without the names of their files."""

from __future__ import annotations

import contextlib
import getpass
import os
import platform
import re
from pathlib import Path

_EVERYWHERE = {"root", "user", "admin", "administrator", "localhost"}  # nobody's name


def without_names(text: str) -> str:
    """Replace the person's home folder by ``~``, and the names of account and computer."""
    for folder in _homes():
        # Also as Python writes it where a backslash parts folders.
        for written in {folder, folder.replace("\\", "\\\\")}:
            text = text.replace(written, "~")
    for name, instead in ((_account(), "ACCOUNT"), (platform.node(), "COMPUTER")):
        if len(name) > 1 and name.casefold() not in _EVERYWHERE:
            text = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", instead, text, flags=re.IGNORECASE)
    return text


def _homes() -> list[str]:
    """Return the home folder, as it is called and as it is; the longest first."""
    homes = set()
    with contextlib.suppress(RuntimeError, OSError):  # there is none
        homes = {str(Path.home()), str(Path.home().resolve())}
    return sorted(homes - {os.sep, "."}, key=len, reverse=True)


def _account() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # a number without an account
        return ""
