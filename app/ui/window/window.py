"""The window: puts the tabs, the picture and the slow work together."""

from __future__ import annotations

import logging
import tkinter as tk
from pathlib import Path
from tkinter import ttk
from types import TracebackType

from app.engine.engines import Engines
from app.gallery import Gallery
from app.settings import Settings
from app.ui.gallery.gallery_actions import GalleryActions
from app.ui.gallery.gallery_tab import GalleryTab
from app.ui.morph.morph_desk import MorphDesk
from app.ui.morph.morph_tab import MorphTab
from app.ui.picture.drawing import DrawingDesk
from app.ui.picture.picture_opener import PictureOpener
from app.ui.picture.picture_panel import PictureActions, PicturePanel
from app.ui.picture.picture_saver import PictureSaver
from app.ui.sentence.type_tab import TypeTab
from app.ui.sentence.word_marks import suggester
from app.ui.speak.kept_sound import KeptSound
from app.ui.speak.speak_tab import SpeakTab
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.message_bar import MessageBar
from app.ui.toolkit.scrolled_frame import ScrolledFrame
from app.ui.toolkit.shortcut import Shortcut, on_mac
from app.ui.toolkit.text_editing import SHORTENED, use_common_keys
from app.ui.toolkit.theme import GAP, is_narrow, make_dpi_aware
from app.ui.window.appearance import Appearance
from app.ui.window.dropping import accept_files
from app.ui.window.engine_loaders import EngineLoaders
from app.ui.window.heading import Heading
from app.ui.window.menu_bar import MenuBar
from app.ui.window.setting_changes import SettingChanges
from app.ui.window.settings_keeper import SettingsKeeper
from app.ui.window.status_line import StatusLine
from app.ui.window.window_commands import WindowCommands
from app.ui.window.window_size import restore_geometry

_log = logging.getLogger(__name__)

_LOAD_DELAY = 50  # milliseconds: the window is drawn first
# In centimetres of the screen, as Tk counts them.
_SIDE_WIDTH = "11c"
_NATURAL = ("26.5c", "21c")  # width and height: a picture of 512 pixels fits in
_LOW = "15.5c"  # a height
_BARS = "2c"  # title, menu, and the desktop's own bar
_SMALLEST = (400, 300)  # pixels; what does not fit is scrolled to
_SHORTENED = "That text is too long: only its beginning was taken. A sentence or two work best."


