"""The tab with every picture that was drawn."""

from __future__ import annotations

import sys
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk

from app.desktop import open_path
from app.gallery import Entry, Gallery
from app.pictures.picture_file import read_picture
from app.ui.gallery.gallery_actions import GalleryActions
from app.ui.gallery.gallery_changes import GalleryChanges
from app.ui.gallery.gallery_menu import GalleryMenu
from app.ui.gallery.search_bar import SearchBar
from app.ui.gallery.thumbnail_grid import ThumbnailGrid
from app.ui.picture.kept_picture import KeptPicture
from app.ui.toolkit.background import BackgroundRunner, Task
from app.ui.toolkit.flat_menu import MenuEntries, MenuEntry
from app.ui.toolkit.message_bar import MessageBar
from app.ui.toolkit.short_text import short
from app.ui.toolkit.shortcut import Shortcut, on_mac
from app.ui.toolkit.theme import GAP, tab_padding

_LOOKING = "Looking through your pictures…"
_NOTHING = "Every bird you draw is kept here.\nDraw one, and it appears."
_NOT_FOUND = "No picture has all of these words in its sentence."
_NO_STAR = "Pictures with a star appear here.\nChoose one you like, and press S."
# Macs have their Delete key where others have Backspace.
_DELETE = ("Delete", "BackSpace") if sys.platform == "darwin" else ("Delete",)
_TITLE = 24  # characters of a sentence that stand for it in a message


