"""The tab with every picture that was drawn."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tkinter import ttk
from typing import TypeVar

from app.desktop import open_path
from app.gallery import Entry, Gallery, Trashed
from app.picture_file import Picture, read_picture
from app.picture_metadata import PictureMetadata
from app.ui.background import BackgroundRunner, Task
from app.ui.gallery_menu import GalleryMenu
from app.ui.message_bar import MessageBar
from app.ui.search_bar import SearchBar
from app.ui.theme import GAP, Palette
from app.ui.thumbnail_grid import ThumbnailGrid

Result = TypeVar("Result")
_NOTHING = "Every bird you draw is kept here.\nDraw one, and it appears."
_NOT_FOUND = "No picture has all of these words in its sentence."
_NO_STAR = "Pictures with a star appear here.\nChoose one you like, and press S."
_TITLE = 40  # characters of a sentence that stand for it in a message


@dataclass(frozen=True)
class GalleryActions:
    """What the rest of the window does for the gallery.

    Attributes
    ----------
    show
        Shows a picture large; None shows that there is none.
    use_sentence
        Puts the sentence where it can be changed and drawn.
    draw_again
        Draws the sentence with the same seed.
    save, copy
        Save or copy the picture that is shown.
    open
        Opens a saved picture from anywhere.
    """

    show: Callable[[Picture | None], None]
    use_sentence: Callable[[PictureMetadata], None]
    draw_again: Callable[[PictureMetadata], None]
    save: Callable[[], None]
    copy: Callable[[], None]
    open: Callable[[], None]


class GalleryTab(ttk.Frame):
    """Search, thumbnails, and what can be done with the selected picture.

    Parameters
    ----------
    parent
        The notebook.
    palette
        The window's colours.
    runner
        Runs everything that touches files beside the window.
    gallery
        The kept pictures.
    messages
        Where things are told, and undoing is offered.
    actions
        What the rest of the window does.
    """

    def __init__(
        self,
        parent: tk.Misc,
        palette: Palette,
        runner: BackgroundRunner,
        gallery: Gallery,
        messages: MessageBar,
        actions: GalleryActions,
    ) -> None:
        super().__init__(parent, padding=2 * GAP)
        self._runner = runner
        self._gallery = gallery
        self._messages = messages
        self._actions = actions
        self._starred: frozenset[str] = frozenset()
        self._deleted: list[Trashed] = []  # what Undo brings back, the last first
        self._finding: Task[tuple[list[Entry], frozenset[str]]] | None = None
        self._after_finding: list[Callable[[], None]] = []
        self._reading: Task[Picture] | None = None
        self._changing = False
        self._commands: list[Callable[[], None]] = []  # given while a change was going on
        self._build(palette)
        self.bind("<Map>", lambda event: self.refresh())

    def _build(self, palette: Palette) -> None:
        self.search = SearchBar(self, self._find)
        self.search.pack(fill="x", pady=(0, GAP))
        buttons = ttk.Frame(self)
        buttons.pack(side="bottom", fill="x", pady=(GAP, 0))
        self.thumbnails = ThumbnailGrid(
            self, palette, self._runner, self._gallery.thumbnail, self._selected
        )
        self.thumbnails.pack(fill="both", expand=True)
        self.menu = GalleryMenu(self, self.thumbnails)
        self.use_button = ttk.Button(buttons, text="Use sentence", command=self.use_sentence)
        self.again_button = ttk.Button(buttons, text="Same seed", command=self.draw_again)
        self.more_button = ttk.Menubutton(buttons, text="More", menu=self.menu)
        for button in (self.use_button, self.again_button):
            button.pack(side="left", padx=(0, GAP))
        self.more_button.pack(side="right")
        self.search.entry.bind("<Down>", lambda event: self.thumbnails.canvas.focus_set())
        self._update_buttons()

    @property
    def selected(self) -> Entry | None:
        """The picture that the person chose."""
        return self.thumbnails.selected

    @property
    def has_star(self) -> bool:
        """Whether the selected picture has a star."""
        return self.selected is not None and self.selected.name in self._starred

    @property
    def sound(self) -> Path | None:
        """What was said for the selected picture."""
        return None if self.selected is None else self._gallery.sound(self.selected.name)

    @property
    def can_undo(self) -> bool:
        """Whether a deletion can be undone."""
        return bool(self._deleted)

    def refresh(self) -> None:
        """Look what other programs and people did in the folder."""

        def failed(error: Exception) -> None:
            self._messages.error(error)
            self._find()  # what is known

        self._runner.run_in_thread(
            lambda task: self._gallery.refresh(), lambda _: self._find(), failed
        )

    def added(self, path: Path) -> None:
        """Show a picture that was just kept, which the person sees large already."""
        self._find(lambda: self._select(path.name, tell=False))

    def deselect(self) -> None:
        """Select nothing: another picture than one of these is shown."""
        self.thumbnails.select(None)
        self._update_buttons()

    def star(self) -> None:
        """Give the selected picture a star, or take it away."""
        entry, starred = self.selected, not self.has_star
        if entry is None or self._must_wait(self.star):
            return
        self._change(lambda: self._gallery.star(entry.name, starred), lambda _: self._find())

    def use_sentence(self) -> None:
        """Take the selected picture's sentence once more."""
        if self.selected is not None:
            self._actions.use_sentence(self.selected.metadata)

    def draw_again(self) -> None:
        """Draw the selected picture's sentence with its seed."""
        if self.selected is not None:
            self._actions.draw_again(self.selected.metadata)

    def delete(self) -> None:
        """Move the selected picture into the trash, and go to the next one."""
        if self._must_wait(self.delete):
            return
        entry = self.selected
        if entry is None:
            return
        index = self.thumbnails.position(entry.name) or 0

        def deleted(trashed: Trashed) -> None:
            self._deleted.append(trashed)
            title = entry.metadata.sentence
            title = title if len(title) <= _TITLE else title[: _TITLE - 1] + "…"
            self._messages.note(f"“{title}” is deleted.", "Undo", self.undo)
            self._find(lambda: self._select_index(index))

        self._change(lambda: self._gallery.delete(entry.name), deleted)

    def undo(self) -> None:
        """Bring the picture back that was deleted last."""
        if self._must_wait(self.undo) or not self._deleted:
            return
        trashed = self._deleted.pop()

        def restored(name: str) -> None:
            self._messages.clear()
            self._find(lambda: self._select(name))

        self._change(lambda: self._gallery.restore(trashed), restored)

    def save(self) -> None:
        """Save the shown picture somewhere else."""
        self._actions.save()

    def copy(self) -> None:
        """Copy the shown picture."""
        self._actions.copy()

    def play(self) -> None:
        """Play what was said for the selected picture, with the person's own player."""
        if self.sound is not None:
            self._open(self.sound)

    def open_folder(self) -> None:
        """Show the gallery's files in the person's own file manager."""
        self._open(self._gallery.folder)

    def open_picture(self) -> None:
        """Show a picture from anywhere, and take its sentence."""
        self._actions.open()

    def _open(self, path: Path) -> None:
        self._runner.run_in_thread(
            lambda task: open_path(path), lambda _: None, self._messages.error
        )

    def _must_wait(self, command: Callable[[], None]) -> bool:
        """Tell whether a change is going on; the command is then given again after it."""
        if self._changing:
            self._commands.append(command)
        return self._changing

    def _change(self, work: Callable[[], Result], then: Callable[[Result], None]) -> None:
        """Change files beside the window; ``then`` must look for pictures anew."""
        self._changing = True

        def failed(error: Exception) -> None:
            self._messages.error(error)
            self.refresh()  # the folder is not as it seemed

        self._runner.run_in_thread(lambda task: work(), then, failed)

    def _find(self, then: Callable[[], None] | None = None) -> None:
        """Look for what is asked for, and show it; ``then`` is called afterwards."""
        if then is not None:
            self._after_finding.append(then)
        if self._finding is not None:
            self._finding.cancel()
        words, starred_only = self.search.words, self.search.starred_only
        self._finding = self._runner.run_in_thread(
            lambda task: (self._gallery.find(words, starred_only), self._gallery.starred()),
            lambda found: self._found(*found),
            self._messages.error,
        )

    def _found(self, entries: list[Entry], starred: frozenset[str]) -> None:
        self._starred = starred
        hint = _NO_STAR if self.search.starred_only else _NOTHING
        if self.search.words:
            hint = _NOT_FOUND
        self.thumbnails.show(entries, starred, hint)
        then, self._after_finding = self._after_finding, []
        for call in then:
            call()
        self._update_buttons()
        self._changing = False
        commands, self._commands = self._commands, []
        for command in commands:
            command()

    def _select(self, name: str, tell: bool = True) -> None:
        index = self.thumbnails.position(name)
        if index is None:
            self.thumbnails.select(None)
        else:
            self.thumbnails.select(self.thumbnails.entries[index], tell)

    def _select_index(self, index: int) -> None:
        """Select the entry at a place, or the last one before it."""
        entries = self.thumbnails.entries
        if entries:
            self.thumbnails.select(entries[min(index, len(entries) - 1)])
        else:
            self._actions.show(None)

    def _selected(self, entry: Entry) -> None:
        self._update_buttons()
        if self._reading is not None:
            self._reading.cancel()  # the arrow keys are faster than the disk
        path = self._gallery.folder / entry.name
        self._reading = self._runner.run_in_thread(
            lambda task: read_picture(path), self._actions.show, self._messages.error
        )

    def _update_buttons(self) -> None:
        for button in (self.use_button, self.again_button):
            button.state(["!disabled" if self.selected is not None else "disabled"])
