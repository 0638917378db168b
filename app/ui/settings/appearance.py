"""Light or dark: as the person chose, or as the system's other windows are."""

from __future__ import annotations

import logging
import threading
import time
import tkinter as tk

from app.desktop import is_dark
from app.settings import Theme
from app.ui.toolkit.background import BackgroundRunner, Task
from app.ui.toolkit.theme import apply_theme

_log = logging.getLogger(__name__)

_PATIENCE = 0.2  # seconds that the first look may take: an answer in time, and nothing flashes
_PAUSE = 1.0  # seconds between two questions to the system


class Appearance:
    """Gives the window its theme, and follows the system whenever a person comes back to it.

    Attributes
    ----------
    dark : whether the window is dark now.
    """

    def __init__(self, root: tk.Tk, runner: BackgroundRunner, theme: Theme) -> None:
        self._root = root
        self._runner = runner
        self._theme = theme
        self._system_is_dark = False
        self._asked_at = 0.0
        if theme == "system":
            self._ask().wait(_PATIENCE)
        self.dark = self._wanted
        apply_theme(root, self.dark)
        root.bind("<FocusIn>", self._focused, add=True)

    def choose(self, theme: Theme) -> None:
        """Become light or dark, or follow the system."""
        self._theme = theme
        if theme == "system":
            self._ask()
        self._update()

    @property
    def _wanted(self) -> bool:
        return self._system_is_dark if self._theme == "system" else self._theme == "dark"

    def _ask(self) -> threading.Event:
        """Ask the system; the event is set once it has answered."""
        self._asked_at = time.monotonic()
        answered = threading.Event()

        def ask(task: Task[None]) -> None:
            self._system_is_dark = is_dark()
            answered.set()

        self._runner.run_in_thread(ask, lambda _: self._update(), self._failed)
        return answered

    def _failed(self, error: Exception) -> None:
        _log.warning("Whether the system is dark cannot be told: %s", error)

    def _update(self) -> None:
        if self._wanted != self.dark:
            self.dark = self._wanted
            apply_theme(self._root, self.dark)

    def _focused(self, event: tk.Event[tk.Misc]) -> None:
        waited = time.monotonic() - self._asked_at > _PAUSE
        if event.widget is self._root and self._theme == "system" and waited:
            self._ask()
