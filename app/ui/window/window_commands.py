"""What buttons, menus and keys do: each command, whoever gives it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.desktop import open_path
from app.logfile import log_path
from app.pictures.file_kind import Kind, kind_of
from app.pictures.picture_file import Picture
from app.pictures.picture_metadata import PictureMetadata
from app.ui.picture.attention_window import AttentionWindow
from app.ui.picture.kept_picture import KeptPicture
from app.ui.sentence.sentence_field import SentenceField
from app.ui.sentence.type_tab import TypeTab
from app.ui.speak.speak_tab import SpeakState, SpeakTab
from app.ui.toolkit.dialog import Dialog
from app.ui.window.about_dialog import AboutDialog
from app.ui.window.dropping import as_on_disk
from app.ui.window.settings_dialog import SettingsDialog

if TYPE_CHECKING:
    from app.ui.window.window import MainWindow

_DOCS = Path(__file__).resolve().parents[3] / "docs"


class WindowCommands:
    """The commands of one window; a command that makes no sense now does nothing.

    Attributes
    ----------
    dialog
        The settings or the About box, if one was opened; it may be closed already.
    """

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self.dialog: Dialog | None = None

    # --- Drawing

    @property
    def field(self) -> SentenceField | None:
        """The description in front; None where the tab in front has none."""
        tab = self._window.tab_in_front
        return tab.field if isinstance(tab, (SpeakTab, TypeTab)) else None

    @property
    def recording(self) -> bool:
        """Whether a recording runs."""
        return self._window.speak_tab.state_of_speech is SpeakState.RECORDING

    def draw(self) -> None:
        """Draw the description in front."""
        if self.field is not None:
            self.field.draw_button.invoke()

    def draw_again(self) -> None:
        """Draw what the picture that is shown was drawn from."""
        window = self._window
        kept = window.panel.kept
        if not window.panel.has_picture:
            return
        if kept is not None:
            self._draw_kept(kept.metadata, kept.path, None)
        else:
            window.desk.draw_again()

    def draw_kept(self, metadata: PictureMetadata, path: Path) -> None:
        """Draw what a kept picture was drawn from, with its seed."""
        self._draw_kept(metadata, path, metadata.seed)

    def _draw_kept(self, metadata: PictureMetadata, path: Path, seed: int | None) -> None:
        if metadata.way == "text":
            self._window.desk.draw(metadata.request, seed)
        else:
            self._window.kept_sound.draw(path, metadata.request, seed)

    def surprise(self) -> None:
        """Draw what the picture that is shown was drawn from, with a new seed."""
        panel = self._window.panel
        kept = panel.kept
        if not panel.has_picture:
            return
        if kept is not None:
            self._draw_kept(kept.metadata, kept.path, panel.seed_bar.surprise(panel.count))
        else:
            self._window.desk.surprise()

    def cancel(self) -> None:
        """Give up what is being drawn."""
        self._window.desk.cancel()

    def escape(self) -> None:
        """Leave what is most in the way: an enlarged picture, a drawing, a message."""
        if not self._window.panel.escape():
            self._window.messages.clear()

    def record_or_stop(self) -> None:
        """Begin to listen, or end it."""
        tab = self._window.speak_tab
        self._window.tabs.select(tab)
        tab.record_button.invoke()

    # --- Pictures and files

    @property
    def shown_picture(self) -> Picture | None:
        """The picture that saving and copying are about; None while no whole one is shown."""
        window = self._window
        drawing = window.desk.drawing
        if not window.panel.has_picture:
            return None
        if window.panel.kept is not None or drawing is None:
            return window.panel.kept
        return Picture(drawing.image, PictureMetadata.of(drawing))

    @property
    def picture_folder(self) -> str:
        """Where dialogs for pictures begin."""
        return self._window.settings.save_folder or str(Path.home())

    def save(self) -> None:
        """Save the picture that is shown."""
        picture = self.shown_picture
        if picture is not None:
            self._window.saver.save(picture)

    def copy(self) -> None:
        """Copy the picture that is shown."""
        picture = self.shown_picture
        if picture is not None:
            self._window.saver.copy(picture)

    def open(self) -> None:
        """Open a saved picture."""
        self._window.opener.ask(self.picture_folder)

    def open_sound(self) -> None:
        """Open a sound file in place of a recording."""
        tab = self._window.speak_tab
        self._window.tabs.select(tab)
        tab.sound_row.open_button.invoke()

    def open_dropped(self, paths: list[Path]) -> None:
        """Open a dropped picture, or take a sound for what was said; of several, the first."""

        def first(task: object) -> tuple[Kind, Path]:
            files = map(as_on_disk, paths)
            kinds = ((kind_of(path), path) for path in files)
            return next((each for each in kinds if each[0] != "other"), ("other", paths[0]))

        self._window.runner.run_in_thread(
            first, lambda found: self._open_as(*found), self._window.messages.error
        )

    def _open_as(self, kind: Kind, path: Path) -> None:
        window = self._window
        if kind == "picture":
            window.opener.open(path)
        elif kind == "sound":
            window.tabs.select(window.speak_tab)
            window.speak_tab.open_sound(path)
        else:
            window.messages.error(
                f"{path} cannot be opened: drop a picture that was drawn here, or a sound file."
            )

    def opened(self, picture: Picture, path: Path) -> None:
        """Show a picture that was opened, and offer to draw it again."""
        window = self._window
        window.gallery_tab.deselect()
        self.show_kept(KeptPicture(picture.image, picture.metadata, path))
        self.use_sentence(picture.metadata)
        window.messages.note(
            f"{path.name} was drawn with seed {picture.metadata.seed}.",
            "Draw it again",
            lambda: self.draw_kept(picture.metadata, path),
        )

    def show_kept(self, picture: KeptPicture | None) -> None:
        """Show a picture of the gallery, or that there is none."""
        window = self._window
        if window.desk.busy:
            # The picture that is being drawn is what the person waits for; this comes without it.
            window.panel.kept = picture
        elif picture is None:
            window.panel.show_nothing()
        else:
            window.panel.show_kept(picture)

    def use_sentence(self, metadata: PictureMetadata) -> None:
        """Put a picture's sentence where it can be changed and drawn."""
        tab = self._window.type_tab
        if metadata.way == "sound":
            self._window.messages.note(
                "This picture was drawn straight from sound: it has no sentence."
            )
            return
        tab.field.sentence = metadata.sentence
        self._window.tabs.select(tab)
        tab.field.text.focus()

    def show_attention(self) -> None:
        """Show which words each stage of the drawing used."""
        window = self._window
        if window.desk.drawing is not None:
            AttentionWindow(window.root, window.runner, window.desk.drawing, self.picture_folder)

    # --- The program

    def open_gallery_folder(self) -> None:
        """Show the kept pictures' files."""
        self.open_path(self._window.gallery.folder)

    def open_guide(self) -> None:
        """Open the user guide, or the folder with everything that was written."""
        guide = _DOCS / "guide.md"
        self.open_path(guide if guide.exists() else _DOCS)

    def open_log(self) -> None:
        """Open the log file."""
        self.open_path(log_path())

    def open_path(self, path: Path) -> None:
        """Open a file or folder with the desktop's own program."""
        window = self._window
        window.runner.run_in_thread(
            lambda task: open_path(path), lambda _: None, window.messages.error
        )

    def show_settings(self) -> None:
        """Let the person change settings."""
        window = self._window
        self._close_dialog()
        self.dialog = SettingsDialog(
            window.root, window.settings, window.gallery.folder, window.changes
        )

    def show_about(self) -> None:
        """Say what this program is, and on which terms it may be used."""
        window = self._window
        painter = window.painter_loader.value
        model = None if painter is None else painter.model_name
        self._close_dialog()
        self.dialog = AboutDialog(window.root, model, self.open_path)

    def _close_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.destroy()
