"""Opening a picture that was saved anywhere: it is shown, and its sentence can be drawn again."""

from __future__ import annotations

import tkinter as tk
from collections.abc import Callable
from pathlib import Path
from tkinter import filedialog

from app.pictures.picture_file import Picture, read_picture
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.file_dialogs import ALL_FILES, DRAWN_HERE, file_type
from app.ui.toolkit.message_bar import MessageBar


class PictureOpener:
    """Asks for a file, and reads it beside the window."""

    def __init__(
        self,
        root: tk.Misc,
        runner: BackgroundRunner,
        messages: MessageBar,
        on_opened: Callable[[Picture, Path], None],
    ) -> None:
        self._root = root
        self._runner = runner
        self._messages = messages
        self._on_opened = on_opened

    def ask(self, folder: str) -> None:
        """Let the person choose a picture, beginning in a folder."""
        chosen = filedialog.askopenfilename(
            parent=self._root,
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
            self._on_opened(picture, path)
            say_beside()

        def failed(error: Exception) -> None:
            self._messages.error(error)
            say_beside()

        def say_beside() -> None:
            if beside is not None:
                self._messages.add(beside)

        self._runner.run_in_thread(lambda task: read_picture(path), opened, failed)
