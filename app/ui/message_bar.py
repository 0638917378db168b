"""The place in the window where it says, in a sentence, what happened."""

from __future__ import annotations

import logging
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from app.errors import AppError
from app.ui.theme import GAP, Palette
from models.errors import ModelError

_log = logging.getLogger(__name__)


class MessageBar(ttk.Frame):
    """A coloured note or error; takes no room while there is nothing to say."""

    def __init__(self, parent: tk.Misc, palette: Palette) -> None:
        super().__init__(parent)
        self._palette = palette
        self._label = tk.Label(
            self, anchor="w", justify="left", padx=12, pady=10, font="SunValleyBodyFont", bd=0
        )
        self._label.bind("<Configure>", self._wrap)
        self._link = tk.Label(
            self,
            padx=12,
            pady=10,
            font="SunValleyBodyStrongFont",
            bd=0,
            cursor="hand2",
            takefocus=True,
            foreground=palette.link,
            background=palette.note_background,
            highlightthickness=1,
            highlightbackground=palette.note_background,
            highlightcolor=palette.link,
        )
        for event in ("<Button-1>", "<Return>", "<space>"):
            self._link.bind(event, lambda event: self._act())
        self._action: Callable[[], None] | None = None
        self.is_error = False

    @property
    def text(self) -> str:
        """What is shown now; empty when nothing is."""
        return str(self._label.cget("text"))

    @property
    def link(self) -> tk.Label:
        """What can be done about the message: it is seen with messages that offer something."""
        return self._link

    def note(
        self, text: str, link: str | None = None, action: Callable[[], None] | None = None
    ) -> None:
        """Say something that went as it should, and offer to do something, for example Undo."""
        self._show(text, error=False)
        if link is not None:
            self._action = action
            self._label.pack_forget()
            self._link.configure(text=link)
            self._link.pack(side="right", fill="y", pady=(GAP, 0))
            self._label.pack(side="left", fill="both", expand=True, pady=(GAP, 0))

    def error(self, error: Exception | str) -> None:
        """Say what went wrong; the traceback of an unexpected error goes to the log."""
        if isinstance(error, (str, AppError, ModelError)):
            self._show(str(error), error=True)
            return
        _log.error("Unexpected error", exc_info=error)
        self._show(
            f"Something unexpected went wrong ({type(error).__name__}). "
            "The details are in the log file.",
            error=True,
        )

    def clear(self) -> None:
        """Say nothing."""
        self._label.configure(text="")
        self._label.pack_forget()
        self._forget_link()
        self.configure(height=1)  # an empty frame keeps its last height otherwise

    def _show(self, text: str, error: bool) -> None:
        self._forget_link()
        self.is_error = error
        palette = self._palette
        self._label.configure(
            text=text,
            foreground=palette.error if error else ttk.Style(self).lookup(".", "foreground"),
            background=palette.error_background if error else palette.note_background,
        )
        self._label.pack(fill="x", pady=(GAP, 0))

    def _forget_link(self) -> None:
        self._action = None
        self._link.pack_forget()

    def _act(self) -> None:
        action = self._action
        self.clear()
        if action is not None:
            action()

    def _wrap(self, event: tk.Event[tk.Misc]) -> None:
        wrap = event.width - 24
        if wrap != int(str(self._label.cget("wraplength"))):
            self._label.configure(wraplength=wrap)
