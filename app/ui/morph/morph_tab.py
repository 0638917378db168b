"""The tab in which one bird turns into another."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from tkinter import ttk
from typing import TYPE_CHECKING

from app.errors import AppError
from app.ui.morph.morph_desk import MorphDesk
from app.ui.morph.slider import Slider
from app.ui.picture.seed_bar import SeedError, parse_seed
from app.ui.sentence.understood_row import UnderstoodRow
from app.ui.toolkit.file_dialogs import ANIMATED_GIF, ANIMATED_PNG, PNG, ask_where_to_save
from app.ui.toolkit.focus import turn_with_focus_only
from app.ui.toolkit.message_bar import MessageBar
from app.ui.toolkit.text_editing import limit_entry
from app.ui.toolkit.theme import GAP, tab_padding
from models.request import MAX_CHARACTERS, Blend

if TYPE_CHECKING:
    from models import Drawing
    from models.reading import SentenceReader

_STEPS = 9
_MOST_STEPS = 60
_OTHER_BIRDS = ("a bright yellow bird with a black head", "a small red bird with black wings")


class MissingSentenceError(AppError):
    """One of the two descriptions is empty."""

    def __init__(self) -> None:
        super().__init__("Please describe both birds first.")


class MorphTab(ttk.Frame):
    """Two descriptions, two seeds, a slider between each, and the way between them as a file.

    Parameters
    ----------
    desk : draws and exports.
    current : gives the picture that is shown, from which the fields are filled.
    folder : gives where dialogs for saving begin.
    on_leave : called when another tab comes to the front: a preview is to go.
    """

    def __init__(
        self,
        parent: tk.Misc,
        desk: MorphDesk,
        messages: MessageBar,
        current: Callable[[], Drawing | None],
        folder: Callable[[], str],
        on_leave: Callable[[], None],
    ) -> None:
        super().__init__(parent, padding=tab_padding(parent))
        self._desk = desk
        self._messages = messages
        self._current = current
        self._folder = folder
        self._exporting = False
        self._busy = False
        self.columnconfigure(0, weight=1)
        ttk.Label(self, text="From one bird to another", style="Strong.TLabel").grid(sticky="w")
        ttk.Label(self, text="Seed", style="Caption.TLabel").grid(
            row=0, column=1, sticky="sw", padx=GAP
        )
        self._reader: SentenceReader | None = None
        self._written: list[tuple[tk.StringVar, UnderstoodRow]] = []
        self.first, self.first_seed, self.first_understood = self._build_bird(1)
        self.second, self.second_seed, self.second_understood = self._build_bird(3)
        self.share = Slider(self, "Between the descriptions", self._follow)
        self.seed_share = Slider(self, "Between the seeds", self._follow)
        for row, slider in ((5, self.share), (6, self.seed_share)):
            slider.grid(row=row, column=0, columnspan=2, sticky="ew", pady=(GAP, 0))
        self._build_export()
        self._show_state()
        self._on_leave = on_leave
        self.bind("<Map>", lambda event: self._fill())
        self.bind("<Unmap>", lambda event: self._leave())

    def use_reader(self, reader: SentenceReader) -> None:
        """Tell from now on what would be drawn of the descriptions."""
        self._reader = reader
        for written, understood in self._written:
            self._read(written, understood)

    def set_busy(self, busy: bool) -> None:
        """Lock what draws while a sentence is being drawn; its picture comes first."""
        self._busy = busy
        if busy:
            self._desk.stop_following()
        self._show_state()

    def stop(self) -> None:
        """Give up what is drawn or exported: the model is about to be loaded anew."""
        self._desk.stop_following()
        if self._exporting:
            self._cancel()

    def blend(self) -> Blend:
        """Return what fields and sliders say.

        Raises
        ------
        MissingSentenceError, SeedError
            A field is empty, or is no seed.
        """
        first, second = self.first.get().strip(), self.second.get().strip()
        if not first or not second:
            raise MissingSentenceError
        return Blend(
            first,
            second,
            self.share.share,
            parse_seed(self.first_seed.get()),
            parse_seed(self.second_seed.get()),
            self.seed_share.share,
        )

    def _build_bird(self, row: int) -> tuple[ttk.Entry, ttk.Entry, UnderstoodRow]:
        written = tk.StringVar(self)
        sentence = ttk.Entry(self, width=20, textvariable=written)
        seed = ttk.Entry(self, width=10)
        understood = UnderstoodRow(self, on_use=None)
        sentence.grid(row=row, column=0, sticky="ew", pady=(GAP // 2, 0))
        seed.grid(row=row, column=1, padx=(GAP, 0), pady=(GAP // 2, 0))
        understood.grid(row=row + 1, column=0, columnspan=2, sticky="ew")
        self._written.append((written, understood))
        written.trace_add("write", lambda *_: self._read(written, understood))
        for entry in (sentence, seed):
            limit_entry(entry)
            entry.bind("<Return>", lambda event: self._follow(draft=False))
        return sentence, seed, understood

    def _read(self, written: tk.StringVar, understood: UnderstoodRow) -> None:
        if self._reader is not None:
            understood.show(self._reader.understand(written.get()[:MAX_CHARACTERS]))

    def _build_export(self) -> None:
        row = ttk.Frame(self)
        row.grid(row=7, column=0, columnspan=2, sticky="ew", pady=(2 * GAP, 0))
        ttk.Label(row, text="Steps", style="Muted.TLabel").pack(side="left", padx=(0, GAP))
        self.steps = ttk.Spinbox(row, from_=2, to=_MOST_STEPS, width=2, state="readonly")
        turn_with_focus_only(self.steps)
        self.steps.set(_STEPS)
        self.steps.pack(side="left")
        # Made in the order of the Tab key: Cancel comes behind what it cancels.
        self.strip_button = self._build_button("Save strip…", lambda: self._export(False))
        self.animation_button = self._build_button("Save animation…", lambda: self._export(True))
        self.cancel_button = self._build_button("Cancel", self._cancel)
        self.cancel_button.pack(in_=row, side="right")
        self.progress = ttk.Progressbar(row)
        self.progress.pack(side="left", fill="x", expand=True, padx=GAP)
        buttons = ttk.Frame(self)
        buttons.grid(row=8, column=0, columnspan=2, sticky="ew", pady=(GAP, 0))
        buttons.lower()
        for column, button in enumerate((self.strip_button, self.animation_button)):
            button.grid(
                in_=buttons, row=0, column=column, sticky="ew", padx=(0, GAP * (1 - column))
            )
            buttons.columnconfigure(column, weight=1, uniform="buttons")

    def _build_button(self, text: str, command: Callable[[], None]) -> ttk.Button:
        return ttk.Button(self, text=text, style="Panel.TButton", command=command)

    def _fill(self) -> None:
        """Begin with the picture that is shown; what a person wrote stays."""
        drawing = self._current()
        seed = "1" if drawing is None else str(drawing.seed)
        sentence = "" if drawing is None else drawing.sentence
        another = next(bird for bird in _OTHER_BIRDS if bird != sentence)
        for entry, text in (
            (self.first, sentence),
            (self.second, another),
            (self.first_seed, seed),
            (self.second_seed, seed),
        ):
            if not entry.get():
                entry.insert(0, text)

    def _leave(self) -> None:
        self._desk.stop_following()
        self._on_leave()

    def _follow(self, draft: bool) -> None:
        if self._busy:
            return
        try:
            blend = self.blend()
        except (MissingSentenceError, SeedError) as error:
            self._messages.error(error)
            return
        self._messages.clear()
        self._desk.follow(blend, draft)

    def _export(self, animated: bool) -> None:
        try:
            blend = self.blend()
        except (MissingSentenceError, SeedError) as error:
            self._messages.error(error)
            return
        path = ask_where_to_save(
            self,
            "Save the animation" if animated else "Save the strip",
            self._folder(),
            "birds.gif" if animated else "birds.png",
            (ANIMATED_GIF, ANIMATED_PNG) if animated else (PNG,),
        )
        if path is None:
            return
        steps = int(self.steps.get())
        self.progress.configure(maximum=steps)
        self._exporting = True
        self._show_state()
        self._desk.export(
            blend,
            steps,
            path,
            animated,
            on_progress=self._show_progress,
            on_end=self._ended,
        )

    def _show_progress(self, done: int) -> None:
        self.progress.configure(value=done)

    def _cancel(self) -> None:
        self._desk.cancel_export()
        self._ended()

    def _ended(self) -> None:
        self._exporting = False
        self._show_state()

    def _show_state(self) -> None:
        for scale in (self.share.scale, self.seed_share.scale):
            scale.state(["disabled" if self._busy else "!disabled"])
        for button in (self.strip_button, self.animation_button):
            button.state(["disabled" if self._exporting else "!disabled"])
        self.cancel_button.state(["!disabled" if self._exporting else "disabled"])
        if not self._exporting:
            self.progress.configure(value=0)
