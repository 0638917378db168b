"""A small picture of what is being said, which follows the voice straight from its sound.

One bird becomes the next: the engine draws a few sketches on the way from what was heard last, and
each is faded into the one after it.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from PIL import Image

from app.ui.picture.drawing_desk import DrawingDesk
from app.ui.picture.picture_panel import PicturePanel
from app.ui.picture.seed_bar import SeedError
from app.ui.speak.live_passes import LivePasses
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.loader import Loader
from models.errors import DrawingCancelled
from models.request import DrawRequest

if TYPE_CHECKING:
    from app.engine.pictures import EnginePainter
    from app.speech.devices.recorder import Recorder
    from app.speech.sound.recording import Recording

_PAUSE = 0.4  # seconds between two sounds of which sketches are drawn
_MOMENT = 0.3
"""Seconds of silence, in which the voice ends for the voice detector, too: it goes on to listen for
a while. What is drawn then is the beginning of the picture that follows Stop."""

_FADE = 0.1  # seconds from one sketch to the next
_MOST = 6  # sketches that wait to be shown: what is said now is more than what was
_FRAME = 40  # milliseconds
_SHARE = 3
"""Times what a frame takes to be shown, until the next one: the window has other things to do."""


class LiveSketch:
    """Has sketches of 64 pixels drawn, and lets one become the next.

    Parameters
    ----------
    painter_loader : brings the model.
    desk, panel : no sketch is drawn while the one draws, nor shown once the other shows something
        else.

    Attributes
    ----------
    passes : what asks for them.
    """

    def __init__(
        self,
        runner: BackgroundRunner,
        painter_loader: Loader[EnginePainter],
        desk: DrawingDesk,
        panel: PicturePanel,
    ) -> None:
        self._painter_loader = painter_loader
        self._desk = desk
        self._panel = panel
        self._request = DrawRequest()
        self._place: object = None  # what the panel shows as long as nobody wants something else
        self._shown: Image.Image | None = None
        self._coming: deque[Image.Image] = deque(maxlen=_MOST)
        self._timer: str | None = None
        self.passes = LivePasses(runner, self._draw, self._fade_to, _PAUSE, _MOMENT)

    @property
    def seed(self) -> int | None:
        """That of the sketch which is shown; None without one, or where a seed is to be kept."""
        kept = self._panel.seed_bar.locked
        return None if self._shown is None or kept else self._request.seed

    def start(self, recorder: Recorder, request: DrawRequest) -> None:
        """Follow a recording, with a new seed, or the one that is to be kept.

        Parameters
        ----------
        request : the pose.
        """
        self.passes.stop()
        self._forget()
        try:
            seed = self._panel.seed_bar.next_seed(self._panel.count)
        except SeedError:
            return  # told when the picture is to be drawn
        self._request = replace(request, sentence="", seed=seed)
        self.passes.start(recorder)

    def hide(self) -> None:
        """Show again what was shown before, unless something else was meanwhile."""
        if self._shown is not None and self._panel.view.pictures is self._place:
            self._desk.show_last()
        self._forget()

    def end(self) -> None:
        """Draw no more sketches, and leave the last one only to the picture that is drawn now."""
        self.passes.stop()
        if self._desk.busy:
            self._forget()
        else:
            self.hide()

    def close(self) -> None:
        """Do nothing any more; called when the window closes."""
        self.passes.stop()
        self._forget()

    def _forget(self) -> None:
        self._shown = None
        self._coming.clear()
        self._place = self._panel.view.pictures
        if self._timer is not None:
            self._panel.after_cancel(self._timer)
            self._timer = None

    def _draw(self, sound: Recording, cancelled: Callable[[], bool]) -> list[Image.Image] | None:
        painter = self._painter_loader.value
        if painter is None or self._desk.busy:
            return None
        try:
            return painter.sketch(self._request, sound, cancelled)
        except DrawingCancelled:
            return None

    def _fade_to(self, sketches: list[Image.Image]) -> None:
        if not self.passes.wanted or self._panel.view.pictures is not self._place:
            self.passes.stop()
            return
        self._coming.extend(sketches)
        if self._timer is None:
            self._next()

    def _next(self) -> None:
        """Begin to fade to the next sketch, if there is one."""
        self._timer = None
        if self._coming:
            target = self._coming.popleft()
            self._fade(self._shown or target, target, time.monotonic())

    def _fade(self, start: Image.Image, target: Image.Image, since: float) -> None:
        """Show what lies between two sketches at this moment, and so on until it is the second."""
        self._timer = None
        if self._panel.view.pictures is not self._place:
            return
        begun = time.monotonic()
        share = min(1.0, (begun - since + _FRAME / 1000) / _FADE)
        self._shown = Image.blend(start, target, share)
        self._panel.show_sketch(self._shown)
        self._place = self._panel.view.pictures
        wait = max(_FRAME, round(_SHARE * 1000 * (time.monotonic() - begun)))
        go_on = self._next if share == 1 else lambda: self._fade(start, target, since)
        self._timer = self._panel.after(wait, go_on)
