"""The window: puts the tabs, the picture and the slow work together."""

from __future__ import annotations

import logging
import tkinter as tk
from pathlib import Path
from tkinter import filedialog, ttk
from types import TracebackType

from app.engine.engines import Engines
from app.engine.pictures import EnginePainter
from app.engine.speech import EngineTranscriber
from app.gallery import Gallery, PictureMetadata, file_stem
from app.settings import Settings
from app.ui.attention_window import AttentionWindow
from app.ui.background import BackgroundRunner
from app.ui.drawing import DrawingDesk
from app.ui.loader import Loader, LoadState
from app.ui.message_bar import MessageBar
from app.ui.morph_desk import MorphDesk
from app.ui.morph_tab import MorphTab
from app.ui.picture_panel import PictureActions, PicturePanel
from app.ui.speak_tab import SpeakTab
from app.ui.theme import GAP, apply_theme, make_dpi_aware
from app.ui.type_tab import TypeTab

_log = logging.getLogger(__name__)

_LOAD_DELAY = 50  # milliseconds: the window is drawn first
_SIDE_WIDTH = "11c"  # centimetres of the screen, as Tk counts them
_FILE_TYPES = (("PNG picture", "*.png"), ("JPEG picture", "*.jpg *.jpeg"))


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
        body = ttk.Frame(root, padding=3 * GAP)
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

        self.desk = DrawingDesk(
            self.runner,
            self.painter_loader,
            Gallery(),
            self.panel,
            self.messages,
            self._set_busy,
        )
        self.speak_tab = SpeakTab(
            self.tabs,
            palette,
            self.runner,
            self.transcriber_loader,
            self.messages,
            self.desk.draw,
            self.settings.microphone,
        )
        self.type_tab = TypeTab(self.tabs, palette, self.desk.draw)
        self.tabs.add(self.speak_tab, text="Speak")
        self.tabs.add(self.type_tab, text="Type")
        self.morph_desk = MorphDesk(self.runner, self.painter_loader, self.panel, self.messages)
        self.morph_tab = MorphTab(
            self.tabs,
            self.morph_desk,
            self.messages,
            lambda: self.desk.drawing,
            self._initial_folder,
            self._show_drawings,
        )
        self.tabs.add(self.morph_tab, text="Morph")
        self.tabs.select(min(max(self.settings.tab, 0), self.tabs.index("end") - 1))
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
        # One after the other: on a small computer both at once would make both slow.
        self.painter_loader.when_loaded(
            lambda painter: self.transcriber_loader.start(), self._painter_failed
        )

    def _painter_failed(self, error: Exception) -> None:
        self.messages.error(error)
        self.transcriber_loader.start()

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

    def _draw_again(self) -> None:
        self.desk.draw_again()

    def _show_drawings(self) -> None:
        if not self._closed:
            self.desk.show_last()

    def _surprise(self) -> None:
        self.desk.surprise()

    def _show_attention(self) -> None:
        if self.desk.drawing is not None:
            AttentionWindow(
                self.root, self._palette, self.runner, self.desk.drawing, self._initial_folder()
            )

    def _cancel(self) -> None:
        self.desk.cancel()

    def _save(self) -> None:
        drawing = self.desk.drawing
        if drawing is None:
            return
        chosen = filedialog.asksaveasfilename(
            parent=self.root,
            title="Save the picture",
            initialdir=self._initial_folder(),
            initialfile=file_stem(PictureMetadata.of(drawing)) + ".png",
            defaultextension=".png",
            filetypes=_FILE_TYPES,
        )
        if not chosen:
            return
        path = Path(chosen)
        self._remember(save_folder=str(path.parent))
        self.desk.save(path)

    def _initial_folder(self) -> str:
        return self.settings.save_folder or str(Path.home())

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
