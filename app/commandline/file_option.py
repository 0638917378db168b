"""Names of files as people paste them: a path, or the address that a file manager copies."""

from __future__ import annotations

import argparse
import os
import platform
import re
from pathlib import Path
from urllib.parse import unquote_to_bytes, urlsplit

_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def named_path(text: str) -> Path:
    """Return the file or folder that was named.

    Raises
    ------
    ArgumentTypeError
        Nothing was, as when a variable of a shell is empty: it would be the working folder.
    """
    if not text:
        raise argparse.ArgumentTypeError("the name is empty")
    return Path(text)


def file_to_read(text: str) -> Path:
    """Return the file that was named.

    Raises
    ------
    ArgumentTypeError
        No file was, or a link to another computer.
    """
    if not _ADDRESS.match(text) or os.path.lexists(text):
        return named_path(text)
    scheme, host, path, *_ = urlsplit(text, allow_fragments=False)
    if scheme != "file" or host not in ("", "localhost", platform.node()):
        raise argparse.ArgumentTypeError(
            f"{text} is a link, and nothing is fetched from there. Save the file on this computer, "
            "and name that."
        )
    return Path(os.fsdecode(unquote_to_bytes(path)))
