"""Is the sound loud enough, too loud, over? What the loudness of a recording tells."""

from __future__ import annotations

import numpy as np

from app.speech.recording import Recording
from app.speech.voice_detector import SILENT_PEAK

_FAINT_PEAK = 0.02
"""A voice with a lower peak (-34 dB) is understood with more mistakes."""

_CLIPPED_SHARE = 0.001
"""More samples than this at the very limit are heard as crackling."""


def advice(recording: Recording) -> str | None:
    """Return what a person should do about the microphone, or ``None`` when all is well."""
    if recording.peak < SILENT_PEAK:
        return "The microphone gives no sound at all. Is it switched off or muted?"
    if recording.peak < _FAINT_PEAK:
        return "The microphone is very quiet. Move closer, or turn its volume up."
    limit = np.abs(recording.samples.astype(np.int32)) >= 32_700
    if limit.mean() > _CLIPPED_SHARE:
        return "The sound is too loud and crackles. Move away, or turn the microphone down."
    return None


class PauseDetector:
    """Notices when a person who has spoken falls silent; it works beside fans, too.

    Feed it the loudness of one chunk after the other. What counts is how much louder a chunk is
    than the quietest ones so far, not how loud it is.

    Parameters
    ----------
    pause:
        Seconds of silence after speech that mean "I am done".
    """

    _LOUDER = 3.0
    """A voice is so many times louder than the room."""
    _FAINTEST = 0.004
    _LEAST_SPEECH = 0.4  # seconds: a cough or a click is no description

    def __init__(self, pause: float = 1.8) -> None:
        self._pause = pause
        self._heard: list[float] = []
        self._spoken = 0.0
        self._silent = 0.0

    def feed(self, loudness: float, seconds: float) -> bool:
        """Take in one chunk and tell whether the person is done.

        Parameters
        ----------
        loudness:
            Root mean square of the chunk, 0.0 to 1.0.
        seconds:
            The chunk's length.
        """
        self._heard.append(loudness)
        room = float(np.quantile(self._heard, 0.1))
        if loudness > max(self._FAINTEST, self._LOUDER * room):
            self._spoken += seconds
            self._silent = 0.0
        else:
            self._silent += seconds
        return self._spoken >= self._LEAST_SPEECH and self._silent >= self._pause
