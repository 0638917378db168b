"""Finds the model that drew a kept picture, so that it is drawn again as it was."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from app.pictures.picture_metadata import PictureMetadata
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.loader import Loader
from app.ui.toolkit.message_bar import MessageBar

if TYPE_CHECKING:
    from app.engine.pictures import EnginePainter

Draw = Callable[[PictureMetadata, "EnginePainter | None"], None]
"""Draws what a picture was drawn from; None stands for the window's own model."""

_NOT_THERE = (
    "This picture was drawn by {model}, which is not here: another model would draw another bird. "
    "If you have its weights file, open it first (File, Open model…)."
)


@dataclass(frozen=True)
class KeptModels:
    """Brings what draws a kept picture again.

    Attributes
    ----------
    painter_loader : brings the window's own model.
    files : gives where models may be; None is the bundled one.
    """

    runner: BackgroundRunner
    painter_loader: Loader[EnginePainter]
    messages: MessageBar
    files: Callable[[], Sequence[Path | None]]

    def find(self, metadata: PictureMetadata, draw: Draw) -> None:
        """Call `draw` with a picture's metadata and what draws it again.

        Where the model is not there, that is told, and the person may draw with the window's own,
        which then chooses a sketch of its own.
        """
        files = self.files()

        def look(painter: EnginePainter) -> None:
            if painter.model_name == metadata.model:
                draw(metadata, None)
                return
            self.runner.run_in_thread(
                lambda task: painter.that_drew(metadata.model, files), found, self.messages.error
            )

        def found(painter: EnginePainter | None) -> None:
            if painter is not None:
                draw(metadata, painter)
                return
            anew = replace(metadata, request=metadata.request.anew(metadata.seed))
            self.messages.note(
                _NOT_THERE.format(model=metadata.model),
                "Draw all the same",
                lambda: draw(anew, None),
            )

        if self.painter_loader.value is None:
            self.messages.note("The model is still loading; your bird is drawn right after.")
        self.painter_loader.when_loaded(look, self.messages.error)
