"""One kept picture, as lists and searches see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.pictures.picture_metadata import PictureMetadata


@dataclass(frozen=True)
class Entry:
    """One picture of the gallery, without its pixels.

    Attributes
    ----------
    name : its file name in the gallery's folder.
    mtime_ns : when the file was last changed, in nanoseconds: another number, another picture.
    metadata : what it was drawn from.
    """

    name: str
    mtime_ns: int
    metadata: PictureMetadata

    def age_key(self) -> tuple[float, int, str]:
        """Return what entries are sorted by, the oldest first.

        The clock of drawing counts; within a second, and where nobody knows it, the file's.
        """
        try:
            drawn = datetime.fromisoformat(self.metadata.created).timestamp()
        except (ValueError, OverflowError, OSError):
            drawn = self.mtime_ns // 1_000_000_000
        return (drawn, self.mtime_ns, self.name)
