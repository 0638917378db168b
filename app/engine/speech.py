"""The engine that listens: what runs in it, and the transcriber that the window sees."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from app.engine.client import EngineClient
from models.memory import hand_back_freed_memory

if TYPE_CHECKING:
    from app.engine.server import Call
    from app.speech.recognition.transcriber import Cancelled, Heard
    from app.speech.sound.recording import Recording

_PATIENCE = 60.0
"""Seconds until it has to stop when it is told to: a step of a large model takes long."""


@dataclass(frozen=True)
class LoadedRecogniser:
    """What the window knows of a recogniser: see ``app.speech.recognition.transcriber``."""

    name: str
    notice: str | None
    live: bool


class SpeechEngine:
    """Runs in the engine: the recogniser and its methods."""

    def __init__(self, recogniser: str, model_folder: Path | None) -> None:
        from app.speech.recognition.recognisers import load_transcriber

        self._transcriber = load_transcriber(recogniser, model_folder)
        hand_back_freed_memory()

    def describe(self) -> LoadedRecogniser:
        transcriber = self._transcriber
        return LoadedRecogniser(transcriber.name, transcriber.notice, transcriber.live)

    def understand(self, call: Call, recording: Recording, words: bool) -> Heard:
        try:
            return self._transcriber.understand(recording, words, call.cancelled)
        finally:
            hand_back_freed_memory()  # what Whisper took is more than its model


class EngineTranscriber:
    """Transcribes like ``app.speech.recognition.transcriber.Transcriber``, in an engine."""

    def __init__(self, client: EngineClient, recogniser: LoadedRecogniser) -> None:
        self._client = client
        self.name = recogniser.name
        self.notice = recogniser.notice
        self.live = recogniser.live

    def understand(
        self, recording: Recording, words: bool = True, cancelled: Cancelled | None = None
    ) -> Heard:
        """Return the voice, and what it says: as ``Transcriber.understand``.

        Raises
        ------
        EngineStoppedError
            The engine died; the next call starts another one.
        """
        heard: Heard = self._client.call(
            "understand", recording, words, cancelled=cancelled, patience=_PATIENCE
        )
        return heard
