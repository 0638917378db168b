"""What a change of a setting does in the running window."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from app.gallery import Gallery
from app.settings import Device, Theme

if TYPE_CHECKING:
    from app.ui.window.window import MainWindow


class SettingChanges:
    """Remembers each change, and carries it out at once."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window

    def theme(self, theme: Theme) -> None:
        """Be light or dark, or follow the system."""
        window = self._window
        window.keeper.remember(theme=theme)
        window.theme.set(theme)
        window.appearance.choose(theme)

    def drawing(self, device: Device, threads: int | None) -> None:
        """Draw on another device, or with more or fewer threads of the processor."""
        window = self._window
        if (device, threads) == (window.settings.device, window.settings.threads):
            return
        window.keeper.remember(device=device, threads=threads)
        window.desk.cancel()
        window.morph_tab.stop()
        window.loaders.draw_elsewhere(window.settings)
        window.messages.note("The model is loaded anew; you can draw as soon as it is there.")
        window.loaders.painter.when_loaded(
            lambda painter: window.messages.note("Loaded: the change is in use."),
            window.messages.error,
        )

    def gallery_folder(self, folder: Path | None) -> bool:
        """Keep pictures in another folder (None: the usual one); tell whether that is possible.

        What is kept already stays where it is.
        """
        window = self._window
        if folder is not None and not os.access(folder, os.W_OK):
            window.messages.error(
                f"Nothing can be written into {folder}. Please choose another folder."
            )
            return False
        window.keeper.remember(gallery_folder=None if folder is None else str(folder))
        gallery = Gallery(folder)
        window.gallery = window.desk.gallery = gallery
        window.gallery_tab.use_gallery(gallery)
        window.messages.note(f"From now on your pictures are kept in {gallery.folder}.")
        return True

    def listening(self, **changes: object) -> None:
        """Listen in another way: settings by name."""
        window = self._window
        before = window.settings
        window.keeper.remember(**changes)
        now = window.settings
        if (now.recogniser, now.whisper_folder) != (before.recogniser, before.whisper_folder):
            window.loaders.listen_differently(now)
