"""The button that records and stops, the running time, the level, and what is going on."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from app.ui.toolkit.theme import GAP


class RecordRow(ttk.Frame):
    """Shows a recording; it knows nothing of microphones.

    Attributes
    ----------
    button, clock : the button, and the seconds that were recorded.
    """

    def __init__(self, parent: tk.Misc, on_click: Callable[[], None]) -> None:
        super().__init__(parent)
        row = ttk.Frame(self)
        self.button = ttk.Button(row, style="Accent.TButton", command=on_click, width=9)
        self.button.pack(side="left")
        self.clock = ttk.Label(row, style="Timer.TLabel", text="0:00", width=5, anchor="e")
        self.clock.pack(side="left", padx=(GAP, 2 * GAP))
        self._level = ttk.Progressbar(row, maximum=1.0)
        self._level.pack(side="left", fill="x", expand=True)
        row.pack(fill="x")
        self._hint = ttk.Label(self, style="Caption.TLabel")
        self._hint.pack(anchor="w", pady=(GAP, GAP))

    def show(self, label: str, hint: str, waiting: bool, recording: bool) -> None:
        """Say what is going on.

        Parameters
        ----------
        label, hint : what stands on the button, and below it.
        waiting : whether the person can do nothing but wait.
        recording : whether somebody is listened to.
        """
        self.button.configure(text=label)
        self.button.state(["disabled" if waiting else "!disabled"])
        self._hint.configure(text=hint, style="Listening.TLabel" if recording else "Caption.TLabel")
        self._level.stop()
        self._level.configure(mode="indeterminate" if waiting else "determinate", value=0)
        if waiting:
            self._level.start(25)

    def follow(self, seconds: float, level: float) -> None:
        """Show how long a recording is by now, and how loud (0 .. 1)."""
        whole = int(seconds)
        self.clock.configure(text=f"{whole // 60}:{whole % 60:02}")
        self._level.configure(value=level)
