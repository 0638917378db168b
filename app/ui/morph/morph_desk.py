"""The slow work of the Morph tab: the picture between two birds, and the way as a file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from app.pictures.morphing import STRIP_SIZE, check_way_path, save_animation, save_strip, way
from app.ui.picture.picture_panel import PicturePanel
from app.ui.toolkit.background import BackgroundRunner, Task
from app.ui.toolkit.loader import Loader
from app.ui.toolkit.message_bar import MessageBar
from models.errors import DrawingCancelled
from models.request import Blend, DrawRequest

if TYPE_CHECKING:
    from app.engine.pictures import EnginePainter
    from models import Drawing

DRAFT_SIZE = 128  # pixels; takes 35 ms, all stages 200 ms


class MorphDesk:
    """Draws the newest position between two birds, and exports the whole way.

    Parameters
    ----------
    painter_loader : brings the model.
    panel, messages : where pictures and sentences to the person are shown.
    """

    def __init__(
        self,
        runner: BackgroundRunner,
        painter_loader: Loader[EnginePainter],
        panel: PicturePanel,
        messages: MessageBar,
    ) -> None:
        self._runner = runner
        self._painter_loader = painter_loader
        self._panel = panel
        self._messages = messages
        self._wanted: tuple[Blend, bool] | None = None  # the newest position, until it is begun
        self._following = False
        self._task: Task[Drawing | None] | None = None
        self._export: Task[None] | None = None
        self._request = 0  # tells an export that waited for the model whether it is still wanted

    @property
    def idle(self) -> bool:
        """Whether the picture has caught up with the sliders."""
        return not self._following

    def follow(self, blend: Blend, draft: bool) -> None:
        """Draw a position, unless a newer one comes before its turn.

        Parameters
        ----------
        blend : the position.
        draft : whether the slider still moves, so that a small picture now is better than a large
            one later.
        """
        self._wanted = blend, draft
        if not self._following:
            self._following = True
            self._painter_loader.when_loaded(self._draw_newest, self._failed)

    def stop_following(self) -> None:
        """Forget positions that are not drawn yet: the panel is needed for something else."""
        self._wanted = None
        if self._task is not None:
            self._task.cancel()
            self._task, self._following = None, False

    def export(
        self,
        blend: Blend,
        steps: int,
        path: Path,
        animated: bool,
        on_progress: Callable[[int], None],
        on_end: Callable[[], None],
    ) -> None:
        """Draw the way from the first to the second bird and write it.

        Parameters
        ----------
        blend : the two birds.
        steps : how many pictures.
        path : where to, ending in .png (or .gif, animated).
        animated : an animation instead of a strip.
        on_progress : receives how many pictures are drawn.
        on_end : called when it ended, however; not after :meth:`cancel_export`.
        """

        self._request += 1
        request = self._request

        def end() -> None:
            self._export = None
            on_end()

        def done(result: None) -> None:
            end()
            self._messages.note(f"Saved as {path}.")

        def failed(error: Exception) -> None:
            end()
            self._messages.error(error)

        def begin(painter: EnginePainter) -> None:
            if request != self._request:
                return

            def draw_and_save(task: Task[None]) -> None:
                check_way_path(path, animated)
                pictures: list[Image.Image] = []
                for position in way(blend, steps):
                    size = None if animated else painter.size_near(STRIP_SIZE)
                    request = DrawRequest(blend=position, size=size)
                    drawing = painter.draw(request, cancelled=task.cancelled)
                    pictures.append(drawing.image)
                    task.progress(len(pictures))
                save = save_animation if animated else save_strip
                if not task.cancelled():
                    save(pictures, blend, path)

            self._export = self._runner.run_in_thread(draw_and_save, done, failed, on_progress)

        def give_up(error: Exception) -> None:
            if request == self._request:
                failed(error)

        self._painter_loader.when_loaded(begin, give_up)

    def cancel_export(self) -> None:
        """Stop the export, also one that waits for the model; no file is written."""
        self._request += 1
        if self._export is not None:
            self._export.cancel()
            self._export = None
        self._messages.note("The export was cancelled.")

    def _draw_newest(self, painter: EnginePainter) -> None:
        if self._wanted is None:
            self._following = False
            return
        (blend, draft), self._wanted = self._wanted, None

        def draw_position(task: Task[Drawing | None]) -> Drawing | None:
            # A draft is finished even when overtaken: else nothing would be seen while dragging.
            def overtaken() -> bool:
                return task.cancelled() or (not draft and self._wanted is not None)

            try:
                size = painter.size_near(DRAFT_SIZE) if draft else None
                request = DrawRequest(blend=blend, size=size)
                return painter.draw(request, cancelled=overtaken)
            except DrawingCancelled:
                return None

        def done(drawing: Drawing | None) -> None:
            self._task = None
            if drawing is not None:
                self._panel.show_preview(drawing, _describe(blend))
            self._draw_newest(painter)

        self._task = self._runner.run_in_thread(draw_position, done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._task, self._wanted, self._following = None, None, False
        self._messages.error(error)


def _describe(blend: Blend) -> str:
    seeds = f"seed {blend.first_seed}"
    if blend.second_seed != blend.first_seed:
        seeds = f"seeds {blend.first_seed} → {blend.second_seed}, {blend.seed_share:.0%}"
    return f"{blend.share:.0%} of the way to “{blend.second}”  ·  {seeds}"
