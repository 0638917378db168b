"""The pictures, what they were drawn from, and what can be done with them."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from tkinter import ttk
from typing import TYPE_CHECKING

from PIL import Image

from app.pictures.picture_metadata import PictureMetadata
from app.ui.picture.kept_picture import KeptPicture
from app.ui.picture.picture_set import PictureSet
from app.ui.picture.picture_view import PictureView
from app.ui.picture.seed_bar import SeedBar
from app.ui.toolkit.focus import turn_with_focus_only
from app.ui.toolkit.short_text import short
from app.ui.toolkit.theme import GAP

if TYPE_CHECKING:
    from app.pictures.picture_file import Picture
    from app.speech.sound.recording import Recording
    from app.ui.picture.subject import Subject
    from models import Drawing

MOST_PICTURES = 9
_EXAMPLE = "For example:"
_SKETCH = "A sketch of what you are saying…"
_CAPTION = 80  # characters of a sentence that the caption repeats
_MODEL = 40  # characters of a model's name


@dataclass(frozen=True)
class PictureActions:
    """What the panel's buttons do."""

    draw_again: Callable[[], None]
    surprise: Callable[[], None]
    save: Callable[[], None]
    show_attention: Callable[[], None]
    cancel: Callable[[], None]


class PicturePanel(ttk.Frame):
    """Shows pictures, growing stage by stage while they are drawn, above seed and buttons.

    Parameters
    ----------
    actions : what the buttons do.
    sizes : the sides in pixels of the stages' pictures.
    count : how many pictures of a sentence are wanted at first.

    Attributes
    ----------
    kept : the picture from a file that is shown. While a preview or a drawing under way covers it,
        it is still the one to come back to.
    has_picture : whether what is shown is a whole picture, which can be saved and drawn again: a
        preview and a picture under way are none.
    previewing : whether a preview is shown.
    """

    def __init__(
        self, parent: tk.Misc, actions: PictureActions, sizes: Sequence[int], count: int = 1
    ) -> None:
        super().__init__(parent)
        self.kept: KeptPicture | None = None
        self.has_picture = self.previewing = False
        self._coming: PictureSet | None = None  # until its first stage is there
        self._sketch: PictureSet | None = None
        self._caption: str | None = None  # in place of what the pictures themselves say
        self._empty = " "  # what is said of nothing
        self._build(actions, sizes, count)
        self.show_nothing()

    def _build(self, actions: PictureActions, sizes: Sequence[int], count: int) -> None:
        self.view = PictureView(self, self._describe)
        self.use_sizes(sizes)
        self.canvas = self.view.canvas
        self.count_box = ttk.Spinbox(
            self.view.tools, from_=1, to=MOST_PICTURES, width=2, state="readonly"
        )
        turn_with_focus_only(self.count_box)
        self.count_box.set(min(max(count, 1), MOST_PICTURES))
        self.count_box.pack(side="right")
        ttk.Label(self.view.tools, text="Pictures", style="Muted.TLabel").pack(
            side="right", padx=GAP
        )
        self.progress = ttk.Progressbar(self)
        self.caption = ttk.Label(self, style="Muted.TLabel", anchor="w")
        self.caption.bind(
            "<Configure>", lambda event: self.caption.configure(wraplength=event.width)
        )
        self.seed_bar = SeedBar(self, actions.draw_again, actions.surprise)
        buttons = self._build_buttons(actions)

        # The picture is placed last: in a low window it gives way, never the buttons.
        buttons.pack(side="bottom", fill="x")
        self.seed_bar.pack(side="bottom", fill="x", pady=(0, GAP))
        self.caption.pack(side="bottom", fill="x", pady=GAP)
        self.progress.pack(side="bottom", fill="x", pady=(GAP, 0))
        self.view.pack(fill="both", expand=True)
        # It asks for what it always needs: a caption that comes must not move the window's parts.
        self.update_idletasks()
        rows = (buttons, self.seed_bar, self.view.tools)
        self.configure(
            width=max(row.winfo_reqwidth() for row in rows),
            height=self.winfo_reqheight() + 2 * self.caption.winfo_reqheight(),
        )
        self.pack_propagate(False)

    def _build_buttons(self, actions: PictureActions) -> ttk.Frame:
        row = ttk.Frame(self)

        def button(text: str, command: Callable[[], None]) -> ttk.Button:
            return ttk.Button(row, text=text, style="Panel.TButton", command=command)

        self.again_button = button("Draw again", actions.draw_again)
        self.save_button = button("Save…", actions.save)
        self.attention_button = button("Attention…", actions.show_attention)
        self.cancel_button = button("Cancel", actions.cancel)
        for left in (self.again_button, self.save_button, self.attention_button):
            left.pack(side="left", padx=(0, GAP // 2))
        self.cancel_button.pack(side="right")
        return row

    @property
    def image(self) -> Image.Image | None:
        """The picture or stage shown now, in its own size; in a grid the one that is marked."""
        return self.view.image

    @property
    def selected(self) -> int:
        """Which of several pictures is enlarged, or marked in the grid."""
        return self.view.selected

    @property
    def count(self) -> int:
        """How many pictures of the next sentence the person wants."""
        return int(self.count_box.get())

    def use_sizes(self, sizes: Sequence[int]) -> None:
        """Make room for the stages of the model that draws, by the sides of their pictures."""
        self.view.strip.use_sizes(sizes)

    def use_example(self, example: Picture | None) -> None:
        """Show somebody else's picture wherever there is none of the person's; None: nothing."""
        self.view.example = None if example is None else example.image
        self._empty = " " if example is None else f"{_EXAMPLE} {_caption(example.metadata)}"
        if self.view.pictures is None:
            self.show_nothing()

    def show_nothing(self) -> None:
        """Be empty, as before the first picture."""
        self.kept = self._coming = self._caption = None
        self.previewing = False
        self.view.show(None)
        self.caption.configure(text=self._empty)
        self._set_buttons(drawing=False, has_picture=False)

    def show_waiting(self, reason: str) -> None:
        """Say why drawing has not begun; the last picture stays."""
        self._say(reason)
        self.progress.configure(mode="indeterminate")
        self.progress.start(25)
        self._set_buttons(drawing=True, has_picture=False)

    def show_begin(self, subject: Subject, count: int = 1) -> None:
        """Say that drawing has begun; the last pictures stay until the first stage is there."""
        self._rest(0)
        self.progress.configure(maximum=count * self.view.strip.stages)
        sentence = "" if subject.way == "sound" else subject.sentence
        self._coming = PictureSet(sentence, count, subject.speech)
        many = f"{count} pictures of " if count > 1 else ""
        self._say(f"Drawing {many}“{short(subject.title, _CAPTION)}”…")
        self._set_buttons(drawing=True, has_picture=False)

    def show_stage(self, index: int, image: Image.Image) -> None:
        """Show a stage that was just drawn of the picture under way."""
        if self._coming is not None:
            self.view.show(self._coming)
            self._coming = None
        pictures = self.view.pictures
        assert pictures is not None
        pictures.add_stage(index, image)
        self.progress.configure(value=len(pictures.drawings) * self.view.strip.stages + index + 1)
        self.view.refresh()

    def show_finished(self, drawing: Drawing) -> None:
        """Take the picture under way as finished; others may follow."""
        assert self.view.pictures is not None
        self.view.pictures.finish(drawing)
        self.view.refresh()

    def show_drawings(self, drawings: Sequence[Drawing], speech: Recording | None = None) -> None:
        """Show finished pictures; nothing is being drawn any more.

        Parameters
        ----------
        speech : the sound that some were drawn from straight.
        """
        self.kept = self._coming = self._caption = None
        self.previewing = False
        before = self.view.pictures
        same = before is not None and before.begins_with(drawings)
        self.view.show(PictureSet.of(drawings, speech), same)
        self._set_buttons(drawing=False, has_picture=True)

    def show_kept(self, picture: KeptPicture) -> None:
        """Show a picture from the gallery or a file: how it was drawn is not known any more."""
        self.kept, self._coming = picture, None
        self.previewing = False
        metadata = picture.metadata
        self.view.show(PictureSet.of_file(metadata.sentence, picture.image))
        self.seed_bar.show(metadata.seed)
        self._say(f"{_caption(metadata)}  ·  {short(metadata.model, _MODEL)}")
        self._set_buttons(drawing=False, has_picture=True)
        self.attention_button.state(["disabled"])

    def show_preview(self, drawing: Drawing, caption: str) -> None:
        """Show a picture that no sentence and seed alone would give again."""
        self._coming = None
        self.previewing = True
        self.view.show(PictureSet.of([drawing]))
        self._say(caption)
        self._set_buttons(drawing=False, has_picture=False)

    def show_sketch(self, image: Image.Image) -> None:
        """Show what comes of a voice, so far; the next one takes its place."""
        if self._sketch is not None and self._sketch is self.view.pictures:
            self._sketch.stages[0][0] = image
            self.view.refresh()
            return
        self._coming = None
        self.previewing = True
        self._sketch = PictureSet.of_file("", image)
        self.view.show(self._sketch)
        self._say(_SKETCH)
        self._set_buttons(drawing=False, has_picture=False)

    def escape(self) -> bool:
        """Leave an enlarged picture, or else what is being drawn; tell whether there was any."""
        if self.view.back_to_grid():
            return True
        was_drawing = self.cancel_button.instate(["!disabled"])
        self.cancel_button.invoke()
        return was_drawing

    def _describe(self) -> None:
        """Say what is shown, and with which seed it was drawn."""
        pictures = self.view.pictures
        assert pictures is not None
        drawing = pictures.drawing(self.selected)
        if drawing is None or self._caption is not None:
            return
        self.seed_bar.show(drawing.seed)
        text = _caption(PictureMetadata.of(drawing))
        if self.view.stage is not None:
            stage = drawing.stages[self.view.stage]
            text += f"  ·  stage of {stage.width} px"
        self.caption.configure(text=text)

    def _say(self, text: str) -> None:
        self._caption = text
        self.caption.configure(text=text)

    def _set_buttons(self, drawing: bool, has_picture: bool) -> None:
        self.has_picture = has_picture
        surprise = self.seed_bar.surprise_button
        for button in (self.again_button, self.save_button, self.attention_button, surprise):
            button.state(["!disabled" if has_picture else "disabled"])
        self.cancel_button.state(["!disabled" if drawing else "disabled"])
        if not drawing:
            self._rest(0)

    def _rest(self, value: int) -> None:
        self.progress.stop()
        self.progress.configure(mode="determinate", value=value)


def _caption(metadata: PictureMetadata) -> str:
    """Return what a picture shows, and its seed."""
    title = short(metadata.title, _CAPTION)
    if metadata.way == "text":
        title = f"“{title}”"
    return f"{title}  ·  seed {metadata.seed}"
