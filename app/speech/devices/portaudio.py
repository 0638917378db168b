"""PyAudio, imported only when a microphone is wanted, and kept quiet.

PyAudio has no wheel for Linux: it is missing wherever it could not be compiled. Typing and
sound files work without it, so nothing may import it before a person asks to record.
"""

from __future__ import annotations

import contextlib
import ctypes
import threading
from collections.abc import Iterator
from typing import Any

from app.errors import AppError
from app.installation import INSTALL_AGAIN

# PortAudio counts its initialisations but does not guard them against threads.
_initialising = threading.Lock()


class MicrophoneError(AppError):
    """No sound can be had from the microphone; typing still works."""


class PyAudioMissingError(MicrophoneError):
    """PyAudio is not installed."""


@contextlib.contextmanager
def portaudio() -> Iterator[Any]:
    """Give an initialised ``pyaudio.PyAudio``, and release it afterwards.

    PortAudio looks for devices when it is first initialised: a microphone plugged in later is
    seen by the next ``with portaudio()``, provided that no other one is still open.

    Raises
    ------
    PyAudioMissingError
        When PyAudio is not installed or cannot load PortAudio.
    """
    try:
        import pyaudio
    except ImportError as error:
        if not isinstance(error, ModuleNotFoundError):  # PyAudio is there
            raise PyAudioMissingError(
                f"Recording needs a part of the system's sound that is missing here ({error}). "
                "Typing works without it."
            ) from error
        raise PyAudioMissingError(
            f"Recording needs PyAudio, which is not installed here: {INSTALL_AGAIN} to try once "
            "more. Typing works without it."
        ) from error
    with _initialising:
        _silence_sound_libraries()
        audio = pyaudio.PyAudio()
    try:
        yield audio
    finally:
        with _initialising:
            audio.terminate()


# ctypes callbacks must outlive the libraries that hold them, hence module level.
_ALSA_HANDLER = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)(lambda *_: None)
_JACK_HANDLER = ctypes.CFUNCTYPE(None, ctypes.c_char_p)(lambda *_: None)


def _silence_sound_libraries() -> None:
    """Keep ALSA and JACK from printing a page about devices that this computer does not have."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL("libasound.so.2").snd_lib_error_set_handler(_ALSA_HANDLER)
    with contextlib.suppress(OSError, AttributeError):
        jack = ctypes.CDLL("libjack.so.0")
        jack.jack_set_error_function(_JACK_HANDLER)
        jack.jack_set_info_function(_JACK_HANDLER)
