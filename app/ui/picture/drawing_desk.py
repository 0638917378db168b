"""From a click on Draw to pictures that are shown and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

from app.gallery import Gallery
from app.pictures.picture_file import PictureError
from app.ui.picture.picture_panel import PicturePanel
from app.ui.picture.seed_bar import SeedError
from app.ui.picture.subject import Subject
from app.ui.toolkit.background import BackgroundRunner, Task
from app.ui.toolkit.loader import Loader, LoadState
from app.ui.toolkit.message_bar import MessageBar
from models.errors import DrawingCancelled
from models.request import DrawRequest

if TYPE_CHECKING:
    from app.engine.pictures import EnginePainter
    from app.speech.sound.recording import Recording
    from models import Drawing
    from models.sketches.pose_wish import PartPlaces


@dataclass(frozen=True, eq=False)
class Kept:
    """A finished drawing, where it was kept, and why it could not be."""

    drawing: Drawing
    path: Path | None = None
    error: PictureError | None = None


class DrawingDesk:
    """Draws one subject at a time, once or with several seeds, and keeps every picture.

    Parameters
    ----------
    painter_loader : brings the model; a drawing asked for meanwhile waits for it.
    gallery : where every finished picture is kept as PNG, so that drawing again loses nothing.
    panel, messages : where pictures and sentences to the person are shown.
    on_busy : told True when a drawing begins and False when it ended, however it ended.
    on_kept : told where a finished picture was kept.

    Attributes
    ----------
    gallery : where the next pictures are kept.
    busy : whether something is being drawn, or waits for the model.
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
        self.gallery = gallery
        self._panel = panel
        self._messages = messages
        self._on_busy = on_busy
        self._on_kept = on_kept
        self._task: Task[None] | None = None
        self._request = 0  # tells a drawing that waited for the model whether it is still wanted
        self._coming: list[Kept] = []  # what is finished of the drawing under way
        self._coming_of: Subject | None = None
        self._finished: list[Kept] = []  # of the last one
        self._drawn: Subject | None = None  # what the finished pictures are of
        self.busy = False

    @property
    def drawing(self) -> Drawing | None:
        """The finished picture that is shown, or marked in the grid."""
        kept = self._selected()
        return None if kept is None else kept.drawing

    @property
    def kept_as(self) -> Path | None:
        """Where that picture was kept."""
        kept = self._selected()
        return None if kept is None else kept.path

    def draw(self, wanted: DrawRequest | str, seed: int | None = None) -> None:
        """Draw a sentence that was written: see :meth:`draw_subject`."""
        request = DrawRequest(wanted) if isinstance(wanted, str) else wanted
        self.draw_subject(Subject(request), seed)

    def draw_subject(self, subject: Subject, seed: int | None = None) -> None:
        """Draw something with as many seeds as the panel says.

        While the model loads, they are drawn as soon as it is there.

        Parameters
        ----------
        subject : what to draw.
        seed : seed of the first picture, the next ones follow it; None is what the panel says.
        """
        if self.busy:
            return
        if subject.missing is not None:
            self._messages.error(subject.missing)
            return
        count = self._panel.count
        try:
            first = self._panel.seed_bar.next_seed(count) if seed is None else seed
        except SeedError as error:
            self._messages.error(error)
            return
        seeds = range(first, first + count)
        self._messages.clear()
        self._set_busy(True)
        self._request += 1
        request = self._request
        if self._painter_loader.state is not LoadState.READY:
            self._panel.show_waiting("The model is still loading; your bird is drawn right after.")

        def begin(painter: EnginePainter) -> None:
            if request == self._request:
                self._begin(painter, subject, seeds)

        def give_up(error: Exception) -> None:
            if request == self._request:
                self._failed(error)

        self._painter_loader.when_loaded(begin, give_up)

    def draw_again(self) -> None:
        """Draw the last subject once more: with another seed, unless it is to be kept."""
        if self.drawing is not None and self._drawn is not None:
            self.draw_subject(self._drawn)

    def surprise(self) -> None:
        """Draw the last subject with a new seed, whatever was to be kept."""
        if self.drawing is not None and self._drawn is not None and not self.busy:
            self.draw_subject(self._drawn, self._panel.seed_bar.surprise(self._panel.count))

    def cancel(self) -> None:
        """Stop at once as far as the person sees; the engine stops after its current stage."""
        if not self.busy:
            return
        self._request += 1
        if self._task is not None:
            self._task.cancel()
        lost = self._end()
        if lost is None:
            self._messages.note("The drawing was cancelled.")
        else:
            self._messages.error(lost)

    def show_last(self) -> None:
        """Show again what a person looked at, after the panel showed something else."""
        if not self.busy:
            self._show_finished()

    def _begin(self, painter: EnginePainter, subject: Subject, seeds: range) -> None:
        self._panel.use_sizes((subject.painter or painter).sizes)
        self._panel.show_begin(subject, len(seeds) * subject.pictures)
        self._coming, self._coming_of = [], subject

        # One by one: a batch takes as long (0.2 s a picture), and could not be cancelled within.
        def draw_and_keep(task: Task[None]) -> None:
            def on_stage(index: int, image: Image.Image) -> None:
                task.progress((index, image))

            beside: tuple[PartPlaces, ...] = ()
            for seed in seeds:
                poses: list[PartPlaces] = []
                for drawing in subject.draw(painter, seed, beside, on_stage, task.cancelled):
                    task.progress(self._keep(drawing, subject.sound_of(drawing)))
                    poses += [drawing.pose] if drawing.pose else []
                beside += (*poses,)

        self._task = self._runner.run_in_thread(
            draw_and_keep, lambda _: self._done(), self._failed, self._advance
        )

    def _keep(self, drawing: Drawing, recording: Recording | None) -> Kept:
        try:
            return Kept(drawing, self.gallery.keep(drawing, recording))
        except PictureError as error:  # a full disk must not hide the picture
            return Kept(drawing, error=error)

    def _advance(self, news: Kept | tuple[int, Image.Image]) -> None:
        if isinstance(news, Kept):
            self._coming.append(news)
            self._panel.show_finished(news.drawing)
            if news.path is not None:
                self._on_kept(news.path)
        else:
            self._panel.show_stage(*news)

    def _done(self) -> None:
        lost = self._end()
        if lost is not None:
            self._messages.error(lost)
            return
        told = [kept.drawing.notice for kept in self._finished if kept.drawing.notice]
        if unknown := self._finished[0].drawing.unknown_words:
            words = ", ".join(f"“{word}”" for word in unknown)
            told.append(f"Drawn without the words that are not understood: {words}.")
        if told:
            self._messages.note(" ".join(dict.fromkeys(told)))

    def _failed(self, error: Exception) -> None:
        lost = self._end()
        if not isinstance(error, DrawingCancelled):
            self._messages.error(error)
            if lost is not None:
                self._messages.error(f"{self._messages.text} {lost}")
        elif lost is not None:
            self._messages.error(lost)

    def _end(self) -> str | None:
        """Show what is finished, and return what to tell if a picture could not be kept.

        Stages of a picture that was given up are not a result.
        """
        self._task = None
        errors = [kept.error for kept in self._coming if kept.error is not None]
        if self._coming:
            self._finished, self._coming = self._coming, []
            self._drawn = self._coming_of
            self._panel.kept = None  # a new picture takes the place of one from a file
        self._show_finished()
        self._set_busy(False)
        return f"{errors[0]} Save the picture before you draw another one." if errors else None

    def _show_finished(self) -> None:
        if self._panel.kept is not None:
            self._panel.show_kept(self._panel.kept)
        elif self._finished and self._drawn is not None:
            self._panel.show_drawings([kept.drawing for kept in self._finished], self._drawn.speech)
        else:
            self._panel.show_nothing()

    def _selected(self) -> Kept | None:
        if not self._finished:
            return None
        return self._finished[min(self._panel.selected, len(self._finished) - 1)]

    def _set_busy(self, busy: bool) -> None:
        self.busy = busy
        self._on_busy(busy)
