"""What a person does to the gallery's files: one change after the other, and undone if wanted."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from typing import TypeVar

from app.gallery import Gallery, Trashed
from app.ui.toolkit.background import BackgroundRunner

Result = TypeVar("Result")


class GalleryChanges:
    """Changes files beside the window.

    A command often is about what is selected, and that is another picture after a deletion: a
    command waits until the window shows what the one before it did.

    Parameters
    ----------
    gallery : what is changed.
    on_error : receives what went wrong; it must show the gallery anew, too.
    """

    def __init__(
        self, runner: BackgroundRunner, gallery: Gallery, on_error: Callable[[Exception], None]
    ) -> None:
        self._runner = runner
        self._gallery = gallery
        self._on_error = on_error
        self._deleted: list[Trashed] = []  # the last one is brought back first
        self._going_on = False
        self._waiting: deque[Callable[[], None]] = deque()

    @property
    def to_undo(self) -> int:
        """How many deletions can be undone."""
        return len(self._deleted)

    def in_turn(self, command: Callable[[], None]) -> None:
        """Call a command now, or when those before it have been shown."""
        self._waiting.append(command)
        if not self._going_on:
            self.shown()

    def shown(self) -> None:
        """Go on with the next command: the window shows what the last one did."""
        self._going_on = False
        while self._waiting and not self._going_on:
            self._waiting.popleft()()

    def star(self, name: str, starred: bool, then: Callable[[], None]) -> None:
        """Give a star or take it away."""
        self._change(lambda: self._gallery.star(name, starred), lambda _: then())

    def delete(self, name: str, then: Callable[[], None]) -> None:
        """Move a picture into the trash."""

        def deleted(trashed: Trashed) -> None:
            self._deleted.append(trashed)
            then()

        self._change(lambda: self._gallery.delete(name), deleted)

    def undo(self, then: Callable[[str], None]) -> None:
        """Bring back what was deleted last, if anything was; ``then`` receives its name."""
        if not self._deleted:
            return
        trashed = self._deleted[-1]

        def restored(name: str) -> None:
            self._deleted.remove(trashed)
            then(name)

        def failed(error: Exception) -> None:
            # It can be tried again; one that is gone must not be in the way of those before it.
            if not os.path.exists(trashed.folder / trashed.name):
                self._deleted.remove(trashed)
            self._on_error(error)

        self._change(lambda: self._gallery.restore(trashed), restored, failed)

    def _change(
        self,
        work: Callable[[], Result],
        then: Callable[[Result], None],
        on_error: Callable[[Exception], None] | None = None,
    ) -> None:
        self._going_on = True
        self._runner.run_in_thread(lambda task: work(), then, on_error or self._on_error)
