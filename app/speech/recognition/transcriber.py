"""From a recording to the words that were said: what all recognisers have in common."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass

from app.errors import AppError
from app.speech.recognition.tidy import tidy
from app.speech.sound.loudness import advice, with_advice
from app.speech.sound.recording import Recording
from app.speech.sound.voice_detector import Speech, find_speech

Cancelled = Callable[[], bool]


class NothingHeardError(AppError):
    """There is no speech in the recording."""


class NothingUnderstoodError(NothingHeardError):
    """There is a voice in the recording, but no words could be made out."""

    def __init__(self, recording: Recording) -> None:
        understood = with_advice("I heard a voice but understood no words.", recording)
        super().__init__(f"{understood} Please say it again, in English.")


class SpeechModelError(AppError):
    """A recogniser cannot be loaded or failed."""


class ListeningCancelled(AppError):
    """The caller asked for the understanding to stop."""

    def __init__(self) -> None:
        super().__init__("Understanding what was said was cancelled.")


def speech_in(recording: Recording) -> Speech:
    """Return the part of a recording from the first to the last word, at 16 kHz.

    Raises
    ------
    NothingHeardError
        On silence or noise.
    """
    speech = find_speech(recording)
    if speech is None:
        usual = (
            "The file has none, or it is very faint."
            if recording.is_file
            else "Check that the microphone is on and speak a little louder."
        )
        raise NothingHeardError(f"I heard no speech. {advice(recording) or usual}")
    return speech


@dataclass(frozen=True, eq=False)
class Heard:
    """What was found in a recording.

    Attributes
    ----------
    speech : the part from the first to the last word, at 16 kHz.
    text : what is said in it, in the style of the training captions; empty where nobody asked.
    """

    speech: Speech
    text: str = ""


class Transcriber(ABC):
    """Turns recordings into text. Safe to call from any thread, one recording at a time."""

    name: str
    """What to call the recogniser in front of a person."""

    notice: str | None = None
    """A sentence for the person when this is not the recogniser that was hoped for."""

    live = False
    """Whether it may be asked again and again while somebody speaks: it is quick, stops when it is
    told to, begins where it ended when only a pause followed, and sends the sound nowhere."""

    def __init__(self) -> None:
        self._busy = threading.Lock()

    def transcribe(self, recording: Recording) -> str:
        """Return what is said in ``recording``: errors as for :meth:`understand`."""
        return self.understand(recording).text

    def understand(
        self,
        recording: Recording,
        words: bool = True,
        cancelled: Cancelled = lambda: False,
    ) -> Heard:
        """Return the voice in ``recording``, and what it says.

        Parameters
        ----------
        words : whether the words are wanted, too.
        cancelled : asked now and then by a recogniser that is `live`.

        Raises
        ------
        ListeningCancelled
            `cancelled` said so.
        NothingHeardError
            On silence or noise.
        NothingUnderstoodError
            When there is a voice but no words were recognised.
        SpeechModelError
            When the recogniser itself failed.
        """
        speech = speech_in(recording)
        if not words:
            return Heard(speech)
        with self._busy:
            text = tidy(self._recognise(speech, cancelled))
        if not text:
            raise NothingUnderstoodError(recording)
        return Heard(speech, text)

    @abstractmethod
    def _recognise(self, speech: Speech, cancelled: Cancelled) -> str:
        """Return the raw text of a recording that holds speech; empty when none is found."""
