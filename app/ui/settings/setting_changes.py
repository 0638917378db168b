"""What a change of a setting does in the running window."""

from __future__ import annotations

import os
import tkinter as tk
from collections.abc import Callable
from pathlib import Path

from app.gallery import Gallery
from app.settings import Device, Theme
from app.ui.settings.appearance import Appearance
from app.ui.settings.engine_loaders import EngineLoaders
from app.ui.settings.settings_keeper import SettingsKeeper
from app.ui.toolkit.message_bar import MessageBar


class SettingChanges:
    """Remembers each change, and carries it out at once.

    Attributes
    ----------
    chosen_theme : what is chosen, for a menu.
    """

    def __init__(
        self,
        root: tk.Misc,
        keeper: SettingsKeeper,
        appearance: Appearance,
        loaders: EngineLoaders,
        messages: MessageBar,
        stop_drawing: Callable[[], None],
        use_gallery: Callable[[Gallery], None],
        tell_recogniser: Callable[[str], None],
    ) -> None:
        self._keeper = keeper
        self._appearance = appearance
        self._loaders = loaders
        self._messages = messages
        self._stop_drawing = stop_drawing
        self._use_gallery = use_gallery
        self._tell_recogniser = tell_recogniser
        self.chosen_theme = tk.StringVar(root, keeper.current.theme)

    def theme(self, theme: Theme) -> None:
        """Be light or dark, or follow the system."""
        self._keeper.remember(theme=theme)
        self.chosen_theme.set(theme)
        self._appearance.choose(theme)

    def drawing(self, device: Device, threads: int | None) -> None:
        """Draw on another device, or with more or fewer threads of the processor."""
        settings = self._keeper.current
        if (device, threads) == (settings.device, settings.threads):
            return
        self._keeper.remember(device=device, threads=threads)
        self._stop_drawing()
        self._loaders.draw_elsewhere(self._keeper.current)
        self._messages.note("The model is loaded anew; you can draw as soon as it is there.")
        self._loaders.painter.when_loaded(
            lambda painter: self._messages.note("Loaded: the change is in use."),
            self._messages.error,
        )

    def model(self, weights: Path | None) -> None:
        """Draw with the model of a weights file (None: the bundled one).

        One that cannot be used is told, and the last one goes on drawing.
        """
        self._stop_drawing()
        self._messages.note("The model is being loaded.")
        self._loaders.open_model(
            weights,
            lambda painter: self._messages.note(f"From now on {painter.model_name} draws."),
            self._messages.error,
        )

    def sketches(self, count: int) -> None:
        """Choose the next pictures among so many sketches."""
        self._keeper.remember(sketches=count)
        painter = self._loaders.painter.value
        if painter is not None:
            painter.sketches = count

    def gallery_folder(self, folder: Path | None) -> bool:
        """Keep pictures in another folder (None: the usual one); tell whether that is possible.

        What is kept already stays where it is.
        """
        if folder is not None and not os.access(folder, os.W_OK):
            self._messages.error(
                f"Nothing can be written into {folder}. Please choose another folder."
            )
            return False
        self._keeper.remember(gallery_folder=None if folder is None else str(folder))
        gallery = Gallery(folder, is_chosen=folder is not None)
        self._use_gallery(gallery)
        self._messages.note(f"From now on your pictures are kept in {gallery.folder}.")
        return True

    def listening(self, **changes: object) -> None:
        """Listen in another way: settings by name."""
        before = self._keeper.current
        self._keeper.remember(**changes)
        now = self._keeper.current
        if (now.recogniser, now.whisper_folder) != (before.recogniser, before.whisper_folder):
            self._tell_recogniser(now.recogniser)
            self._loaders.listen_differently(now)
