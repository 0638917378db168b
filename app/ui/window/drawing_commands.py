"""Commands about drawing: whatever button, menu or key gives them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from tkinter import ttk
from typing import TYPE_CHECKING

from app.pictures.picture_metadata import PictureMetadata
from app.ui.gallery.kept_models import KeptModels
from app.ui.picture.drawing_desk import DrawingDesk
from app.ui.picture.picture_panel import PicturePanel
from app.ui.picture.subject import Subject
from app.ui.sentence.sentence_field import SentenceField
from app.ui.sentence.type_tab import TypeTab
from app.ui.speak.kept_sound import KeptSound
from app.ui.speak.speak_tab import SpeakState, SpeakTab
from app.ui.toolkit.message_bar import MessageBar

if TYPE_CHECKING:
    from app.engine.pictures import EnginePainter


@dataclass(frozen=True)
class DrawingCommands:
    """A command that makes no sense now does nothing.

    Attributes
    ----------
    tabs : hold what can be drawn.
    speak_tab : one of them, which records.
    panel : shows what was drawn.
    desk, kept_sound : draw sentences and subjects, and what was said for a kept picture.
    models : find what drew a kept picture.
    """

    tabs: ttk.Notebook
    speak_tab: SpeakTab
    panel: PicturePanel
    desk: DrawingDesk
    kept_sound: KeptSound
    messages: MessageBar
    models: KeptModels

    @property
    def field(self) -> SentenceField | None:
        """The description in front; None where the tab in front has none."""
        tab = self.tabs.nametowidget(self.tabs.select())
        return tab.field if isinstance(tab, (SpeakTab, TypeTab)) else None

    @property
    def recording(self) -> bool:
        """Whether a recording runs."""
        return self.speak_tab.state_of_speech is SpeakState.RECORDING

    def can_draw(self) -> bool:
        """Tell whether there is a description in front that can be drawn."""
        return self.field is not None and self.field.draw_button.instate(["!disabled"])

    def draw(self) -> None:
        """Draw the description in front."""
        if self.field is not None:
            self.field.draw_button.invoke()

    def draw_again(self) -> None:
        """Draw what the picture that is shown was drawn from."""
        kept = self.panel.kept
        if not self.panel.has_picture:
            return
        if kept is not None:
            self._repeat(kept.metadata, kept.path, None)
        else:
            self.desk.draw_again()

    def draw_kept(self, metadata: PictureMetadata, path: Path) -> None:
        """Draw what a kept picture was drawn from, with its seed and its model."""
        self._repeat(metadata, path, metadata.seed)

    def surprise(self) -> None:
        """Draw what the picture that is shown was drawn from, with a new seed."""
        panel = self.panel
        kept = panel.kept
        if not panel.has_picture:
            return
        if kept is not None:
            self._draw_kept(kept.metadata, kept.path, panel.seed_bar.surprise(panel.count), None)
        else:
            self.desk.surprise()

    def cancel(self) -> None:
        """Give up what is being drawn."""
        self.desk.cancel()

    def escape(self) -> None:
        """Leave what is most in the way: an enlarged picture, a drawing, a message."""
        if not self.panel.escape():
            self.messages.clear()

    def record_or_stop(self) -> None:
        """Begin to listen, or end it."""
        self.tabs.select(self.speak_tab)
        self.speak_tab.record_button.invoke()

    def _repeat(self, metadata: PictureMetadata, path: Path, seed: int | None) -> None:
        self.models.find(
            metadata, lambda found, painter: self._draw_kept(found, path, seed, painter)
        )

    def _draw_kept(
        self,
        metadata: PictureMetadata,
        path: Path,
        seed: int | None,
        painter: EnginePainter | None,
    ) -> None:
        if metadata.way == "text":
            self.desk.draw_subject(Subject(metadata.request, painter=painter), seed)
        else:
            self.kept_sound.draw(path, metadata.request, seed, painter)
