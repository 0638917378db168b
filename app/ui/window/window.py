"""The window: puts the tabs, the picture and the slow work together."""

from __future__ import annotations

import logging
import tkinter as tk
from functools import partial
from pathlib import Path
from types import TracebackType

from app.engine.engines import Engines
from app.gallery import Gallery
from app.menu_entry import ICONS
from app.pictures.picture_file import PictureError
from app.settings import Settings, Theme
from app.ui.gallery.gallery_actions import GalleryActions
from app.ui.gallery.gallery_tab import GalleryTab
from app.ui.gallery.kept_models import KeptModels
from app.ui.morph.morph_desk import MorphDesk
from app.ui.morph.morph_tab import MorphTab
from app.ui.picture.drawing_desk import DrawingDesk
from app.ui.picture.example import example_picture
from app.ui.picture.picture_panel import PictureActions, PicturePanel
from app.ui.picture.picture_saver import PictureSaver
from app.ui.sentence.type_tab import TypeTab
from app.ui.sentence.word_marks import suggester
from app.ui.settings.appearance import Appearance
from app.ui.settings.engine_loaders import EngineLoaders
from app.ui.settings.setting_changes import SettingChanges
from app.ui.settings.settings_keeper import SettingsKeeper
from app.ui.speak.kept_sound import KeptSound
from app.ui.speak.live_sketch import LiveSketch
from app.ui.speak.speak_tab import SpeakTab
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.clock import outlast_changes_of_the_clock
from app.ui.toolkit.file_dialogs import dismiss_file_dialogs
from app.ui.toolkit.flat_menu import MenuEntry
from app.ui.toolkit.keyboard_layout import KeyboardLayout
from app.ui.toolkit.shortcut import Shortcut
from app.ui.toolkit.text_editing import (
    NOT_HANDED_OVER,
    SHORTENED,
    TOO_MUCH_COPIED,
    tell_what_is_not_pasted,
    use_common_keys,
)
from app.ui.toolkit.theme import make_dpi_aware
from app.ui.window.drawing_commands import DrawingCommands
from app.ui.window.dropping import accept_files
from app.ui.window.menu_bar import MenuBar
from app.ui.window.menus import ESCAPE, bird_entries, file_entries, help_entries, view_entries
from app.ui.window.picture_commands import PictureCommands
from app.ui.window.program_commands import ProgramCommands
from app.ui.window.window_frame import WindowFrame
from models.checkpoints.header import describe_model
from models.errors import CheckpointError

_log = logging.getLogger(__name__)

_ICON_SIZES = (128, 64, 48, 32, 24, 16)  # the largest first, as Tk asks for
_LOAD_DELAY = 50  # milliseconds: the window is drawn first
_THEMES: tuple[tuple[Theme, str], ...] = (
    ("system", "Like the system"),
    ("light", "Light"),
    ("dark", "Dark"),
)
_FAILED_PASTING = {
    SHORTENED: "That text is too long: only its beginning was taken. A sentence or two work best.",
    TOO_MUCH_COPIED: "What was copied is too much text to paste. A sentence or two work best.",
    NOT_HANDED_OVER: "Nothing was pasted: the program in which it was copied does not answer, "
    "or it is too much text. A sentence or two work best.",
}


