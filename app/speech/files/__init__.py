"""Sound files: which there are, and reading them whole or saying why not; no Tk."""

from __future__ import annotations

from app.errors import AppError

ENDINGS = (
    *(".wav", ".mp3", ".m4a", ".flac", ".ogg", ".opus", ".aiff", ".aif", ".aifc", ".caf", ".au"),
    *(".snd", ".w64", ".rf64", ".bwf", ".oga", ".aac", ".webm", ".wma", ".amr", ".3gp", ".mp4"),
    *(".mov", ".mka", ".mkv", ".mp2", ".mpga", ".ac3", ".ape", ".wv", ".tta", ".voc", ".m4b"),
    *(".m4r", ".eac3", ".vob", ".mts", ".m2ts"),
)
"""What names of files end in that can be read: sounds, and films that have one."""


class SoundFileError(AppError):
    """A sound file cannot be used."""
