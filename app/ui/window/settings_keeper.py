"""The settings of a running window: each change is remembered at once."""

from __future__ import annotations

import logging

from app.settings import Settings

_log = logging.getLogger(__name__)


class SettingsKeeper:
    """Holds the settings and writes what changes.

    Attributes
    ----------
    current
        The settings as they are now.
    """

    def __init__(self, settings: Settings) -> None:
        self.current = settings

    def remember(self, **changes: object) -> None:
        """Change fields by name; a file that cannot be written is for the log alone."""
        self.current = self.current.changed(**changes)
        try:
            # Another window may have changed other settings since this one was opened.
            Settings.load(otherwise=self.current).changed(**changes).save()
        except OSError as error:
            _log.warning("The settings cannot be saved: %s", error)
