"""The engine that listens: what runs in it, and the transcriber that the window sees."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.client import EngineClient
from models.memory import hand_back_freed_memory

if TYPE_CHECKING:
    from app.engine.server import Call
    from app.speech.sound.recording import Recording


@dataclass(frozen=True)
class LoadedRecogniser:
    """What the window knows of a recogniser: see ``app.speech.recognition.transcriber``."""

    name: str
    notice: str | None


class SpeechEngine:
    """Runs in the engine: the recogniser and its methods."""

    def __init__(self, recogniser: str, model_folder: Path | None) -> None:
        from app.speech.recognition.recognisers import load_transcriber

        self._transcriber = load_transcriber(recogniser, model_folder)
        hand_back_freed_memory()

    def describe(self) -> LoadedRecogniser:
        return LoadedRecogniser(self._transcriber.name, self._transcriber.notice)

    def transcribe(self, call: Call, recording: Recording) -> str:
        try:
            return self._transcriber.transcribe(recording)
        finally:
            hand_back_freed_memory()  # what Whisper took is more than its model

    def speech_in(self, call: Call, recording: Recording) -> Recording:
        from app.speech.recognition.transcriber import speech_in

        return speech_in(recording)


class EngineTranscriber:
    """Transcribes like ``app.speech.recognition.transcriber.Transcriber``, in an engine."""

    def __init__(self, client: EngineClient, recogniser: LoadedRecogniser) -> None:
        self._client = client
        self.name = recogniser.name
        self.notice = recogniser.notice

    def transcribe(self, recording: Recording) -> str:
        """Return what is said: errors as for ``Transcriber.transcribe``.

        Raises
        ------
        EngineStoppedError
            The engine died; the next call starts another one.
        """
        text: str = self._client.call("transcribe", recording)
        return text

    def speech_in(self, recording: Recording) -> Recording:
        """Return the part in which somebody speaks: errors as for ``transcriber.speech_in``."""
        speech: Recording = self._client.call("speech_in", recording)
        return speech
