"""CMU Sphinx with the language of birds: light, and a fallback where Whisper cannot run."""

from __future__ import annotations

from typing import Any

from app.speech.recognition.language_model import BIRD_DICTIONARY, BIRD_MODEL
from app.speech.recognition.pronunciations import sphinx_folder
from app.speech.recognition.transcriber import Cancelled, SpeechModelError, Transcriber
from app.speech.sound.voice_detector import Speech


class SphinxTranscriber(Transcriber):
    """CMU Sphinx through SpeechRecognition. It knows the words of bird captions only.

    Raises
    ------
    SpeechModelError
        When pocketsphinx or SpeechRecognition is not installed, or the words of birds are missing.
    """

    name = "Sphinx"

    def __init__(self) -> None:
        super().__init__()
        try:
            import pocketsphinx  # noqa: F401
            import speech_recognition
        except ImportError as error:
            raise SpeechModelError(f"Sphinx cannot be used: {error}.") from error
        for needed in (BIRD_MODEL, BIRD_DICTIONARY):
            if not needed.is_file():
                raise SpeechModelError(f"Sphinx cannot be used: there is no {needed}.")
        self._files = (
            str(sphinx_folder() / "acoustic-model"),
            str(BIRD_MODEL),
            str(BIRD_DICTIONARY),
        )
        self._recogniser: Any = speech_recognition.Recognizer()

    def _recognise(self, speech: Speech, cancelled: Cancelled) -> str:
        from speech_recognition import RequestError, UnknownValueError

        try:
            return str(
                self._recogniser.recognize_sphinx(speech.to_audio_data(), language=self._files)
            )
        except UnknownValueError:
            return ""
        except (RequestError, RuntimeError) as error:
            raise SpeechModelError(f"Sphinx failed: {error}.") from error
