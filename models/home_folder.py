"""Finds a person's own folder where a command line names it as ``~``, and no shell did."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence

_BEGINS_AT_HOME = re.compile(r"(--[a-z][\w-]*=)?(~(?:/.*)?)", re.DOTALL)


def with_home(arguments: Sequence[str]) -> list[str]:
    """Return a command line with the home folder for ``~`` where a file or folder begins with it.

    Shells do so themselves, but not in ``--output=~/bird.png``, nor between quotes. A folder that
    is really called so counts first.
    """
    found = list(map(_BEGINS_AT_HOME.fullmatch, arguments))
    if not any(found) or os.path.lexists("~"):
        return list(arguments)
    return [
        (match[1] or "") + os.path.expanduser(match[2]) if match else argument
        for match, argument in zip(found, arguments, strict=True)
    ]
