"""From a click on Draw to a picture that is shown and kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from app.gallery import Gallery
from app.picture_file import PictureError
from app.ui.background import BackgroundRunner, Task
from app.ui.loader import Loader, LoadState
from app.ui.message_bar import MessageBar
from app.ui.picture_panel import PicturePanel
from models.errors import DrawingCancelled

if TYPE_CHECKING:
    from app.engine.pictures import EnginePainter
    from app.speech.recording import Recording
    from models import Drawing

    # A finished drawing, where it was kept, and why it could not be.
    Kept = tuple[Drawing, Path | None, PictureError | None]


class DrawingDesk:
    """Draws one sentence at a time and keeps every picture.

    Parameters
    ----------
    runner
        Runs the drawing beside the window.
    painter_loader
        Brings the model; a drawing asked for meanwhile waits for it.
    gallery
        Where every finished picture is kept as PNG, so that drawing again loses nothing.
    panel, messages
        Where pictures and sentences to the person are shown.
    on_busy
        Told True when a drawing begins and False when it ended, however it ended.
    on_kept
        Told where a finished picture was kept.
    """

    def __init__(
        self,
        runner: BackgroundRunner,
        painter_loader: Loader[EnginePainter],
        gallery: Gallery,
        panel: PicturePanel,
        messages: MessageBar,
        on_busy: Callable[[bool], None],
        on_kept: Callable[[Path], None],
    ) -> None:
        self._runner = runner
        self._painter_loader = painter_loader
        self._gallery = gallery
        self._panel = panel
        self._messages = messages
        self._on_busy = on_busy
        self._on_kept = on_kept
        self._recording: Recording | None = None
        self._task: Task[Kept] | None = None
        self._request = 0  # tells a drawing that waited for the model whether it is still wanted
        self.busy = False
        self.drawing: Drawing | None = None
        self.kept_as: Path | None = None

    def draw(
        self, sentence: str, seed: int | None = None, recording: Recording | None = None
    ) -> None:
        """Draw a sentence; while the model loads, as soon as it is there.

        A recording of the spoken sentence is kept with the picture.
        """
        if self.busy:
            return
        if not sentence:
            self._messages.error("Please describe a bird first: there is no text to draw.")
            return
        self._messages.clear()
        self._recording = recording
        self._set_busy(True)
        self._request += 1
        request = self._request
        if self._painter_loader.state is not LoadState.READY:
            self._panel.show_waiting("The model is still loading; your bird is drawn right after.")

        def begin(painter: EnginePainter) -> None:
            if request == self._request:
                self._begin(painter, sentence, seed)

        def give_up(error: Exception) -> None:
            if request == self._request:
                self._failed(error)

        self._painter_loader.when_loaded(begin, give_up)

    def draw_again(self) -> None:
        """Draw the last sentence with another seed."""
        if self.drawing is not None:
            self.draw(self.drawing.sentence, recording=self._recording)

    def cancel(self) -> None:
        """Stop at once as far as the person sees; the engine stops after its current stage."""
        if not self.busy:
            return
        self._request += 1
        if self._task is not None:
            self._task.cancel()
        self._end()
        self._messages.note("The drawing was cancelled.")

    def _begin(self, painter: EnginePainter, sentence: str, seed: int | None) -> None:
        self._panel.show_begin(sentence)
        recording = self._recording

        def draw_and_keep(task: Task[Kept]) -> Kept:
            def on_stage(index: int, image: Image.Image) -> None:
                task.progress((index, image))

            drawing = painter.draw(sentence, seed=seed, on_stage=on_stage, cancelled=task.cancelled)
            try:
                return drawing, self._gallery.keep(drawing, recording), None
            except PictureError as error:  # a full disk must not hide the picture
                return drawing, None, error

        self._task = self._runner.run_in_thread(
            draw_and_keep,
            self._done,
            self._failed,
            lambda stage: self._panel.show_stage(*stage),
        )

    def _done(self, kept: Kept) -> None:
        self.drawing, self.kept_as, error = kept
        self._end()
        if self.kept_as is not None:
            self._on_kept(self.kept_as)
        if error is not None:
            self._messages.error(f"{error} Save the picture before you draw another one.")
        elif self.drawing.unknown_words:
            words = ", ".join(f"“{word}”" for word in self.drawing.unknown_words)
            self._messages.note(f"Drawn without the words that are not understood: {words}.")

    def _failed(self, error: Exception) -> None:
        self._end()
        if not isinstance(error, DrawingCancelled):
            self._messages.error(error)

    def _end(self) -> None:
        """Show the last finished picture: stages of one that was given up are not a result."""
        self._task = None
        if self.drawing is not None:
            self._panel.show_drawing(self.drawing)
        else:
            self._panel.show_nothing()
        self._set_busy(False)

    def _set_busy(self, busy: bool) -> None:
        self.busy = busy
        self._on_busy(busy)
