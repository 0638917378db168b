"""Thumbnails for Tk, loaded beside the window: those that are seen, and some for going back."""

from __future__ import annotations

import tkinter as tk
from collections import OrderedDict
from collections.abc import Callable, Iterable

from PIL import Image, ImageTk

from app.gallery import Entry
from app.ui.toolkit.background import BackgroundRunner, Task

_CACHED = 200  # thumbnails kept that are not seen
_DELAY = 30  # milliseconds: while the grid flies by, nothing is loaded


class ThumbnailCache:
    """Gives the thumbnails that are there, and brings those that are not.

    Parameters
    ----------
    widget : any widget of the window.
    load : gives the thumbnail of an entry, or None if there is none (called in a thread).
    on_loaded : told which entry's thumbnail came.
    """

    def __init__(
        self,
        widget: tk.Misc,
        runner: BackgroundRunner,
        load: Callable[[Entry], Image.Image | None],
        on_loaded: Callable[[Entry], None],
    ) -> None:
        self._widget = widget
        self._runner = runner
        self._load = load
        self._on_loaded = on_loaded
        self._photos: OrderedDict[Entry, ImageTk.PhotoImage | None] = OrderedDict()
        self._wanted: list[Entry] = []
        self._task: Task[None] | None = None
        self._timer: str | None = None

    def __len__(self) -> int:
        return len(self._photos)

    def get(self, entry: Entry) -> ImageTk.PhotoImage | None:
        """Return a thumbnail; None while it is not there, or if there is none."""
        if entry in self._photos:
            self._photos.move_to_end(entry)
        return self._photos.get(entry)

    def clear(self) -> None:
        """Forget all thumbnails, for example since another size is needed."""
        if self._task is not None:
            self._task.cancel()
        self._photos.clear()

    def want(self, entries: Iterable[Entry]) -> None:
        """Load these, and nothing that was wanted before."""
        self._wanted = list(entries)
        if self._timer is None and self.missing():
            self._timer = self._widget.after(_DELAY, self._begin)

    def missing(self) -> list[Entry]:
        """Return what is wanted and not there yet."""
        return [entry for entry in self._wanted if entry not in self._photos]

    def _begin(self) -> None:
        self._timer = None
        if self._task is not None:
            self._task.cancel()
        missing = self.missing()

        def load(task: Task[None]) -> None:
            for entry in missing:
                if task.cancelled():
                    return
                task.progress((entry, self._load(entry)))

        self._task = self._runner.run_in_thread(
            load, lambda _: None, self._failed, lambda loaded: self._loaded(*loaded)
        )

    def _loaded(self, entry: Entry, image: Image.Image | None) -> None:
        # Tk does not hold on to the photo itself: this is its reference.
        self._photos[entry] = (
            None if image is None else ImageTk.PhotoImage(image, master=self._widget)
        )
        while len(self._photos) > _CACHED + len(self._wanted):
            self._photos.popitem(last=False)
        self._on_loaded(entry)

    def _failed(self, error: Exception) -> None:
        raise error  # what a person could do something about comes as None: this is a defect
