"""The words that were said so far, in the Speak tab's field, while somebody speaks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from app.speech.recognition.agreement import Agreement
from app.ui.sentence.guessed_text import GuessedText
from app.ui.speak.live_passes import LivePasses
from app.ui.toolkit.background import BackgroundRunner
from app.ui.toolkit.loader import Loader

if TYPE_CHECKING:
    from app.engine.speech import EngineTranscriber
    from app.speech.devices.recorder import Recorder
    from app.speech.sound.recording import Recording

_PAUSE = 1.0  # seconds between two guesses
_MOMENT = 0.2  # seconds of silence: what takes longest begins early


class LiveWords:
    """Guesses, about once a second, where the recogniser is quick and on this computer.

    Parameters
    ----------
    transcriber_loader : brings what understands them.
    guessed : shows them.

    Attributes
    ----------
    passes : what asks for them.
    """

    def __init__(
        self,
        runner: BackgroundRunner,
        transcriber_loader: Loader[EngineTranscriber],
        guessed: GuessedText,
    ) -> None:
        self._transcriber_loader = transcriber_loader
        self._guessed = guessed
        self._agreement = Agreement()
        self._written = False
        self.passes = LivePasses(runner, self._understand, self._show, _PAUSE, _MOMENT)

    @property
    def shown(self) -> str:
        """The guess that stands in the field now."""
        return self._guessed.shown

    def start(self, recorder: Recorder) -> None:
        """Follow a recording."""
        self._agreement, self._written = Agreement(), False
        self._guessed.begin()
        self.passes.start(recorder)

    def take_away(self) -> bool:
        """Bring back what stood in the field; tell whether the person wrote something meanwhile."""
        written, self._written = self._guessed.take_away() or self._written, False
        return written

    def _understand(self, sound: Recording, cancelled: Callable[[], bool]) -> str | None:
        from app.speech.recognition.transcriber import ListeningCancelled, NothingHeardError

        transcriber = self._transcriber_loader.value
        if transcriber is None or not transcriber.live:
            return None
        try:
            return transcriber.understand(sound, cancelled=cancelled).text
        except (ListeningCancelled, NothingHeardError):
            return None
        except Exception:
            if transcriber is self._transcriber_loader.value:
                raise
            return None  # another one was chosen, which ended this one

    def _show(self, text: str) -> None:
        if not self.passes.wanted:
            return
        self._agreement.take(text)
        settled, changing = (" ".join(w) for w in (self._agreement.settled, self._agreement.open))
        if not self._guessed.show(settled, changing):
            self._written = True
            self.passes.stop()
