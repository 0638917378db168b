"""The window: puts the tabs, the picture and the slow work together."""

from __future__ import annotations

import logging
import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import ttk
from types import TracebackType

from app.engine.engines import Engines
from app.engine.pictures import EnginePainter
from app.engine.speech import EngineTranscriber
from app.gallery import Gallery
from app.picture_file import FORMATS, Picture
from app.picture_metadata import PictureMetadata
from app.settings import Settings
from app.ui.attention_window import AttentionWindow
from app.ui.background import BackgroundRunner
from app.ui.drawing import DrawingDesk
from app.ui.dropping import accept_files
from app.ui.gallery_actions import GalleryActions
from app.ui.gallery_tab import GalleryTab
from app.ui.loader import Loader, LoadState
from app.ui.message_bar import MessageBar
from app.ui.morph_desk import MorphDesk
from app.ui.morph_tab import MorphTab
from app.ui.picture_opener import PictureOpener
from app.ui.picture_panel import PictureActions, PicturePanel
from app.ui.picture_saver import PictureSaver
from app.ui.speak_tab import SpeakTab
from app.ui.theme import GAP, apply_theme, make_dpi_aware
from app.ui.type_tab import TypeTab

_log = logging.getLogger(__name__)

_LOAD_DELAY = 50  # milliseconds: the window is drawn first
_SIDE_WIDTH = "11c"  # centimetres of the screen, as Tk counts them


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
        self.root.report_callback_exception = self._report_exception
        self.settings = settings
        self._engines = engines
        self.runner = BackgroundRunner(self.root)
        self.painter_loader: Loader[EnginePainter] = Loader(
            self.runner, engines.load_painter, self._show_status
        )
        self.transcriber_loader: Loader[EngineTranscriber] = Loader(
            self.runner, engines.load_transcriber, lambda: None
        )
        self._closed = False
        self._build()
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        self.root.bind("<Control-s>", lambda event: self.panel.save_button.invoke())
        self.root.bind("<Escape>", lambda event: self.panel.escape())
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
        self._remember(
            geometry=self.root.geometry(),
            tab=self.tabs.index("current"),
            pictures=self.panel.count,
        )
        self.speak_tab.close()
        self.runner.close()
        self.root.destroy()

    def _build(self) -> None:
        root = self.root
        root.title("speech2bird")
        palette = self._palette = apply_theme(root, self.settings.dark)
        self._body = body = ttk.Frame(root, padding=3 * GAP)
        body.pack(fill="both", expand=True)
        body.columnconfigure(1, weight=1)
        body.rowconfigure(0, weight=1)

        # Of a fixed width: a long message wraps inside it, and never moves the picture.
        side = ttk.Frame(body, width=root.winfo_pixels(_SIDE_WIDTH))
        side.pack_propagate(False)
        side.grid(row=0, column=0, sticky="nsew", padx=(0, 3 * GAP))
        actions = PictureActions(
            self._draw_again, self._surprise, self._save, self._show_attention, self._cancel
        )
        self.panel = PicturePanel(body, palette, actions, self.settings.pictures)
        self.panel.grid(row=0, column=1, sticky="nsew")

        ttk.Label(side, text="speech2bird", style="Title.TLabel").pack(anchor="w")
        ttk.Label(side, text="Describe a bird, and see it drawn.", style="Muted.TLabel").pack(
            anchor="w", pady=(0, 2 * GAP)
        )
        self.status = ttk.Label(side, style="Caption.TLabel")
        self.status.pack(side="bottom", anchor="w")
        self.messages = MessageBar(side, palette)
        self.messages.pack(side="bottom", fill="x", pady=(0, GAP))
        self.tabs = ttk.Notebook(side)
        self.tabs.pack(fill="both", expand=True)

        self.saver = PictureSaver(
            root,
            self.runner,
            self.messages,
            self._picture_folder,
            lambda folder: self._remember(save_folder=folder),
        )
        self.opener = PictureOpener(root, self.runner, self.messages, self._opened)
        self.gallery = Gallery()
        self.gallery_tab = GalleryTab(
            self.tabs,
            palette,
            self.runner,
            self.gallery,
            self.messages,
            GalleryActions(
                self._show_kept,
                self._use_sentence,
                self._draw_kept,
                self._save,
                self._copy,
                self._open,
            ),
        )
        self.desk = DrawingDesk(
            self.runner,
            self.painter_loader,
            self.gallery,
            self.panel,
            self.messages,
            self._set_busy,
            self.gallery_tab.added,
        )
        self.speak_tab = SpeakTab(
            self.tabs,
            palette,
            self.runner,
            self.transcriber_loader,
            self.messages,
            self._draw_spoken,
            self._suggest,
            self.settings,
            self._listen_differently,
        )
        self.type_tab = TypeTab(self.tabs, palette, self.desk.draw, self._suggest)
        self.tabs.add(self.speak_tab, text="Speak")
        self.tabs.add(self.type_tab, text="Type")
        self.morph_desk = MorphDesk(self.runner, self.painter_loader, self.panel, self.messages)
        self.morph_tab = MorphTab(
            self.tabs,
            self.morph_desk,
            self.messages,
            lambda: self.desk.drawing,
            self._picture_folder,
            self._show_drawings,
        )
        self.tabs.add(self.morph_tab, text="Morph")
        self.tabs.add(self.gallery_tab, text="Gallery")
        self.tabs.select(min(max(self.settings.tab, 0), self.tabs.index("end") - 1))
        # Pictures are copied where the panel has the focus; a text field copies its own text.
        self.panel.canvas.bind("<Control-c>", lambda event: self._copy())
        self._show_status()

    def _place(self) -> None:
        """Give the window its last size, or its natural one; never smaller than it works."""
        self.root.update_idletasks()
        self.root.minsize(880, 560)
        if self.settings.geometry is not None:
            try:
                self.root.geometry(self.settings.geometry)
            except tk.TclError:
                _log.warning("The stored window size %r is no size", self.settings.geometry)

    def _load(self) -> None:
        accept_files(self._body, self._open_dropped)
        self.runner.run_in_thread(
            lambda task: self.gallery.tidy(),
            lambda _: None,
            lambda error: _log.warning("The gallery cannot be tidied: %s", error),
        )
        # One after the other: on a small computer both at once would make both slow.
        self.painter_loader.when_loaded(self._painter_loaded, self._painter_failed)

    def _painter_loaded(self, painter: EnginePainter) -> None:
        for tab in (self.speak_tab, self.type_tab):
            tab.field.marks.use_vocabulary(painter.words)
        self.transcriber_loader.start()

    def _open_dropped(self, paths: list[Path]) -> None:
        """Open a dropped picture, or take another file for what was said; of several, the first."""
        path = paths[0]
        if path.suffix.lower() in FORMATS:
            self.opener.open(path)
        else:
            self.tabs.select(self.speak_tab)
            self.speak_tab.open_sound(path)

    def _painter_failed(self, error: Exception) -> None:
        self.messages.error(error)
        self.transcriber_loader.start()

    def _suggest(self, word: str, tell: Callable[[list[str]], None]) -> None:
        painter = self.painter_loader.value
        if painter is not None:
            self.runner.run_in_thread(lambda task: painter.suggest(word), tell, self.messages.error)

    def _show_status(self) -> None:
        state = self.painter_loader.state
        if state is LoadState.READY and self.painter_loader.value is not None:
            on_gpu = self.painter_loader.value.device == "cuda"
            place = "the graphics card" if on_gpu else "the processor"
            text = f"Ready. Drawing on {place}."
        elif state is LoadState.FAILED:
            text = "There is no model to draw with."
        else:
            text = "Loading the model… you can already speak or type."
        self.status.configure(text=text)

    def _set_busy(self, busy: bool) -> None:
        self.speak_tab.field.set_busy(busy)
        self.type_tab.field.set_busy(busy)
        self.morph_tab.set_busy(busy)
        self._show_status()  # a graphics card that ran out of memory was given up

    def _draw_spoken(self, sentence: str) -> None:
        self.desk.draw(sentence, recording=self.speak_tab.recording_of(sentence))

    def _draw_again(self) -> None:
        if self.panel.kept is not None:
            self.desk.draw(self.panel.kept.metadata.sentence)
        else:
            self.desk.draw_again()

    def _draw_kept(self, metadata: PictureMetadata) -> None:
        self.desk.draw(metadata.sentence, metadata.seed)

    def _use_sentence(self, metadata: PictureMetadata) -> None:
        self.type_tab.field.sentence = metadata.sentence
        self.tabs.select(self.type_tab)
        self.type_tab.field.text.focus()

    def _show_kept(self, picture: Picture | None) -> None:
        if self.desk.busy:
            return  # the picture that is being drawn is what the person waits for
        if picture is None:
            self.panel.show_nothing()
        else:
            self.panel.show_kept(picture)

    def _shown_picture(self) -> Picture | None:
        """Return the picture that saving and copying are about."""
        drawing = self.desk.drawing
        if self.panel.kept is not None or drawing is None:
            return self.panel.kept
        return Picture(drawing.image, PictureMetadata.of(drawing))

    def _show_drawings(self) -> None:
        if not self._closed:
            self.desk.show_last()

    def _surprise(self) -> None:
        self.desk.surprise()

    def _show_attention(self) -> None:
        if self.desk.drawing is not None:
            AttentionWindow(
                self.root, self._palette, self.runner, self.desk.drawing, self._picture_folder()
            )

    def _cancel(self) -> None:
        self.desk.cancel()

    def _save(self) -> None:
        picture = self._shown_picture()
        if picture is not None:
            self.saver.save(picture)

    def _copy(self) -> None:
        picture = self._shown_picture()
        if picture is not None:
            self.saver.copy(picture)

    def _open(self) -> None:
        self.opener.ask(self._picture_folder())

    def _opened(self, picture: Picture, path: Path) -> None:
        self.gallery_tab.deselect()
        self._show_kept(picture)
        self._use_sentence(picture.metadata)
        self.messages.note(
            f"{path.name} was drawn with seed {picture.metadata.seed}.",
            "Draw it again",
            lambda: self._draw_kept(picture.metadata),
        )

    def _picture_folder(self) -> str:
        return self.settings.save_folder or str(Path.home())

    def _listen_differently(self, **changes: object) -> None:
        self._remember(**changes)
        if "recogniser" in changes:
            folder = self.settings.whisper_folder
            self._engines.change_recogniser(
                self.settings.recogniser, None if folder is None else Path(folder)
            )
            self.transcriber_loader.start_anew()

    def _remember(self, **changes: object) -> None:
        self.settings = self.settings.changed(**changes)
        try:
            self.settings.save()
        except OSError as error:
            _log.warning("The settings cannot be saved: %s", error)

    def _report_exception(
        self,
        kind: type[BaseException],
        error: BaseException,
        trace: TracebackType | None,
    ) -> None:
        """Take an error that a callback let through: a sentence for the person, all for the log."""
        _log.error("Error in a callback of the window", exc_info=(kind, error, trace))
        self.messages.error(
            f"Something unexpected went wrong ({kind.__name__}). The details are in the log file."
        )
