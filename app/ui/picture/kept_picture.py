"""A picture that was kept in the gallery, or saved anywhere, and opened again."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from app.pictures.picture_file import Picture


@dataclass(frozen=True)
class KeptPicture(Picture):
    """A picture, and the file that it was read from; what was said may lie beside it."""

    path: Path
