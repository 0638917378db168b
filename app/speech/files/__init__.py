"""Sound files: which there are, and reading them whole or saying why not; no Tk."""

from __future__ import annotations

from app.errors import AppError


class SoundFileError(AppError):
    """A sound file cannot be used."""