class MainWindow:
    """The program's window; :meth:`run` shows it until it is closed.

    Parameters
    ----------
    engines : draw and listen, in processes of their own; whoever made them closes them.
    settings : what was remembered.
    """

    def __init__(self, engines: Engines, settings: Settings) -> None:
        make_dpi_aware()
        self.root = tk.Tk(className="speech2bird")
        self.root.withdraw()  # shown when it is complete: nothing jumps
        self.root.title("speech2bird")
        self._show_icon()
        self.root.report_callback_exception = self._report_exception
        use_common_keys(self.root)
        KeyboardLayout(self.root)
        tell_what_is_not_pasted(self.root)
        outlast_changes_of_the_clock(self.root)
        self._closed = False
        self.keeper = SettingsKeeper(settings)
        self.runner = BackgroundRunner(self.root)
        self.appearance = Appearance(self.root, self.runner, settings.theme)
        self.loaders = EngineLoaders(engines, self.runner, self._painter_changed)
        self.painter_loader = self.loaders.painter
        self.transcriber_loader = self.loaders.transcriber
        self._build_frame(engines)
        self._build_desks()
        self._build_tabs()
        self._build_commands()
        self._build_menus()
        self._show_status()
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        self.frame.place_window(settings.geometry, self._show_examples)
        self.root.deiconify()
        self.root.after(_LOAD_DELAY, self._load)

    def run(self) -> None:
        """Show the window until it is closed."""
        self.root.mainloop()

    def close(self) -> None:
        """Stop all work and close the window; what was drawn is already kept."""
        if self._closed:
            return
        self._closed = True
        self.keeper.remember(
            geometry=self.root.geometry(),
            tab=self.tabs.index("current"),
            pictures=self.panel.count,
        )
        self.speak_tab.close()
        self.runner.close()
        dismiss_file_dialogs(self.root)
        self.root.destroy()

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self.keeper.current

    @property
    def gallery(self) -> Gallery:
        """Where pictures are kept now."""
        return self.desk.gallery

    def _build_frame(self, engines: Engines) -> None:
        """The two halves, and the picture in one of them."""
        self.frame = frame = WindowFrame(
            self.root, self.settings.has_drawn, lambda: self.program.use_bundled_model()
        )
        self.heading, self.status = frame.heading, frame.status
        self.messages, self.tabs = frame.messages, frame.tabs
        self.status.show_privacy(self.settings.recogniser)
        for event, told in _FAILED_PASTING.items():
            self.root.bind(event, partial(lambda told, event: self.messages.error(told), told))
        # Commands know the panel; what its buttons give is looked up when they are pressed.
        actions = PictureActions(
            lambda: self.drawing.draw_again(),
            lambda: self.drawing.surprise(),
            lambda: self.pictures.save(),
            lambda: self.pictures.show_attention(),
            lambda: self.drawing.cancel(),
        )
        self.panel = PicturePanel(
            frame.content, actions, _sizes(engines.weights), self.settings.pictures
        )
        frame.put_beside(self.panel)
        if not self.settings.has_drawn:
            self._show_example()
        # Pictures are copied where the panel has the focus; a text field copies its own text.
        Shortcut("c").bind(self.panel.canvas, self._copy)

    def _show_example(self) -> None:
        """Let a newcomer see what is drawn here before the model is loaded."""
        try:
            self.panel.use_example(example_picture())
        except PictureError as error:
            _log.warning("There is no example to show: %s", error)

    def _show_icon(self) -> None:
        """Give the window's bar and the list of windows the program's icon."""
        try:
            self._icons = [
                tk.PhotoImage(master=self.root, file=ICONS / f"speech2bird-{size}.png")
                for size in _ICON_SIZES
            ]
        except tk.TclError as error:  # they are missing
            _log.warning("There is no icon: %s", error)
        else:
            self.root.iconphoto(True, *self._icons)

    def _build_desks(self) -> None:
        """What draws beside the window."""
        runner, panel, messages = self.runner, self.panel, self.messages
        folder = self.settings.gallery_folder
        gallery = Gallery(None if folder is None else Path(folder), folder is not None)
        self.desk = DrawingDesk(
            runner, self.painter_loader, gallery, panel, messages, self._set_busy, self._kept
        )
        self.kept_sound = KeptSound(runner, self.transcriber_loader, self.desk, messages)
        self.morph_desk = MorphDesk(runner, self.painter_loader, panel, messages)

    def _build_tabs(self) -> None:
        """Speak, Type, Morph and Gallery, as far as possible without knowing each other."""
        runner, messages = self.runner, self.messages
        suggest = suggester(runner, self.painter_loader, messages.error)
        self.speak_tab = SpeakTab(
            self.tabs,
            runner,
            self.transcriber_loader,
            messages,
            LiveSketch(runner, self.painter_loader, self.desk, self.panel),
            self.desk.draw_subject,
            suggest,
            lambda: self.pictures.shown_pose,
            self.settings,
            lambda **changes: self.changes.listening(**changes),
        )
        self.type_tab = TypeTab(
            self.tabs, self.desk.draw, suggest, lambda: self.pictures.shown_pose, messages.error
        )
        self.morph_tab = MorphTab(
            self.tabs,
            self.morph_desk,
            messages,
            lambda: self.desk.drawing,
            self._picture_folder,
            self._end_preview,
        )
        actions = GalleryActions(
            lambda picture: self.pictures.show_kept(picture),
            lambda metadata: self.pictures.use_sentence(metadata),
            lambda metadata, path: self.drawing.draw_kept(metadata, path),
            lambda: self.pictures.can_save(),
            lambda: self.pictures.save(),
            lambda: self.pictures.copy(),
            lambda: self.pictures.open(),
        )
        self.gallery_tab = GalleryTab(self.tabs, runner, self.gallery, messages, actions)
        self.tabs.add(self.speak_tab, text="Speak")
        self.tabs.add(self.type_tab, text="Type")
        self.tabs.add(self.morph_tab, text="Morph")
        self.tabs.add(self.gallery_tab, text="Gallery")
        self.tabs.select(self.settings.tab)

    def _build_commands(self) -> None:
        """What buttons, menus and keys do."""
        runner, messages, tabs = self.runner, self.messages, self.tabs
        self.saver = PictureSaver(
            self.root,
            runner,
            messages,
            self._picture_folder,
            lambda folder: self.keeper.remember(save_folder=folder),
        )
        self.changes = SettingChanges(
            self.root,
            self.keeper,
            self.appearance,
            self.loaders,
            messages,
            self._stop_drawing,
            self._use_gallery,
            self.status.show_privacy,
        )
        self.drawing = DrawingCommands(
            tabs,
            self.speak_tab,
            self.panel,
            self.desk,
            self.kept_sound,
            messages,
            KeptModels(runner, self.painter_loader, messages, self._weights_files),
        )
        self.pictures = PictureCommands(
            self.root,
            runner,
            messages,
            tabs,
            self.speak_tab,
            self.type_tab,
            self.gallery_tab,
            self.panel,
            self.desk,
            self.saver,
            self._picture_folder,
            self.drawing.draw_kept,
        )
        self.program = ProgramCommands(
            self.root, runner, messages, self.desk, self.keeper, self.changes, self._model_name
        )

    def _build_menus(self) -> None:
        drawing, pictures, program = self.drawing, self.pictures, self.program
        menus = {
            "File": file_entries(pictures, program, self.speak_tab, self.desk, self.close),
            "Bird": bird_entries(drawing, self.panel, self.speak_tab),
            "View": view_entries(self.tabs),
            "Help": help_entries(program),
        }
        # Escape leaves more than a drawing, which is what the menu writes it beside.
        self.menu_bar = MenuBar(self.root, menus, [MenuEntry("Escape", drawing.escape, ESCAPE)])
        self.menu_bar.use_menu_of_a_mac(program.show_settings, self.close)
        for theme, label in _THEMES:
            self.menu_bar.menus["View"].add_radiobutton(
                label=label,
                variable=self.changes.chosen_theme,
                value=theme,
                command=partial(self.changes.theme, theme),
            )

    def _load(self) -> None:
        accept_files(self.frame, self.pictures.open_dropped, self.messages.error)
        self.runner.run_in_thread(
            lambda task: self.gallery.tidy(task.cancelled),
            lambda _: None,
            lambda error: _log.warning("The gallery cannot be tidied: %s", error),
        )
        self.loaders.load(self.messages.error)

    def _painter_changed(self) -> None:
        self._show_status()
        painter = self.painter_loader.value
        if painter is not None:
            self.keeper.remember_model(painter.weights)
            painter.sketches = self.settings.sketches
            for tab in (self.speak_tab, self.type_tab):
                tab.field.use_model(painter.reader, painter.poses)
            self.morph_tab.use_reader(painter.reader)

    def _copy(self, event: tk.Event[tk.Misc]) -> str:
        self.pictures.copy()
        return "break"  # with Shift it is a key of the window, too, which would copy again

    def _show_status(self) -> None:
        self.status.show(self.painter_loader)

    def _set_busy(self, busy: bool) -> None:
        self.speak_tab.set_busy(busy)
        self.type_tab.field.set_busy(busy)
        self.morph_tab.set_busy(busy)
        self._show_status()  # a graphics card that ran out of memory was given up

    def _kept(self, path: Path) -> None:
        self.gallery_tab.added(path)
        if not self.settings.has_drawn:
            self.keeper.remember(has_drawn=True)
            self.heading.welcome_is_over()
            self.panel.use_example(None)
            self.speak_tab.show_examples(False)

    def _show_examples(self, has_room: bool) -> None:
        """Show a newcomer what one could say, where the window is high enough."""
        self.speak_tab.show_examples(has_room and not self.settings.has_drawn)

    def _picture_folder(self) -> str:
        """Where dialogs for pictures begin."""
        return self.settings.save_folder or str(Path.home())

    def _weights_files(self) -> list[Path | None]:
        """Where models may be that drew pictures: the bundled weights, and those once opened."""
        return [None, *map(Path, self.settings.models)]

    def _model_name(self) -> str | None:
        painter = self.painter_loader.value
        return None if painter is None else painter.model_name

    def _stop_drawing(self) -> None:
        self.desk.cancel()
        self.morph_tab.stop()

    def _use_gallery(self, gallery: Gallery) -> None:
        self.desk.gallery = gallery
        self.gallery_tab.use_gallery(gallery)

    def _end_preview(self) -> None:
        if self.panel.previewing and not self._closed:
            self.desk.show_last()

    def _report_exception(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Take an error that a callback let through: a sentence for the person, all for the log."""
        if self._closed and isinstance(error, tk.TclError):
            return  # a dialog was open: what waited for it finds no window any more
        _log.error("Error in a callback of the window", exc_info=(kind, error, trace))
        self.messages.unexpected(error)


def _sizes(weights: Path | None) -> tuple[int, ...]:
    """The sides in pixels of a model's stages; where the file is none, of the bundled model's."""
    try:
        return describe_model(weights).sizes
    except CheckpointError:
        return () if weights is None else _sizes(None)
