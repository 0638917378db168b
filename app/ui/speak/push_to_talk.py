"""The space bar as the record button: hold it while speaking, or tap it to begin and to end."""

from __future__ import annotations

import time
import tkinter as tk
from collections.abc import Callable

_OTHERS = (
    *("Text", "Entry", "Canvas", "Menu", "Combobox", "Spinbox"),
    *("Button", "Checkbutton", "Radiobutton", "Menubutton"),
    "Label",  # only links get the keys
)
"""Ends of the names of widgets in which the space bar means something else."""

_TAP = 0.4  # seconds: whoever lets go sooner has tapped
_REPEAT = 50  # milliseconds: X11 lets go of a held key and presses it again, over and over


class PushToTalk:
    """Turns presses of the space bar into starting and stopping.

    Parameters
    ----------
    button : the record button. The key counts in it, and wherever nothing else wants it while the
        button is to be seen.
    is_recording : whether a recording runs or is about to.
    start, stop : what the key does.
    """

    def __init__(
        self,
        button: tk.Misc,
        is_recording: Callable[[], bool],
        start: Callable[[], None],
        stop: Callable[[], None],
    ) -> None:
        self._button = button
        self._is_recording, self._start, self._stop = is_recording, start, stop
        self._pressed_at: float | None = None
        self._began = False
        self._release: str | None = None
        for widget in (button, button.winfo_toplevel()):
            widget.bind("<KeyPress-space>", self._press, add=True)
            widget.bind("<KeyRelease-space>", self._let_go, add=True)

    def _is_for_us(self, widget: tk.Misc | str) -> bool:
        if widget is self._button:
            return True
        # Asked of Tk: the menu bar that it shows is a clone, of which tkinter has but the name.
        elsewhere = str(self._button.tk.call("winfo", "class", widget)).endswith(_OTHERS)
        return bool(self._button.winfo_viewable()) and not elsewhere

    def _press(self, event: tk.Event[tk.Misc]) -> str | None:
        if not self._is_for_us(event.widget):
            return None
        if self._release is not None:  # the keyboard repeats itself: the key is still down
            self._button.after_cancel(self._release)
            self._release = None
        elif self._pressed_at is None:
            self._pressed_at = time.monotonic()
            self._began = not self._is_recording()
            if self._began:
                self._start()
        return "break"  # or the button would be pressed, too

    def _let_go(self, event: tk.Event[tk.Misc]) -> str | None:
        # Also when the focus has moved meanwhile: the key that began it is up.
        if self._pressed_at is not None and self._release is None:
            held = time.monotonic() - self._pressed_at
            self._release = self._button.after(_REPEAT, lambda: self._end(held))
        return "break" if event.widget is self._button else None

    def _end(self, held: float) -> None:
        self._release = self._pressed_at = None
        tapped_to_begin = self._began and held < _TAP
        if not tapped_to_begin:
            self._stop()
