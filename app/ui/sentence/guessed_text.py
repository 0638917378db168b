"""Words that are still being said, in a field for a sentence, until it is known what was said."""

from __future__ import annotations

import tkinter as tk

from app.speech.recognition.agreement import same_beginning
from app.ui.toolkit.theme import Palette, follow_palette

_TAG = "guessed"


class GuessedText:
    """Shows guesses in place of what stood in a field, which comes back when they are taken away.

    Undo knows nothing of them.
    """

    def __init__(self, text: tk.Text) -> None:
        self._text = text
        self._expected: str | None = None  # unless the person writes something
        self._before: str | None = None  # what stood there when the first guess came
        follow_palette(text, self._recolour)

    @property
    def shown(self) -> str:
        """The guess that stands in the field, unless somebody changed it; empty where none does."""
        return "" if self._before is None or self._expected is None else self._expected

    def begin(self) -> None:
        """Notice from now on whether the person writes something."""
        self._expected = self._content

    def show(self, settled: str, changing: str) -> bool:
        """Show what was understood so far; false when the person wrote something meanwhile.

        Then what is written stays, and no more guesses are wanted.

        Parameters
        ----------
        settled, changing : the words that stay, and those behind them, which are shown paler.
        """
        now = self._content
        if self._expected is not None and now != self._expected:
            self.take_away()
            return False
        if self._before is None:
            self._before = now
            self._text.configure(undo=False)
        guess = self._expected = " ".join(filter(None, (settled, changing)))
        # Only the end is replaced: what is read, selected or marked stays as it is.
        same = same_beginning(now, guess)
        self._text.replace(f"1.0+{same}c", "end-1c", guess[same:])
        self._text.tag_remove(_TAG, "1.0", "end")
        self._text.tag_add(_TAG, f"1.0+{len(guess) - len(changing)}c", "end-1c")
        self._text.see("end-1c")
        return True

    def take_away(self) -> bool:
        """Bring back what stood there; tell whether the person wrote something since `begin`.

        What was written stays; Undo takes it back.
        """
        now, cursor = self._content, self._text.index("insert")
        written = self._expected is not None and now != self._expected
        before, self._before, self._expected = self._before, None, None
        if before is not None:
            self._text.tag_remove(_TAG, "1.0", "end")
            self._text.replace("1.0", "end-1c", before)  # as Undo believes it to be
            self._text.configure(undo=True)
            if written:
                self._text.edit_separator()
                self._text.replace("1.0", "end-1c", now)
                self._text.edit_separator()
                self._text.mark_set("insert", cursor)
        return written

    @property
    def _content(self) -> str:
        return self._text.get("1.0", "end-1c")

    def _recolour(self, palette: Palette) -> None:
        self._text.tag_configure(_TAG, foreground=palette.muted)
