"""The text field for a description, with its Draw button; both tabs have one."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk

from app.ui.sentence.completion import Completion
from app.ui.sentence.guessed_text import GuessedText
from app.ui.sentence.pose_menu import PoseMenu, ShownPose
from app.ui.sentence.understood_row import UnderstoodRow
from app.ui.sentence.word_marks import Suggest, WordMarks
from app.ui.toolkit.text_editing import limit_text
from app.ui.toolkit.theme import GAP, Palette, follow_palette, palette_of
from models.reading import SentenceReader
from models.request import MAX_CHARACTERS, DrawRequest
from models.words.completion import completer
from models.words.reader import Reading

_LEAST_LINES, _LEAST_WIDTH = 2, 24  # in letters; it takes what room there is
NOT_NEEDED = "No text is needed"


class SentenceField(ttk.Frame):
    """A few lines of text, what is drawn of them where that is something else, and a Draw button.

    Return and Ctrl+Return draw; Shift+Return begins a new line; Tab takes the rest of a word where
    one is offered, and goes on to the button otherwise.

    Parameters
    ----------
    label : what to write, above the field.
    on_draw : receives what the person wants drawn.
    suggest : finds known words for unknown ones.
    shown_pose, on_missing : as for `PoseMenu`.

    Attributes
    ----------
    guessed : shows in it what is still being said.
    """

    def __init__(
        self,
        parent: tk.Misc,
        label: str,
        on_draw: Callable[[DrawRequest], None],
        suggest: Suggest,
        shown_pose: ShownPose,
        on_missing: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self._on_draw = on_draw
        self._needed = True
        self._reader: SentenceReader | None = None
        self._taken: str | None = None  # words that were told and are used: drawn as they are
        self._taken_for = ""  # the text in whose place they are
        self._label = label
        self.label = ttk.Label(self, text=label, style="Strong.TLabel")
        self.label.pack(anchor="w", pady=(0, GAP))
        self.text = tk.Text(
            self,
            height=_LEAST_LINES,
            width=_LEAST_WIDTH,
            wrap="word",
            undo=True,
            font="SunValleyBodyLargeFont",
            padx=10,
            pady=8,
            relief="flat",
            highlightthickness=1,
        )
        limit_text(self.text)
        follow_palette(self.text, self._recolour)
        self.understood = UnderstoodRow(self, self._use_words)
        row = ttk.Frame(self)
        self.pose_menu = PoseMenu(row, shown_pose, on_missing)
        self.draw_button = ttk.Button(row, text="Draw", style="Accent.TButton", command=self._draw)
        self.draw_button.pack(side="left", fill="x", expand=True)
        self.pose_menu.pack(side="left", padx=(GAP, 0))
        # Packed from below: where words are told, the text gives way, never the button.
        row.pack(side="bottom", fill="x", pady=(GAP + 4, 0))
        self.understood.pack(side="bottom", fill="x")
        self.text.pack(fill="both", expand=True)
        self.text.bind("<<Modified>>", self._modified, add=True)
        self.guessed = GuessedText(self.text)
        self.marks = WordMarks(self.text, suggest)
        self.completion = Completion(self.text, self._rest)
        for keys in ("<Return>", "<Control-Return>"):
            self.text.bind(keys, self._draw_by_key)
        # The field's own: a new line.
        self.text.bind("<Shift-Return>", lambda event: self.completion.hide())
        self.text.bind("<Tab>", self._focus_next)
        # Where Shift+Tab is a Tab, as on a Mac, it would go on to the button, too.
        self.text.bind("<Shift-Tab>", self._focus_previous)

    @property
    def sentence(self) -> str:
        """The text, without white space around it."""
        return self.text.get("1.0", "end-1c").strip()

    @sentence.setter
    def sentence(self, sentence: str) -> None:
        self.text.edit_separator()  # Undo brings back what was written before
        self.text.replace("1.0", "end-1c", sentence)
        self.text.edit_separator()

    @property
    def request(self) -> DrawRequest:
        """What is drawn of the text."""
        as_written = self.sentence == self._taken
        return DrawRequest(self.sentence, as_written=as_written, pose=self.pose_menu.wish)

    @property
    def written(self) -> str:
        """The text, or the one in whose place the words are used that were drawn of it."""
        return self._taken_for if self.sentence == self._taken else self.sentence

    def use_model(self, reader: SentenceReader, poses: tuple[str, ...]) -> None:
        """Tell from now on what a model would draw of the text, and which words it lacks."""
        self.pose_menu.offer(poses)
        self._reader = reader
        self._read()

    def set_busy(self, busy: bool) -> None:
        """Lock the button while a picture is being drawn; the text stays editable."""
        self.draw_button.state(["disabled" if busy else "!disabled"])

    def set_needed(self, needed: bool) -> None:
        """Lock the text, and keep it, while something else than a text is drawn."""
        self._needed = needed
        self.text.configure(state="normal" if needed else "disabled")
        self.label.configure(
            text=self._label if needed else NOT_NEEDED,
            style="Strong.TLabel" if needed else "Muted.TLabel",
        )
        self._recolour(palette_of(self))
        self._read()

    def _recolour(self, palette: Palette) -> None:
        ink = str(ttk.Style(self).lookup(".", "foreground"))
        self.text.configure(
            foreground=ink if self._needed else palette.muted,
            highlightbackground=palette.border,
            highlightcolor=palette.link,
        )

    def _modified(self, event: tk.Event[tk.Misc]) -> None:
        # Tk tells once, until the flag is taken back; taking it back tells again.
        if self.text.edit_modified():
            self.text.edit_modified(False)
            self._read()

    def _read(self) -> None:
        """Mark unknown words at once; what would be drawn is told when the person pauses."""
        if self._reader is None:
            return
        # What is longer is not drawn; so much is read in a few milliseconds.
        text = self.text.get("1.0", f"1.0+{MAX_CHARACTERS}c")
        taken = self.sentence == self._taken
        reading = Reading(text) if taken else self._reader.understand(text)
        self.marks.mark(reading.unknown_words)
        self.understood.show(reading if self._needed else None)

    def _use_words(self, words: str) -> None:
        self._taken, self._taken_for = words, self.sentence
        self.sentence = words
        self.text.mark_set("insert", "end-1c")
        self.text.focus()

    def _draw(self) -> None:
        self._on_draw(self.request)

    def _draw_by_key(self, event: tk.Event[tk.Misc]) -> str:
        self.completion.hide()
        self.draw_button.invoke()  # does nothing while the button is locked
        return "break"

    def _rest(self, before: str) -> str:
        return completer().rest(before, self._reader.known) if self._reader is not None else ""

    def _focus_next(self, event: tk.Event[tk.Misc]) -> str:
        if not self.completion.take():
            self.draw_button.focus()
        return "break"

    def _focus_previous(self, event: tk.Event[tk.Misc]) -> str:
        previous = self.text.tk_focusPrev()
        if previous is not None:
            previous.focus()
        return "break"
