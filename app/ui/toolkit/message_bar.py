"""The place in the window where it says, in a sentence, what happened."""

from __future__ import annotations

import logging
import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from app.error_report import error_report
from app.errors import AppError
from app.ui.toolkit.focus import has_focus
from app.ui.toolkit.theme import GAP, Palette, follow_palette, palette_of
from models.errors import ModelError

_log = logging.getLogger(__name__)

_PRESSED = ("<Button-1>", "<Return>", "<space>")


class MessageBar(ttk.Frame):
    """A coloured note or error, until it is closed; takes no room while there is nothing to say.

    Attributes
    ----------
    link : what can be done about the message: it is seen with messages that offer something.
    close_link : closes the message.
    is_error : whether the last message was one.
    """

    def __init__(self, parent: tk.Misc) -> None:
        super().__init__(parent)
        self._box = tk.Frame(self, bd=0, padx=12, pady=8)
        self._box.columnconfigure(0, weight=1)
        self._label = tk.Label(
            self._box, anchor="w", justify="left", font="SunValleyBodyFont", bd=0, padx=0
        )
        self._label.bind("<Configure>", self._wrap)
        self._label.grid(row=0, column=0, sticky="ew")
        self.link = self._make_link("SunValleyBodyStrongFont", lambda: self._action())
        self.close_link = self._make_link("SunValleyBodyFont", self.clear)
        self.close_link.configure(text="✕")
        self.close_link.grid(row=0, column=2, sticky="ne", padx=(GAP, 0))
        self._action: Callable[[], None] = self.clear
        self.is_error = False
        follow_palette(self, self._recolour)

    @property
    def text(self) -> str:
        """What is shown now; empty when nothing is."""
        return str(self._label.cget("text"))

    def note(
        self, text: str, link: str | None = None, action: Callable[[], None] | None = None
    ) -> None:
        """Say something that went as it should, and offer to do something, for example Undo."""

        def act() -> None:
            self.clear()
            if action is not None:
                action()

        self._show(text, error=False)
        if link is not None:
            self._offer(link, act)

    def add(self, text: str) -> None:
        """Say something more, behind what is said now if anything is."""
        if not self.text:
            self.note(text)
        else:
            self._label.configure(text=f"{self.text} {text}")

    def error(self, error: Exception | str) -> None:
        """Say what went wrong; the traceback of an unexpected error goes to the log."""
        if isinstance(error, (str, AppError, ModelError)):
            self._show(str(error), error=True)
            return
        _log.error("Unexpected error", exc_info=error)
        self.unexpected(error)

    def unexpected(self, error: BaseException) -> None:
        """Say that something happened that should not, and offer the details to copy."""

        def copy_details() -> None:
            self.clipboard_clear()
            self.clipboard_append(error_report(error))
            self.link.configure(text="Copied")

        self._show(
            f"Something unexpected went wrong ({type(error).__name__}). "
            "The details are in the log file.",
            error=True,
        )
        self._offer("Copy details", copy_details, below=True)

    def clear(self) -> None:
        """Say nothing."""
        self._label.configure(text="")
        self._box.pack_forget()
        if has_focus(self.link) or has_focus(self.close_link):
            following = self.tk_focusNext()  # what is not to be seen must not take keys
            if following is not None:
                following.focus()
        self.configure(height=1)  # an empty frame keeps its last height otherwise

    def _make_link(self, font: str, command: Callable[[], None]) -> tk.Label:
        link = tk.Label(
            self._box,
            font=font,
            bd=0,
            padx=0,
            cursor="hand2",
            takefocus=True,
            highlightthickness=1,
        )
        for event in _PRESSED:
            link.bind(event, lambda event: command())
        return link

    def _show(self, text: str, error: bool) -> None:
        self.is_error = error
        self.link.grid_forget()
        self._label.configure(text=text)
        self._recolour(palette_of(self))
        self._box.pack(fill="x", pady=(GAP, 0))

    def _offer(self, text: str, action: Callable[[], None], below: bool = False) -> None:
        """Offer an action at the end of a short sentence, or below a long one."""
        self._action = action
        self.link.configure(text=text)
        if below:
            self.link.grid(row=1, column=0, sticky="w", pady=(4, 0))
        else:
            self.link.grid(row=0, column=1, sticky="ne", padx=(GAP, 0))

    def _recolour(self, palette: Palette) -> None:
        ground = palette.error_background if self.is_error else palette.note_background
        text = palette.error if self.is_error else str(ttk.Style(self).lookup(".", "foreground"))
        self._box.configure(background=ground)
        self._label.configure(background=ground, foreground=text)
        for link in (self.link, self.close_link):
            link.configure(
                background=ground,
                foreground=palette.link if link is self.link and not self.is_error else text,
                highlightbackground=ground,
                highlightcolor=palette.link,
            )

    def _wrap(self, event: tk.Event[tk.Misc]) -> None:
        if event.width != int(str(self._label.cget("wraplength"))):
            self._label.configure(wraplength=event.width)
