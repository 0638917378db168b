"""The picture, what it was drawn from, and what can be done with it."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk
from typing import TYPE_CHECKING

from PIL import Image, ImageTk

from app.picture_file import Picture
from app.ui.theme import GAP, Palette

if TYPE_CHECKING:
    from models import Drawing

_REDRAW_DELAY = 40  # milliseconds between the window's last change of size and the new picture
_MARGIN = 12  # pixels around the picture
# Larger shows nothing more of a picture of 512, and stops the window: to fill a screen of four
# thousand pixels takes more than a tenth of a second.
_LARGEST = 1024  # pixels
STAGES = 4


@dataclass(frozen=True)
class PictureActions:
    """What the panel's buttons do."""

    draw_again: Callable[[], None]
    save: Callable[[], None]
    cancel: Callable[[], None]


class PicturePanel(ttk.Frame):
    """Shows a picture as large as there is room, growing stage by stage while it is drawn."""

    def __init__(self, parent: tk.Misc, palette: Palette, actions: PictureActions) -> None:
        super().__init__(parent)
        self.kept: Picture | None = None  # the one from a file that is shown, if one is
        self._image: Image.Image | None = None
        self._photo: ImageTk.PhotoImage | None = None
        self._redraw_timer: str | None = None
        self._build(palette, actions)
        self.show_nothing()

    def _build(self, palette: Palette, actions: PictureActions) -> None:
        self.canvas = tk.Canvas(
            self,
            width=512 + 2 * _MARGIN,
            height=512 + 2 * _MARGIN,
            background=palette.stage,
            highlightthickness=0,
        )
        self._hint = self.canvas.create_text(
            0, 0, fill=palette.muted, font="SunValleyBodyLargeFont", justify="center"
        )
        self._picture = self.canvas.create_image(0, 0)
        self.canvas.bind("<Configure>", self._resized)
        self.progress = ttk.Progressbar(self, maximum=STAGES)
        self.caption = ttk.Label(self, style="Muted.TLabel", anchor="w")
        self.caption.bind(
            "<Configure>", lambda event: self.caption.configure(wraplength=event.width)
        )
        buttons = ttk.Frame(self)
        self.again_button = ttk.Button(buttons, text="Draw again", command=actions.draw_again)
        self.save_button = ttk.Button(buttons, text="Save…", command=actions.save)
        self.cancel_button = ttk.Button(buttons, text="Cancel", command=actions.cancel)
        self.again_button.pack(side="left")
        self.save_button.pack(side="left", padx=GAP)
        self.cancel_button.pack(side="right")

        # The picture is placed last: in a low window it gives way, never the buttons.
        buttons.pack(side="bottom", fill="x")
        self.caption.pack(side="bottom", fill="x", pady=(GAP, GAP + 4))
        self.progress.pack(side="bottom", fill="x", pady=(GAP, 0))
        self.canvas.pack(fill="both", expand=True)

    @property
    def image(self) -> Image.Image | None:
        """The picture or stage shown now, in its own size."""
        return self._image

    def show_nothing(self) -> None:
        """Be empty, as before the first picture."""
        self.kept = None
        self._show_image(None)
        self.canvas.itemconfigure(self._hint, text="Your bird appears here")
        self.caption.configure(text=" ")
        self._set_buttons(drawing=False, has_picture=False)

    def show_waiting(self, reason: str) -> None:
        """Say why drawing has not begun; the last picture stays."""
        self.caption.configure(text=reason)
        self.progress.configure(mode="indeterminate")
        self.progress.start(25)
        self._set_buttons(drawing=True, has_picture=False)

    def show_begin(self, sentence: str) -> None:
        """Say that drawing has begun; the last picture stays until the first stage is there."""
        self.kept = None
        self._rest(0)
        self.caption.configure(text=f"Drawing “{sentence}”…")
        self._set_buttons(drawing=True, has_picture=False)

    def show_stage(self, index: int, image: Image.Image) -> None:
        """Show a stage that was just drawn, enlarged."""
        self.progress.configure(value=index + 1)
        self._show_image(image)

    def show_drawing(self, drawing: Drawing) -> None:
        """Show a finished picture."""
        self.kept = None
        self._rest(0)
        self._show_image(drawing.image)
        self.caption.configure(text=f"“{drawing.sentence}”  ·  seed {drawing.seed}")
        self._set_buttons(drawing=False, has_picture=True)

    def show_kept(self, picture: Picture) -> None:
        """Show a picture from the gallery or a file."""
        self.kept = picture
        self._show_image(picture.image)
        self.caption.configure(
            text=f"“{picture.metadata.sentence}”  ·  seed {picture.metadata.seed}"
        )
        self._set_buttons(drawing=False, has_picture=True)

    def _set_buttons(self, drawing: bool, has_picture: bool) -> None:
        for button in (self.again_button, self.save_button):
            button.state(["!disabled" if has_picture else "disabled"])
        self.cancel_button.state(["!disabled" if drawing else "disabled"])
        if not drawing:
            self._rest(0)

    def _rest(self, value: int) -> None:
        self.progress.stop()
        self.progress.configure(mode="determinate", value=value)

    def _show_image(self, image: Image.Image | None) -> None:
        changed = image != self._image  # a finished drawing is its last stage once more
        self._image = image
        if changed:
            self._redraw()

    def _resized(self, event: tk.Event[tk.Misc]) -> None:
        middle = (event.width // 2, event.height // 2)
        self.canvas.coords(self._picture, *middle)
        self.canvas.coords(self._hint, *middle)
        # A window being resized says so dozens of times a second: enlarge once, at the end.
        if self._redraw_timer is not None:
            self.after_cancel(self._redraw_timer)
        self._redraw_timer = self.after(_REDRAW_DELAY, self._redraw)

    def _redraw(self) -> None:
        if self._redraw_timer is not None:
            self.after_cancel(self._redraw_timer)
            self._redraw_timer = None
        if self._image is None:
            self._photo = None
            self.canvas.itemconfigure(self._picture, image="")
            return
        self.canvas.itemconfigure(self._hint, text="")
        room = min(self.canvas.winfo_width(), self.canvas.winfo_height()) - 2 * _MARGIN
        side = min(max(64, room), _LARGEST)
        shown = self._image.resize((side, side), Image.Resampling.BICUBIC)
        # Tk does not hold on to the photo itself: without this reference it would vanish.
        self._photo = ImageTk.PhotoImage(shown, master=self)
        self.canvas.itemconfigure(self._picture, image=self._photo)
