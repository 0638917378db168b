"""What is to be drawn: a sentence, what was said, or both side by side."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from app.pictures.picture_metadata import STRAIGHT_FROM_SOUND
from app.settings import Way
from models.errors import SoundError
from models.request import DrawRequest
from models.sketches.pose_wish import ANY, is_known

if TYPE_CHECKING:
    from app.engine.pictures import EnginePainter
    from app.speech.sound.recording import Recording
    from app.speech.sound.voice_detector import Speech
    from models.drawing import Cancelled, Drawing, OnStage
    from models.sketches.pose_wish import PartPlaces


@dataclass(frozen=True, eq=False)
class Subject:
    """What is to be drawn.

    Attributes
    ----------
    request : the text, and how it is to be drawn; its sentence is of no account where the sound
        alone is drawn.
    recording : what was said, which is kept with the pictures.
    speech : the part of it in which somebody speaks, where its sound is drawn.
    way : whether the text, the sound or both are drawn.
    spoken : whether the sentence is what is said in the recording, corrected perhaps.
    painter : what draws it, where that is not the window's own model.
    """

    request: DrawRequest
    recording: Recording | None = None
    speech: Speech | None = None
    way: Way = "text"
    spoken: bool = True
    painter: EnginePainter | None = None

    @property
    def sentence(self) -> str:
        """The text."""
        return self.request.sentence

    @property
    def title(self) -> str:
        """What to call it in front of a person."""
        return STRAIGHT_FROM_SOUND if self.way == "sound" else self.sentence

    @property
    def missing(self) -> str | None:
        """What has to be said or written before it can be drawn; None when all is there."""
        if self.way != "text" and self.speech is None:
            return "Please record something first, or open a sound file: there is no sound to draw."
        if self.way != "sound" and not self.sentence:
            return "Please describe a bird first: there is no text to draw."
        return None

    @property
    def pictures(self) -> int:
        """How many pictures there are of each seed."""
        return 2 if self.way == "both" else 1

    def sound_of(self, drawing: Drawing) -> Recording | None:
        """Return what to keep beside one of its pictures: nothing beside a text nobody said."""
        return self.recording if self.spoken or drawing.spans else None

    def draw(
        self,
        painter: EnginePainter,
        seed: int,
        beside: tuple[PartPlaces, ...],
        on_stage: OnStage,
        cancelled: Cancelled,
    ) -> Iterator[Drawing]:
        """Draw its pictures of one seed, that of the text first; errors as for the painter's.

        Parameters
        ----------
        beside : poses of the pictures of other seeds, from which these are to differ.
        """
        request = self.request if seed == self.request.seed else self.request.anew(seed)
        request, painter = replace(request, beside=beside), painter.beside(self.painter)
        # What was asked of another model: that which drew a kept picture, or the last one.
        if request.size not in painter.sizes:
            request = replace(request, size=None)
        if not is_known(request.pose, painter.poses):
            request = replace(request, pose=ANY)
        if self.way != "sound":
            yield painter.draw(request, on_stage, cancelled)
        if self.way != "text":
            assert self.speech is not None
            sound = self.speech.voice()
            try:
                yield painter.draw(replace(request, sound=sound), on_stage, cancelled)
            except SoundError as error:
                if self.recording is None:
                    raise
                from app.speech.sound.loudness import with_advice

                raise SoundError(with_advice(str(error), self.recording)) from error
