"""Draws once more what was said, from the sound that is kept beside a picture."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.ui.picture.drawing_desk import DrawingDesk
from app.ui.picture.subject import Subject
from app.ui.toolkit.background import BackgroundRunner, Task
from app.ui.toolkit.loader import Loader
from app.ui.toolkit.message_bar import MessageBar
from models.request import DrawRequest

if TYPE_CHECKING:
    from app.engine.pictures import EnginePainter
    from app.engine.speech import EngineTranscriber


@dataclass(frozen=True)
class KeptSound:
    """Reads a sound file, finds the voice in it, and gives that to the desk."""

    runner: BackgroundRunner
    transcriber_loader: Loader[EngineTranscriber]
    desk: DrawingDesk
    messages: MessageBar

    def draw(
        self,
        picture: Path,
        request: DrawRequest,
        seed: int | None,
        painter: EnginePainter | None = None,
    ) -> None:
        """Draw what was said for a picture straight from the sound that lies beside its file.

        Parameters
        ----------
        painter : what draws it; None is the window's own model.
        """
        path = picture.with_suffix(".flac")
        if not os.path.exists(path):
            self.messages.error(
                "This picture was drawn straight from sound, and its sound is not beside it: it "
                "cannot be drawn again."
            )
            return

        def find(transcriber: EngineTranscriber) -> None:
            def read(task: Task[Subject]) -> Subject:
                from app.speech.sound.recording import Recording

                recording = Recording.from_file(path)
                speech = transcriber.understand(recording, words=False).speech
                return Subject(request, recording, speech, "sound", painter=painter)

            self.runner.run_in_thread(
                read, lambda subject: self.desk.draw_subject(subject, seed), self.messages.error
            )

        self.transcriber_loader.when_loaded(find, self.messages.error)
