"""Loading the recogniser that was chosen."""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable
from pathlib import Path

from app.installation import INSTALL_AGAIN
from app.speech.recognition.online import GoogleTranscriber
from app.speech.recognition.sphinx import SphinxTranscriber
from app.speech.recognition.transcriber import SpeechModelError, Transcriber
from app.speech.recognition.whisper import WhisperTranscriber

_LOADERS: dict[str, Callable[[Path | None], Transcriber]] = {
    "whisper": WhisperTranscriber,
    "sphinx": lambda folder: SphinxTranscriber(),
    "google": lambda folder: GoogleTranscriber(),
}
"""How each of :data:`app.speech.recognition.choices.RECOGNISERS` is made, from a model's folder."""

_loading = threading.Lock()


def load_transcriber(recogniser: str = "whisper", model_folder: Path | None = None) -> Transcriber:
    """Return a transcriber, loaded once and kept.

    Whisper that cannot be loaded is replaced by Sphinx, with a :attr:`Transcriber.notice` that
    says so. The first call takes about a second: make it away from the window's thread.

    Parameters
    ----------
    recogniser : a key of ``app.speech.recognition.choices.RECOGNISERS``; any other name means
        Whisper.
    model_folder : for Whisper: another model in CTranslate2's format.

    Raises
    ------
    SpeechModelError
        When none can be loaded; ``str(error)`` says what to do.
    """
    with _loading:
        return _load_once(recogniser, model_folder)


@functools.cache
def _load_once(recogniser: str, model_folder: Path | None) -> Transcriber:
    try:
        # A name that a later version wrote into the settings is no reason to hear nothing.
        return _LOADERS.get(recogniser, WhisperTranscriber)(model_folder)
    except SpeechModelError as error:
        if recogniser != "whisper":
            raise
        return _instead_of_whisper(error)


def _instead_of_whisper(whisper_error: SpeechModelError) -> Transcriber:
    try:
        sphinx = SphinxTranscriber()
    except SpeechModelError as sphinx_error:
        raise SpeechModelError(
            f"Speech cannot be understood here. {whisper_error} {sphinx_error} "
            f"{INSTALL_AGAIN.capitalize()} to get what is missing, or type the description."
        ) from sphinx_error
    sphinx.notice = f"{whisper_error} Sphinx listens instead and mishears more often."
    return sphinx