class GalleryTab(ttk.Frame):
    """Search, thumbnails, and what can be done with the selected picture."""

    def __init__(
        self,
        parent: tk.Misc,
        runner: BackgroundRunner,
        gallery: Gallery,
        messages: MessageBar,
        actions: GalleryActions,
    ) -> None:
        super().__init__(parent, padding=tab_padding(parent))
        self._runner = runner
        self._gallery = gallery
        self._messages = messages
        self._actions = actions
        self._starred: frozenset[str] = frozenset()
        self._finding: Task[tuple[list[Entry], frozenset[str]]] | None = None
        self._after_finding: list[Callable[[], None]] = []
        self._refreshing: Task[None] | None = None
        self._refresh_again = False
        self._after_refreshing: list[Callable[[], None]] = []
        self._reading: Task[KeptPicture] | None = None
        self._changes = GalleryChanges(runner, gallery, self._not_changed)
        self._build()
        self.thumbnails.show((), frozenset(), _LOOKING)
        self.bind("<Map>", lambda event: self.refresh())

    def _build(self) -> None:
        self.search = SearchBar(self, self._find)
        self.search.pack(fill="x", pady=(0, GAP))
        self.thumbnails = ThumbnailGrid(
            self,
            self._runner,
            lambda entry, side: self._gallery.thumbnail(entry, side),
            self._selected,
        )
        buttons = ttk.Frame(self)  # made after the thumbnails: the Tab key goes there later
        buttons.pack(side="bottom", fill="x", pady=(GAP, 0))
        self.thumbnails.pack(fill="both", expand=True)
        self.menu = GalleryMenu(self, self.thumbnails, self._entries())
        self.thumbnails.canvas.bind("<Double-Button-1>", lambda event: self.use_sentence())
        self.thumbnails.canvas.bind("<F5>", lambda event: self.refresh())
        self.star_button = ttk.Button(buttons, text="★", command=self.star, style="Star.TButton")
        self.use_button = ttk.Button(buttons, text="Use sentence", command=self.use_sentence)
        self.again_button = ttk.Button(buttons, text="Same seed", command=self.draw_again)
        self.more_button = ttk.Menubutton(buttons, text="More", menu=self.menu)
        for button in (self.star_button, self.use_button, self.again_button):
            button.pack(side="left", padx=(0, GAP))
        self.more_button.pack(side="right")
        self.search.entry.bind("<Down>", lambda event: self.thumbnails.canvas.focus_set())
        self._update_buttons()

    def _entries(self) -> MenuEntries:
        """What the menu offers."""
        mac = on_mac(self)
        save, open_ = Shortcut("s"), Shortcut("o")  # the window's own keys

        def one() -> bool:
            return self.selected is not None

        def shown() -> bool:
            return one() and self._actions.can_save()

        def star() -> str:
            return "Take the star away" if self.has_star else "Star"

        return [
            MenuEntry("Star", self.star, None, one, star, ("s",), "S"),
            MenuEntry(
                "Use the sentence",
                self.use_sentence,
                possible=one,
                keys=("Return",),
                shown="Return",
            ),
            MenuEntry(
                "Draw again with this seed",
                self.draw_again,
                possible=one,
                keys=("r",),
                shown="R",
            ),
            MenuEntry(
                "Play what was said",
                self.play,
                possible=lambda: self.sound is not None,
                keys=("p",),
                shown="P",
            ),
            None,
            MenuEntry("Copy the picture", self._actions.copy, Shortcut("c"), shown),
            MenuEntry("Save…", self._actions.save, possible=shown, shown=save.written(mac)),
            MenuEntry("Delete", self.delete, possible=one, keys=_DELETE, shown="Del"),
            MenuEntry("Undo delete", self.undo, Shortcut("z"), lambda: self.can_undo),
            None,
            MenuEntry("Open picture…", self._actions.open, shown=open_.written(mac)),
            MenuEntry("Open folder", lambda: self._open(self._gallery.folder)),
        ]

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
        return self._changes.to_undo > 0

    def use_gallery(self, gallery: Gallery) -> None:
        """Show the pictures of another folder; what was deleted in the last one stays deleted."""
        if self._refreshing is not None:
            self._refreshing.cancel()
            self._refreshing = None
        self._gallery = gallery
        self._changes = GalleryChanges(self._runner, gallery, self._not_changed)
        self.deselect()
        self.thumbnails.cache.clear()
        self.refresh()

    def refresh(self, then: Callable[[], None] | None = None) -> None:
        """Look what other programs and people did in the folder.

        One look at a time: who asks meanwhile gets another one after it.
        """
        if then is not None:
            self._after_refreshing.append(then)
        if self._refreshing is not None:
            self._refresh_again = True
            return
        self._refresh_again = False
        gallery = self._gallery

        def look_through(task: Task[None]) -> None:
            gallery.refresh(lambda: task.progress(None), task.cancelled)

        self._refreshing = self._runner.run_in_thread(
            look_through, lambda _: self._refreshed(), self._not_refreshed, lambda _: self._find()
        )

    def _not_refreshed(self, error: Exception) -> None:
        self._messages.error(error)
        self._refreshed()  # shows what is known

    def _refreshed(self) -> None:
        self._refreshing = None
        if self._refresh_again:
            self.refresh()
            return
        then, self._after_refreshing = self._after_refreshing, []
        self._after_finding += then
        self._find()

    def added(self, path: Path) -> None:
        """Show a picture that was just kept, which the person sees large already."""
        self._find(lambda: self._select(path.name, tell=False))

    def deselect(self) -> None:
        """Select nothing: another picture than one of these is shown."""
        self.thumbnails.select(None)
        self._update_buttons()

    def star(self) -> None:
        """Give the selected picture a star, or take it away."""
        self._changes.in_turn(self._star)

    def delete(self) -> None:
        """Move the selected picture into the trash, and go to the next one."""
        self._changes.in_turn(self._delete)

    def undo(self) -> None:
        """Bring the picture back that was deleted last."""
        self._changes.in_turn(lambda: self._changes.undo(self._restored))

    def use_sentence(self) -> None:
        """Take the selected picture's sentence once more."""
        if self.selected is not None:
            self._actions.use_sentence(self.selected.metadata)

    def draw_again(self) -> None:
        """Draw the selected picture's sentence with its seed."""
        if self.selected is not None:
            self._actions.draw_again(self.selected.metadata, self._path(self.selected))

    def play(self) -> None:
        """Play what was said for the selected picture, with the person's own player."""
        if self.sound is not None:
            self._open(self.sound)

    def _open(self, path: Path) -> None:
        self._runner.run_in_thread(
            lambda task: open_path(path), lambda _: None, self._messages.error
        )

    def _star(self) -> None:
        if self.selected is not None:
            self._changes.star(self.selected.name, not self.has_star, self._show_change)

    def _delete(self) -> None:
        if self.selected is None:
            return
        title = short(self.selected.metadata.title, _TITLE)
        index = self.thumbnails.position(self.selected.name) or 0

        def deleted() -> None:
            self._messages.note(f"“{title}” is deleted.", "Undo", self.undo)
            self._show_change(lambda: self._select_index(index))

        self._changes.delete(self.selected.name, deleted)

    def _restored(self, name: str) -> None:
        if self.can_undo:
            still = f"The picture is back. Still deleted: {self._changes.to_undo}."
            self._messages.note(still, "Undo", self.undo)
        else:
            self._messages.clear()
        self._show_change(lambda: self._select(name))

    def _not_changed(self, error: Exception) -> None:
        self._messages.error(error)
        self.refresh(self._changes.shown)  # the folder is not as it seemed

    def _show_change(self, then: Callable[[], None] = lambda: None) -> None:
        """Show the gallery as it is now, and let the next command come."""

        def shown() -> None:
            then()
            self._changes.shown()

        self._find(shown)

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
        if self._refreshing is not None:
            hint = _LOOKING
        self.thumbnails.show(entries, starred, hint)
        then, self._after_finding = self._after_finding, []
        for call in then:
            call()
        self._update_buttons()

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
        path = self._path(entry)

        def read(task: Task[KeptPicture]) -> KeptPicture:
            picture = read_picture(path)
            return KeptPicture(picture.image, picture.metadata, path)

        self._reading = self._runner.run_in_thread(read, self._actions.show, self._not_read)

    def _path(self, entry: Entry) -> Path:
        return self._gallery.folder / entry.name

    def _not_read(self, error: Exception) -> None:
        self._messages.error(error)
        self.refresh()

    def _update_buttons(self) -> None:
        for button in (self.star_button, self.use_button, self.again_button):
            button.state(["!disabled" if self.selected is not None else "disabled"])
