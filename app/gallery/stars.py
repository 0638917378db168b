"""Stars: for each starred picture an empty file of its name.

A file comes and goes in one step, outlives any index, and two programs can set different ones.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from app.files import make_private_folder


class Stars:
    """The folder of stars.

    Parameters
    ----------
    pictures : the gallery's folder; the stars are in ``starred`` inside.
    """

    def __init__(self, pictures: Path) -> None:
        self._folder = pictures / "starred"

    def names(self) -> frozenset[str]:
        """Return the file names of all starred pictures."""
        with contextlib.suppress(OSError):  # no star was given yet, or the folder cannot be read
            return frozenset(os.listdir(self._folder))
        return frozenset()

    def has(self, name: str) -> bool:
        """Tell whether a picture has a star."""
        return (self._folder / name).exists()

    def set(self, name: str, starred: bool) -> None:
        """Give a picture a star or take it away.

        Raises
        ------
        OSError
            The folder cannot be written to.
        """
        if starred:
            make_private_folder(self._folder)
            (self._folder / name).touch(mode=0o600)
        else:
            (self._folder / name).unlink(missing_ok=True)
