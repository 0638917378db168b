"""Which files a dialog for opening one lists."""

from __future__ import annotations

from collections.abc import Iterable


def patterns(endings: Iterable[str]) -> str:
    """Return patterns for names with these endings (".wav"), as cameras and recorders write them.

    Tk's own dialog, on Linux, tells capitals from small letters.
    """
    return " ".join(
        f"*.{form}"
        for ending in endings
        for name in [ending.removeprefix(".")]
        for form in dict.fromkeys((name, name.upper(), name.capitalize()))
    )
