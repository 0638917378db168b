"""Underlines the words that the picture model does not know, and offers ones that it does."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Collection
from functools import partial
from typing import TYPE_CHECKING

from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.flat_menu import FlatMenu
from app.ui.toolkit.focus import has_focus
from app.ui.toolkit.loader import Loader
from app.ui.toolkit.short_text import short
from app.ui.toolkit.shortcut import Shortcut
from app.ui.toolkit.theme import Palette, follow_palette
from models.request import MAX_CHARACTERS
from models.words.tokens import find_words, fold

if TYPE_CHECKING:
    from app.engine.pictures import EnginePainter

Suggest = Callable[[str, Callable[[list[str]], None]], None]
"""Called with a word and with who wants to know the known words nearest to it."""


def suggester(
    runner: BackgroundRunner,
    painter_loader: Loader[EnginePainter],
    on_error: Callable[[Exception], None],
) -> Suggest:
    """Return a function that asks the model for words; while it loads, nobody is told any."""

    def suggest(word: str, tell: Callable[[list[str]], None]) -> None:
        painter = painter_loader.value
        if painter is not None:
            runner.run_in_thread(lambda task: painter.suggest(word), tell, on_error)

    return suggest


_TAG = "unknown"


class WordMarks:
    """Marks words in a text field.

    A click on a marked word, or Ctrl+full stop with the cursor in it, offers other words.
    """

    def __init__(self, text: tk.Text, suggest: Suggest) -> None:
        self._text, self._suggest = text, suggest
        self.menu = FlatMenu(text)
        follow_palette(text, self._recolour)
        text.tag_bind(_TAG, "<Button-1>", self._clicked)
        text.tag_bind(_TAG, "<Enter>", lambda event: text.configure(cursor="hand2"))
        text.tag_bind(_TAG, "<Leave>", lambda event: text.configure(cursor="xterm"))
        for keys in ("<Control-period>", Shortcut("period").position, "<Menu>"):
            text.bind(keys, self._asked_by_key)

    @property
    def marked(self) -> list[str]:
        """The words that are marked now, in order."""
        ends = [str(index) for index in self._text.tag_ranges(_TAG)]
        return [fold(self._text.get(*place)) for place in zip(ends[::2], ends[1::2], strict=True)]

    def mark(self, unknown: Collection[str]) -> None:
        """Mark these words, wherever they stand, and no others."""
        self._text.tag_remove(_TAG, "1.0", "end")
        if not unknown:
            return
        # What is longer is not drawn, and Tk takes seconds for thousands of marks in a line.
        text = self._text.get("1.0", f"1.0+{MAX_CHARACTERS}c")
        for word, start, end in find_words(text):
            if word in unknown:
                self._text.tag_add(_TAG, f"1.0+{start}c", f"1.0+{end}c")

    def _recolour(self, palette: Palette) -> None:
        self._text.tag_configure(_TAG, underline=True, underlinefg=palette.error)

    def _clicked(self, event: tk.Event[tk.Misc]) -> None:
        self._ask(self._text.index(f"@{event.x},{event.y}"))

    def _asked_by_key(self, event: tk.Event[tk.Misc]) -> str:
        self._ask(self._text.index("insert"))
        return "break"

    def _ask(self, index: str) -> None:
        """Find other words for the marked one at an index, and offer them there."""
        place = self._text.tag_prevrange(_TAG, f"{index}+1c")
        if not place or self._text.compare(index, ">", place[1]):
            return
        unknown = self._text.get(*place)
        self._suggest(fold(unknown), partial(self._offer, place, unknown))

    def _offer(self, place: tuple[str, str], unknown: str, words: list[str]) -> None:
        if self._text.get(*place) != unknown or not has_focus(self._text):
            return  # the person went on meanwhile
        told = f"“{short(unknown)}” is not known"
        self.menu.delete(0, "end")
        self.menu.add_command(label=f"{told}; did you mean", state="disabled")
        for word in words:
            self.menu.add_command(label=word, command=partial(self._take, place, unknown, word))
        if not words:
            self.menu.entryconfigure(0, label=f"{told} and will be left out")
        box = self._text.bbox(place[0])
        if box is not None:
            left, top, _, height = box
            self.menu.tk_popup(
                self._text.winfo_rootx() + left, self._text.winfo_rooty() + top + height
            )

    def _take(self, place: tuple[str, str], unknown: str, word: str) -> None:
        if self._text.get(*place) == unknown:  # not changed meanwhile
            self._text.edit_separator()
            self._text.replace(place[0], place[1], word)
            self._text.edit_separator()
