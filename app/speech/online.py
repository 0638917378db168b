"""Recognisers of others, reached over the network: only when a person has chosen one."""

from __future__ import annotations

from typing import Any

from app.speech.recording import Recording
from app.speech.transcriber import SpeechModelError, Transcriber


class GoogleTranscriber(Transcriber):
    """Google's recogniser through SpeechRecognition: the sound leaves this computer.

    Raises
    ------
    SpeechModelError
        When SpeechRecognition is not installed; from ``transcribe``, when there is no network.
    """

    name = "Google"
    notice = "Google listens: your voice is sent to Google."

    def __init__(self) -> None:
        super().__init__()
        try:
            import speech_recognition
        except ImportError as error:
            raise SpeechModelError(f"Google cannot be asked: {error}.") from error
        self._recogniser: Any = speech_recognition.Recognizer()
        self._recogniser.operation_timeout = 15.0  # seconds

    def _recognise(self, speech: Recording) -> str:
        from speech_recognition import RequestError, UnknownValueError

        try:
            return str(self._recogniser.recognize_google(speech.to_audio_data()))
        except UnknownValueError:
            return ""
        except (RequestError, OSError) as error:
            raise SpeechModelError(
                "Google cannot be reached. Choose a recogniser on this computer, or type the "
                "description."
            ) from error
