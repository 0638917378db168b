"""The rest of a name or word, in grey behind the cursor while somebody types."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable

from app.ui.toolkit.theme import Palette, follow_palette


class Completion:
    """Offers how a word may go on; it is written when it is taken, and gone with the next key.

    It is offered at the end of a line only, where it covers nothing.

    Parameters
    ----------
    text : the field.
    complete : returns the rest of the word that ends a text, or nothing.

    Attributes
    ----------
    offered : the letters that are offered now, or nothing.
    """

    def __init__(self, text: tk.Text, complete: Callable[[str], str]) -> None:
        self._text, self._complete = text, complete
        self.offered = ""
        self.label = tk.Label(text, font=text.cget("font"), borderwidth=0, padx=0, pady=0)
        follow_palette(text, self._recolour)
        self.label.bind("<Button-1>", lambda event: self.take())
        self._waiting: str | None = None
        text.bind("<Key>", self._pressed, add=True)
        text.bind("<Escape>", self._refuse, add=True)
        for happening in ("<FocusOut>", "<Button>", "<Configure>"):
            text.bind(happening, lambda event: self.hide(), add=True)

    def take(self) -> bool:
        """Write what is offered; false when nothing is."""
        offered = self.offered
        self.hide()
        if offered:
            self._text.edit_separator()
            self._text.insert("insert", offered)
            self._text.see("insert")
        return bool(offered)

    def hide(self) -> None:
        """Offer nothing until the person types again."""
        if self._waiting is not None:
            self._text.after_cancel(self._waiting)
            self._waiting = None
        self.offered = ""
        self.label.place_forget()

    def _pressed(self, event: tk.Event[tk.Misc]) -> None:
        self.hide()
        if event.char.isalnum() and self._text.cget("state") == "normal":
            self._waiting = self._text.after_idle(self._offer)  # once the letter is there

    def _refuse(self, event: tk.Event[tk.Misc]) -> str | None:
        if not self.offered:
            return None
        self.hide()
        return "break"

    def _offer(self) -> None:
        self._waiting = None
        if self._text.compare("insert", "!=", "insert lineend"):
            return
        rest = self._complete(self._text.get("insert linestart", "insert"))
        place = self._text.bbox("insert - 1c") if rest else None
        if place is None:
            return
        x, y, width, height = place
        self.label.configure(text=rest, background=self._text.cget("background"))
        if x + width + self.label.winfo_reqwidth() <= self._text.winfo_width():
            self.offered = rest
            # Outside: otherwise the field's padding is added once more.
            self.label.place(x=x + width, y=y, height=height, bordermode="outside")

    def _recolour(self, palette: Palette) -> None:
        self.label.configure(foreground=palette.muted)
