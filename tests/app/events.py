"""A person's hands: real mouse and keyboard events for the window's widgets."""

from __future__ import annotations

import itertools
import time
import tkinter as tk
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from app.ui.window.window import MainWindow

_moments = itertools.count(1000, 25)
"""When keys are pressed and let go, in milliseconds: a hand is no quicker."""

_KEYS = {" ": "space", ",": "comma", ".": "period", "\n": "Return", "-": "minus"}


def click(widget: tk.Misc, at: tuple[int, int] | None = None) -> None:
    """Press and let go the left mouse button in the middle of a widget, or at a place in it."""
    widget.update()
    x, y = at or (widget.winfo_width() // 2, widget.winfo_height() // 2)
    place = {"x": x, "y": y}
    for event in ("<Enter>", "<Motion>", "<ButtonPress-1>", "<ButtonRelease-1>", "<Leave>"):
        widget.event_generate(event, **place)  # type: ignore[arg-type]
    widget.update()


def point_at(widget: tk.Misc) -> None:
    """Move the mouse onto a widget."""
    widget.event_generate("<Enter>", x=1, y=1)
    widget.update()


def point_away(widget: tk.Misc) -> None:
    """Move the mouse away from a widget."""
    widget.event_generate("<Leave>", x=1, y=1)
    widget.update()


def press(widget: tk.Misc, keysym: str, modifier: str = "") -> None:
    """Press one key in a widget, for example ``press(field, "Return", "Control-")``."""
    widget.focus_force()
    widget.update()
    widget.event_generate(f"<{modifier}KeyPress-{keysym}>", time=next(_moments))
    if widget.winfo_exists():  # the key may have closed the window
        widget.event_generate(f"<{modifier}KeyRelease-{keysym}>", time=next(_moments))
        widget.update()


def hold(widget: tk.Misc, keysym: str, repeats: int, let_go: bool) -> None:
    """Hold one key down, as X11 and Macs tell it (`let_go`: in between) or as Windows does."""
    widget.focus_force()
    widget.update()
    widget.event_generate(f"<KeyPress-{keysym}>", time=next(_moments))
    for _ in range(repeats):
        moment = next(_moments)
        if let_go:
            widget.event_generate(f"<KeyRelease-{keysym}>", time=moment)
        widget.event_generate(f"<KeyPress-{keysym}>", time=moment)
        widget.update()
    widget.event_generate(f"<KeyRelease-{keysym}>", time=next(_moments))
    widget.update()


def write(widget: tk.Misc, text: str) -> None:
    """Type a text key by key."""
    widget.focus_force()
    widget.update()
    for character in text:
        widget.event_generate("<KeyPress>", keysym=_KEYS.get(character, character))
    widget.update()


def drop(window: MainWindow, path: Path) -> None:
    """Drop a file on the window, as a file manager's messages make tkdnd do."""
    drop_addresses(window, path.as_uri())


def drop_addresses(window: MainWindow, *addresses: str, as_numbers: bool = False) -> None:
    """Drop a list of addresses on the window, as other programs do.

    ``as_numbers`` gives tkdnd the bytes as Tk's own ``selection get`` does, not the text.
    """
    dropped = "".join(f"{address}\r\n" for address in addresses)
    if as_numbers:
        dropped = " ".join(hex(byte) for byte in dropped.encode())
    tcl = window.root.tk
    tcl.setvar("dropped", dropped)
    tcl.eval("proc ::tkdnd::xdnd::GetDroppedData args { normalise_data text/uri-list $::dropped }")
    x, y = window.panel.winfo_rootx() + 50, window.panel.winfo_rooty() + 50
    tcl.eval("::tkdnd::xdnd::HandleXdndEnter . 7 text/uri-list 0")
    tcl.eval(f"::tkdnd::xdnd::HandleXdndPosition {window.panel} {x} {y} 0 7 copy")
    tcl.eval("::tkdnd::xdnd::HandleXdndDrop 0")


FREEZE = 0.1
"""Seconds within which the window answers, whatever it is doing."""


class Heartbeat:
    """Measures how long the window does not answer.

    Attributes
    ----------
    longest
        The longest time in seconds between two beats that should be 10 ms apart. Another program
        that takes the processor makes it longer.
    busiest
        The most of such a time that this process itself, all its threads together, was at work.
        No other program can add to it: it is the window's own fault.
    """

    def __init__(self, root: tk.Misc) -> None:
        self._root = root
        self._last = time.monotonic(), time.process_time()
        self.longest = 0.0
        self.busiest = 0.0
        self._timer = root.after(10, self._beat)

    def _beat(self) -> None:
        wall, busy = time.monotonic(), time.process_time()
        silent, worked = wall - self._last[0], busy - self._last[1]
        self.longest = max(self.longest, silent)
        self.busiest = max(self.busiest, min(silent, worked))  # two threads work twice as much
        self._last = wall, busy
        self._timer = self._root.after(10, self._beat)

    def stop(self) -> float:
        """End measuring and return ``longest``."""
        self._root.after_cancel(self._timer)
        return self.longest
