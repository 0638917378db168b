"""Saving the shown picture where the person wants it, in a size of their choice."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from tkinter import ttk

from app.desktop import copy_picture
from app.pictures.picture_file import Picture, save_picture
from app.pictures.picture_metadata import file_stem
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.dialog import Dialog
from app.ui.toolkit.file_dialogs import JPEG, PNG, WEBP, ask_where_to_save
from app.ui.toolkit.message_bar import MessageBar
from app.ui.toolkit.theme import GAP

SIZES = (64, 128, 256, 512, 1024)


class SaveDialog(Dialog):
    """Asks for a size; the system's own dialog asks for place, name and kind after it.

    Parameters
    ----------
    size : the picture's width and height in pixels, which is chosen at first.
    on_chosen : receives the size; not called when the person gives up.
    """

    def __init__(self, root: tk.Misc, size: int, on_chosen: Callable[[int], None]) -> None:
        super().__init__(root, "Save the picture")
        self._on_chosen = on_chosen
        self.pixels = tk.IntVar(self, size)
        self._build(size)
        self.bind("<Return>", self._return)
        self.appear(self.choices[size])

    def _build(self, size: int) -> None:
        body = self.body
        ttk.Label(body, text="Width and height in pixels", style="Strong.TLabel").pack(anchor="w")
        row = ttk.Frame(body)
        row.pack(anchor="w", pady=GAP)
        self.choices = {
            pixels: ttk.Radiobutton(row, text=str(pixels), value=pixels, variable=self.pixels)
            for pixels in sorted({*SIZES, size})
        }
        for choice in self.choices.values():
            choice.pack(side="left", padx=(0, GAP))
        ttk.Label(
            body,
            text=f"This picture has {size}. A larger copy is smooth, without more detail.",
            style="Caption.TLabel",
        ).pack(anchor="w")
        buttons = ttk.Frame(body)
        buttons.pack(fill="x", pady=(3 * GAP, 0))
        self.save_button = ttk.Button(
            buttons, text="Save as…", style="Accent.TButton", command=self._go_on
        )
        self.cancel_button = ttk.Button(buttons, text="Cancel", command=self.destroy)
        self.save_button.pack(side="right")
        self.cancel_button.pack(side="right", padx=GAP)

    def _return(self, event: tk.Event[tk.Misc]) -> None:
        """Save from anywhere in the dialog, but for the button that gives it up."""
        if event.widget is self.cancel_button:
            self.destroy()
        else:
            self._go_on()

    def _go_on(self) -> None:
        size = self.pixels.get()
        self.destroy()
        self._on_chosen(size)


@dataclass(eq=False)
class PictureSaver:
    """Saves and copies pictures beside the window.

    Attributes
    ----------
    folder : gives the folder to begin in.
    on_folder : told in which folder a picture was saved.
    """

    root: tk.Misc
    runner: BackgroundRunner
    messages: MessageBar
    folder: Callable[[], str]
    on_folder: Callable[[str], None]
    dialog: SaveDialog | None = None

    def save(self, picture: Picture) -> None:
        """Ask for size and place, and write a copy."""
        if self.dialog is not None:
            self.dialog.destroy()
        self.dialog = SaveDialog(
            self.root, max(picture.image.size), lambda size: self._ask_place(picture, size)
        )

    def copy(self, picture: Picture) -> None:
        """Put a picture on the clipboard."""
        self.runner.run_in_thread(
            lambda task: copy_picture(picture.image),
            lambda _: self.messages.note("The picture is copied."),
            self.messages.error,
        )

    def _ask_place(self, picture: Picture, size: int) -> None:
        resized = "" if size == max(picture.image.size) else f"-{size}px"
        name = f"{file_stem(picture.metadata)}{resized}.png"
        path = ask_where_to_save(
            self.root, "Save the picture", self.folder(), name, (PNG, JPEG, WEBP)
        )
        if path is None:
            return
        self.on_folder(str(path.parent))
        self.runner.run_in_thread(
            lambda task: save_picture(picture.image, picture.metadata, path, size),
            lambda _: self.messages.note(f"Saved as {path}."),
            self.messages.error,
        )
