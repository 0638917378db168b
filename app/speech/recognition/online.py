"""Recognisers of others, reached over the network: only when a person has chosen one."""

from __future__ import annotations

from http.client import HTTPException
from typing import Any

from app.speech.recognition.transcriber import Cancelled, SpeechModelError, Transcriber
from app.speech.sound.voice_detector import Speech

# SpeechRecognition's own begins with http: everybody on the way could listen.
_ENDPOINT = "https://www.google.com/speech-api/v2/recognize"


class GoogleTranscriber(Transcriber):
    """Google's recogniser through SpeechRecognition: the sound leaves this computer.

    Raises
    ------
    SpeechModelError
        When SpeechRecognition is not installed; from ``transcribe``, when there is no network, or
        something else than an answer comes from it.
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

    def _recognise(self, speech: Speech, cancelled: Cancelled) -> str:
        from speech_recognition import RequestError, UnknownValueError

        try:
            answer = self._recogniser.recognize_google(speech.to_audio_data(), endpoint=_ENDPOINT)
        except UnknownValueError:
            return ""
        except (RequestError, OSError) as error:  # OSError, too, when the sound cannot be packed
            raise SpeechModelError(
                f"Google cannot be reached or asked ({str(error).rstrip('.')}). Choose a "
                "recogniser on this computer, or type the description."
            ) from error
        except (ValueError, KeyError, HTTPException) as error:
            # A hotel's network, say, answers every request with its own page.
            raise SpeechModelError(
                "What came back was no answer of Google's: perhaps this network wants you to log "
                "in first. Do so in a browser, choose a recogniser on this computer, or type the "
                "description."
            ) from error
        return str(answer)
