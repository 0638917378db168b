"""A computer's clock that is set back while the window is open.

Tk 8.6 remembers for each timer the time of day at which it is due: set back by an hour, nothing
would come for an hour, neither a picture nor a word.
"""

from __future__ import annotations

import contextlib
import time
import tkinter as tk

_EVENTS = ("<Motion>", "<Enter>", "<Key>", "<Button>")
_NOTICED = 0.1  # seconds: a clock that is adjusted slowly stays below


def outlast_changes_of_the_clock(root: tk.Tk) -> None:
    """Let what waits go on, when a person does something after the clock was set back.

    Timers that are set after that are right by themselves.
    """
    ahead = time.time() - time.monotonic()

    def check(event: tk.Event[tk.Misc]) -> None:
        nonlocal ahead
        before, ahead = ahead, time.time() - time.monotonic()
        if ahead < before - _NOTICED:
            _end_waiting(root)

    for event in _EVENTS:
        root.bind_all(event, check, add="+")


def _end_waiting(root: tk.Tk) -> None:
    """Let all timers go off now: none of this program waits for longer than a second."""
    tcl = root.tk
    for timer in tcl.splitlist(tcl.call("after", "info")):
        with contextlib.suppress(tk.TclError):  # the one before took it away
            script, kind = tcl.splitlist(tcl.call("after", "info", timer))
            if kind == "timer":
                tcl.call("after", "cancel", timer)
                tcl.call("uplevel", "#0", script)
