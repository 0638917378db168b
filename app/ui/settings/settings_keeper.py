"""The settings of a running window: each change is remembered at once."""

from __future__ import annotations

import logging
from pathlib import Path

from app.settings import Settings

_log = logging.getLogger(__name__)

_MOST_MODELS = 50


class SettingsKeeper:
    """Holds the settings and writes what changes.

    Attributes
    ----------
    current : the settings as they are now.
    """

    def __init__(self, settings: Settings) -> None:
        self.current = settings

    def remember_model(self, weights: Path | None) -> None:
        """Remember which model draws, and that it was opened: a picture may ask for it again."""
        file = None if weights is None else str(weights)
        models = self.current.models
        if file is not None and models[:1] != (file,):
            # Another window may have opened others.
            known = Settings.load(otherwise=self.current).models
            models = (file, *(each for each in known if each != file))[:_MOST_MODELS]
        if (file, models) != (self.current.weights, self.current.models):
            self.remember(weights=file, models=models)

    def remember(self, **changes: object) -> None:
        """Change fields by name; a file that cannot be written is for the log alone."""
        self.current = self.current.changed(**changes)
        try:
            # Another window may have changed other settings since this one was opened.
            Settings.load(otherwise=self.current).changed(**changes).save()
        except OSError as error:
            _log.warning("The settings cannot be saved: %s", error)