class MainWindow:
    """The program's window; :meth:`run` shows it until it is closed.

    Parameters
    ----------
    engines
        Draw and listen, in processes of their own; whoever made them closes them.
    settings
        What was remembered.
    """

    def __init__(self, engines: Engines, settings: Settings) -> None:
        make_dpi_aware()
        self.root = tk.Tk(className="speech2bird")
        self.root.withdraw()  # shown when it is complete: nothing jumps
        self.root.title("speech2bird")
        self.root.report_callback_exception = self._report_exception
        use_common_keys(self.root)
        self._closed = False
        self.keeper = SettingsKeeper(settings)
        self.runner = BackgroundRunner(self.root)
        self.appearance = Appearance(self.root, self.runner, settings.theme)
        self.theme = tk.StringVar(self.root, settings.theme)
        self.loaders = EngineLoaders(engines, self.runner, self._painter_changed)
        self.painter_loader = self.loaders.painter
        self.transcriber_loader = self.loaders.transcriber
        self.commands = WindowCommands(self)
        self.changes = SettingChanges(self)
        self._build_frame()
        self._build_helpers()
        self._build_tabs()
        self._show_status()
        self.menu_bar = MenuBar(self)
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        self._place()
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
        self.root.destroy()

    @property
    def settings(self) -> Settings:
        """The settings as they are now."""
        return self.keeper.current

    @property
    def tab_in_front(self) -> tk.Misc:
        """The tab that is seen."""
        return self.tabs.nametowidget(self.tabs.select())

    def _build_frame(self) -> None:
        """The two halves: tabs between heading and messages, and beside them the picture."""
        gap = GAP if is_narrow(self.root) else 3 * GAP
        self._frame = ScrolledFrame(self.root, gap)
        self._frame.pack(fill="both", expand=True)
        body = self._frame.content
        body.columnconfigure(1, weight=1)
        body.rowconfigure(0, weight=1)
        # Of a fixed width: a long message wraps inside it, and never moves the picture.
        self._side = side = ttk.Frame(body)
        side.pack_propagate(False)
        side.grid(row=0, column=0, sticky="nsew", padx=(0, gap))
        commands = self.commands
        actions = PictureActions(
            commands.draw_again,
            commands.surprise,
            commands.save,
            commands.show_attention,
            commands.cancel,
        )
        self.panel = PicturePanel(body, actions, self.settings.pictures)
        self.panel.grid(row=0, column=1, sticky="nsew")
        # Pictures are copied where the panel has the focus; a text field copies its own text.
        for sequence in Shortcut("c").sequences(on_mac(self.root)):
            self.panel.canvas.bind(sequence, self._copy)

        self.heading = Heading(side, self.settings.has_drawn)
        self.status = StatusLine(side)
        self.status.pack(side="bottom", anchor="w")
        self.messages = MessageBar(side)
        self.messages.pack(side="bottom", fill="x", pady=(0, GAP))
        self.root.bind(SHORTENED, lambda event: self.messages.error(_SHORTENED))
        self.tabs = ttk.Notebook(side)
        self.tabs.pack(fill="both", expand=True)

    def _build_helpers(self) -> None:
        """What works on pictures and is not seen."""
        runner, panel, messages = self.runner, self.panel, self.messages
        folder = self.settings.gallery_folder
        self.gallery = Gallery(None if folder is None else Path(folder))
        self.saver = PictureSaver(
            self.root,
            runner,
            messages,
            lambda: self.commands.picture_folder,
            lambda folder: self.keeper.remember(save_folder=folder),
        )
        self.opener = PictureOpener(self.root, runner, messages, self.commands.opened)
        self.desk = DrawingDesk(
            runner, self.painter_loader, self.gallery, panel, messages, self._set_busy, self._kept
        )
        self.kept_sound = KeptSound(runner, self.transcriber_loader, self.desk, messages)
        self.morph_desk = MorphDesk(runner, self.painter_loader, panel, messages)

    def _build_tabs(self) -> None:
        """Speak, Type, Morph and Gallery, as far as possible without knowing each other."""
        commands, runner, messages = self.commands, self.runner, self.messages
        suggest = suggester(runner, self.painter_loader, messages.error)
        self.speak_tab = SpeakTab(
            self.tabs,
            runner,
            self.transcriber_loader,
            messages,
            self.desk.draw_subject,
            suggest,
            self.settings,
            self.changes.listening,
        )
        self.type_tab = TypeTab(self.tabs, self.desk.draw, suggest)
        self.morph_tab = MorphTab(
            self.tabs,
            self.morph_desk,
            messages,
            lambda: self.desk.drawing,
            lambda: commands.picture_folder,
            self._end_preview,
        )
        actions = GalleryActions(
            commands.show_kept,
            commands.use_sentence,
            commands.draw_kept,
            lambda: commands.shown_picture is not None,
            commands.save,
            commands.copy,
            commands.open,
        )
        self.gallery_tab = GalleryTab(self.tabs, runner, self.gallery, messages, actions)
        self.tabs.add(self.speak_tab, text="Speak")
        self.tabs.add(self.type_tab, text="Type")
        self.tabs.add(self.morph_tab, text="Morph")
        self.tabs.add(self.gallery_tab, text="Gallery")
        self.tabs.select(self.settings.tab)

    def _place(self) -> None:
        """Give the window its last size, or its natural one, as far as the screen has room."""
        self.root.update_idletasks()
        width, fitting = self.root.winfo_pixels(_SIDE_WIDTH), self.tabs.winfo_reqwidth()
        self._side.configure(width=min(width, fitting) if is_narrow(self.root) else width)
        self._fit()
        self._frame.bind("<Configure>", lambda event: self._fit(), add=True)
        self.messages.bind("<Configure>", lambda event: self._message_changed(), add=True)
        width, height, bars = map(self.root.winfo_pixels, (*_NATURAL, _BARS))
        width = min(width, self.root.winfo_screenwidth())
        height = min(height, self.root.winfo_screenheight() - bars)
        self.root.geometry(f"{width}x{height}")
        self.root.minsize(*_SMALLEST)
        if self.settings.geometry is not None:
            restore_geometry(self.root, self.settings.geometry)

    def _fit(self) -> None:
        """Ask for as much height as the side needs; in a low window the heading gives way."""
        parts = [self.tabs, self.messages, self.status]
        low = 1 < self._frame.winfo_height() < self.root.winfo_pixels(_LOW)
        if low:
            self.heading.pack_forget()
        elif not self.heading.winfo_manager():
            self.heading.pack(anchor="w", pady=(0, 2 * GAP), before=self.status)
        if not low:
            parts.append(self.heading)
        needed = sum(part.winfo_reqheight() for part in parts) + 2 * GAP * (not low) + GAP
        self._side.configure(height=needed)

    def _message_changed(self) -> None:
        """Make room for a message, and let it be read."""
        self._fit()
        if self.messages.text:
            self.root.after_idle(lambda: self._frame.see(self.messages))

    def _load(self) -> None:
        accept_files(self._frame, self.commands.open_dropped, self.messages.error)
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
            for tab in (self.speak_tab, self.type_tab):
                tab.field.use_reader(painter.reader)
            self.morph_tab.use_reader(painter.reader)

    def _copy(self, event: tk.Event[tk.Misc]) -> str:
        self.commands.copy()
        return "break"  # with Shift it is a key of the window, too, which would copy again

    def _show_status(self) -> None:
        self.status.show(self.painter_loader)

    def _set_busy(self, busy: bool) -> None:
        self.speak_tab.field.set_busy(busy)
        self.type_tab.field.set_busy(busy)
        self.morph_tab.set_busy(busy)
        self._show_status()  # a graphics card that ran out of memory was given up

    def _kept(self, path: Path) -> None:
        self.gallery_tab.added(path)
        if not self.settings.has_drawn:
            self.keeper.remember(has_drawn=True)
            self.heading.welcome_is_over()

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
