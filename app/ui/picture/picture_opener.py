"""Opening a picture that was saved anywhere: it is shown, and its sentence can be drawn again."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tkinter import filedialog

from app.pictures.picture_file import Picture, read_picture
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.file_dialogs import ALL_FILES, DRAWN_HERE, file_type
from app.ui.toolkit.message_bar import MessageBar


@dataclass(frozen=True)
class PictureOpener:
    """Asks for a file, and reads it beside the window."""

    root: tk.Misc
    runner: BackgroundRunner
    messages: MessageBar
    on_opened: Callable[[Picture, Path], None]

    def ask(self, folder: str) -> None:
        """Let the person choose a picture, beginning in a folder."""
        chosen = filedialog.askopenfilename(
            parent=self.root,
            title="Open a picture",
            initialdir=folder,
            filetypes=(file_type("Pictures drawn here", DRAWN_HERE), ALL_FILES),
        )
        if chosen:
            self.open(Path(chosen))

    def open(self, path: Path, beside: str | None = None) -> None:
        """Open a picture; one that was not drawn here is refused in a sentence.

        ``beside`` is said behind what comes of it.
        """

        def opened(picture: Picture) -> None:
            self.on_opened(picture, path)
            say_beside()

        def failed(error: Exception) -> None:
            self.messages.error(error)
            say_beside()

        def say_beside() -> None:
            if beside is not None:
                self.messages.add(beside)

        self.runner.run_in_thread(lambda task: read_picture(path), opened, failed)
