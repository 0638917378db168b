"""Commands about pictures and files: whatever button, menu or key gives them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tkinter import ttk

from app.file_kind import Kind, kind_of
from app.pictures.picture_file import Picture
from app.pictures.picture_metadata import PictureMetadata
from app.ui.gallery.gallery_tab import GalleryTab
from app.ui.picture.attention_window import AttentionWindow
from app.ui.picture.drawing_desk import DrawingDesk
from app.ui.picture.kept_picture import KeptPicture
from app.ui.picture.picture_opener import PictureOpener
from app.ui.picture.picture_panel import PicturePanel
from app.ui.picture.picture_saver import PictureSaver
from app.ui.sentence.type_tab import TypeTab
from app.ui.speak.speak_tab import SpeakTab
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.message_bar import MessageBar
from app.ui.window.dropping import as_on_disk
from models.sketches.pose_wish import PartPlaces


@dataclass(eq=False)
class PictureCommands:
    """A command that makes no sense now does nothing.

    Attributes
    ----------
    tabs, speak_tab, type_tab, gallery_tab : what takes a sound, a sentence, and what shows which
        picture is chosen.
    panel, desk : show and draw pictures.
    saver : writes them.
    folder : gives where dialogs for pictures begin.
    draw_kept : draws what a kept picture was drawn from.
    opener : reads pictures that are opened.
    """

    root: tk.Tk
    runner: BackgroundRunner
    messages: MessageBar
    tabs: ttk.Notebook
    speak_tab: SpeakTab
    type_tab: TypeTab
    gallery_tab: GalleryTab
    panel: PicturePanel
    desk: DrawingDesk
    saver: PictureSaver
    folder: Callable[[], str]
    draw_kept: Callable[[PictureMetadata, Path], None]

    def __post_init__(self) -> None:
        self.opener = PictureOpener(self.root, self.runner, self.messages, self._opened)

    @property
    def shown(self) -> Picture | None:
        """The picture that saving and copying are about; None while no whole one is shown."""
        drawing = self.desk.drawing
        if not self.panel.has_picture:
            return None
        if self.panel.kept is not None or drawing is None:
            return self.panel.kept
        return Picture(drawing.image, PictureMetadata.of(drawing))

    @property
    def shown_pose(self) -> PartPlaces | None:
        """The pose of that picture, as far as it is known."""
        return None if self.shown is None else self.shown.metadata.drawn_pose

    def can_save(self) -> bool:
        """Tell whether there is a picture to save or copy."""
        return self.shown is not None

    def save(self) -> None:
        """Save the picture that is shown."""
        if self.shown is not None:
            self.saver.save(self.shown)

    def copy(self) -> None:
        """Copy the picture that is shown."""
        if self.shown is not None:
            self.saver.copy(self.shown)

    def open(self) -> None:
        """Open a saved picture."""
        self.opener.ask(self.folder())

    def open_sound(self) -> None:
        """Open a sound file in place of a recording."""
        self.tabs.select(self.speak_tab)
        self.speak_tab.sound_row.open_button.invoke()

    def open_dropped(self, paths: list[Path], dropped: int) -> None:
        """Open a dropped picture, or take a sound for what was said.

        Of several files, the first that is either is taken, and the person is told so; links are
        among the things that were dropped.
        """
        things = "files" if dropped == len(paths) else "files and links"

        def first(task: object) -> tuple[Kind, Path]:
            files = map(as_on_disk, paths)
            kinds = ((kind_of(path), path) for path in files)
            return next((each for each in kinds if each[0] != "other"), ("other", paths[0]))

        self.runner.run_in_thread(
            first, lambda found: self._open_as(*found, dropped, things), self.messages.error
        )

    def _open_as(self, kind: Kind, path: Path, dropped: int, things: str) -> None:
        """Open one of so many dropped things."""
        several = f"of the {dropped} {things} that you dropped"
        only = f"Only {path.name} was taken {several}: drop one at a time."
        beside = only if dropped > 1 else None
        if kind == "picture":
            self.opener.open(path, beside)
        elif kind == "sound":
            self.tabs.select(self.speak_tab)
            self.speak_tab.open_sound(path, beside)
        else:
            refused = f"None {several} can" if dropped > 1 else f"{path} cannot"
            self.messages.error(
                f"{refused} be opened: give a picture that was drawn here, or a sound file."
            )

    def _opened(self, picture: Picture, path: Path) -> None:
        """Show a picture that was opened, and offer to draw it again."""
        self.gallery_tab.deselect()
        self.show_kept(KeptPicture(picture.image, picture.metadata, path))
        self.use_sentence(picture.metadata)
        self.messages.note(
            f"{path.name} was drawn with seed {picture.metadata.seed}.",
            "Draw it again",
            lambda: self.draw_kept(picture.metadata, path),
        )

    def show_kept(self, picture: KeptPicture | None) -> None:
        """Show a picture of the gallery, or that there is none."""
        if self.desk.busy:
            # The picture that is being drawn is what the person waits for; this comes without it.
            self.panel.kept = picture
        elif picture is None:
            self.panel.show_nothing()
        else:
            self.panel.show_kept(picture)

    def use_sentence(self, metadata: PictureMetadata) -> None:
        """Put a picture's sentence where it can be changed and drawn."""
        if metadata.way == "sound":
            self.messages.note("This picture was drawn straight from sound: it has no sentence.")
            return
        self.type_tab.field.sentence = metadata.sentence
        self.tabs.select(self.type_tab)
        self.type_tab.field.text.focus()

    def show_attention(self) -> None:
        """Show which words each stage of the drawing used."""
        if self.desk.drawing is not None:
            AttentionWindow(self.root, self.runner, self.desk.drawing, self.folder())
