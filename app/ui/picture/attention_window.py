"""A window that shows which words each stage used most, as the papers show it."""

from __future__ import annotations

import tkinter as tk
from pathlib import Path
from tkinter import ttk
from typing import TYPE_CHECKING

from PIL import Image, ImageTk

from app.pictures.attention_sheet import attention_sheet, drawing_sheet
from app.pictures.picture_file import save_picture
from app.pictures.picture_metadata import PictureMetadata, file_stem
from app.ui.toolkit.background import BackgroundRunner, Task
from app.ui.toolkit.file_dialogs import PNG, ask_where_to_save
from app.ui.toolkit.message_bar import MessageBar
from app.ui.toolkit.theme import GAP, Palette, follow_palette

if TYPE_CHECKING:
    from models import Drawing

_SHARE = 0.75  # of the screen, at most
_AROUND = "5c"  # of its height: for what is above and below the sheet, title bar included


class AttentionWindow(tk.Toplevel):
    """Shows the attention of one drawing; Escape closes it.

    Parameters
    ----------
    drawing : what was drawn.
    folder : where the dialog for saving begins.
    """

    def __init__(
        self,
        parent: tk.Tk,
        runner: BackgroundRunner,
        drawing: Drawing,
        folder: str,
    ) -> None:
        super().__init__(parent)
        self.withdraw()  # shown when it is complete
        self.title("Attention")
        self.transient(parent)
        self._runner = runner
        self._drawing = drawing
        self._folder = folder
        self._photo: ImageTk.PhotoImage | None = None
        body = ttk.Frame(self, padding=2 * GAP)
        body.pack(fill="both", expand=True)
        ttk.Label(
            body,
            text="The words that each stage used most; bright is where it looked at the word.",
            style="Muted.TLabel",
        ).pack(anchor="w")
        self.sheet = ttk.Label(body)
        self.sheet.pack(pady=GAP)
        self.messages = MessageBar(body)
        self.messages.pack(fill="x")
        self.save_button = ttk.Button(body, text="Save sheet…", command=self._save)
        self.save_button.pack(side="left", pady=(GAP, 0))
        self.close_button = ttk.Button(body, text="Close", command=self.destroy)
        self.close_button.pack(side="right", pady=(GAP, 0))
        self.bind("<Escape>", self._escape)
        follow_palette(self.sheet, self._make)

    def _make(self, palette: Palette) -> None:
        """Draw the sheet, in colours that fit the window's, beside it."""
        drawing = self._drawing
        height = self.winfo_screenheight()
        most = min(int(_SHARE * height), height - self.winfo_pixels(_AROUND))
        room = int(_SHARE * self.winfo_screenwidth()), most
        ink = str(ttk.Style(self).lookup(".", "foreground"))

        def make(task: Task[Image.Image]) -> Image.Image:
            sheet = attention_sheet(drawing, paper=palette.stage, ink=ink)
            sheet.thumbnail(room, Image.Resampling.LANCZOS)
            return sheet

        self._runner.run_in_thread(make, self._show, self._failed)

    def _show(self, sheet: Image.Image) -> None:
        if not self.winfo_exists():
            return  # closed before it was complete
        self._photo = ImageTk.PhotoImage(sheet, master=self)
        self.sheet.configure(image=self._photo)
        self.deiconify()
        self.save_button.focus()

    def _escape(self, event: tk.Event[tk.Misc]) -> str:
        self.destroy()
        return "break"

    def _save(self) -> None:
        metadata = PictureMetadata.of(self._drawing)
        name = file_stem(metadata) + "-sheet.png"
        path = ask_where_to_save(self, "Save stages and attention", self._folder, name, (PNG,))
        if path is None:
            return

        def write(task: Task[None]) -> None:
            save_picture(drawing_sheet(self._drawing), metadata, path)

        self._runner.run_in_thread(write, lambda _: self._saved(path), self._failed)

    def _saved(self, path: Path) -> None:
        if self.winfo_exists():
            self.messages.note(f"Saved as {path}.")

    def _failed(self, error: Exception) -> None:
        if self.winfo_exists():
            self.messages.error(error)
