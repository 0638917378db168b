"""Is the sound loud enough, too loud, over? What the loudness of a recording tells."""

from __future__ import annotations

import numpy as np

from app.speech.sound.recording import Recording
from app.speech.sound.voice_detector import SILENT_PEAK

_FAINT_PEAK = 0.02
"""A voice with a lower peak (-34 dB) is understood with more mistakes."""

_CLIPPED_SHARE = 0.001
"""More samples than this at the very limit are heard as crackling."""


def advice(recording: Recording) -> str | None:
    """Return what a person should do about microphone or file, or ``None`` when all is well."""
    is_file = recording.is_file
    if recording.peak < SILENT_PEAK:
        if is_file:
            return "The file is silent."
        return "The microphone gives no sound at all. Is it switched off or muted?"
    if recording.peak < _FAINT_PEAK:
        if is_file:
            return "The sound in the file is very quiet; a louder one is understood better."
        return "The microphone is very quiet. Move closer, or turn its volume up."
    limit = np.abs(recording.samples.astype(np.int32)) >= 32_700
    if limit.mean() > _CLIPPED_SHARE:
        if is_file:
            return "The sound in the file is too loud and crackles; one that does not is better."
        return "The sound is too loud and crackles. Move away, or turn the microphone down."
    return None


def with_advice(sentence: str, recording: Recording) -> str:
    """Return a sentence about a recording and, behind it, the advice where there is any."""
    return " ".join(filter(None, (sentence, advice(recording))))


class PauseDetector:
    """Tells how long a person who has spoken is silent; it works beside fans, too.

    Feed it the loudness of one chunk after the other. What counts is how much louder a chunk is
    than the quietest ones so far, not how loud it is. Each time all chunks are looked at anew: only
    the quiet that follows tells whether the first sound was a voice or a fan.
    """

    _LOUDER = 3.0
    """A voice is so many times louder than the room."""
    _FAINTEST = 0.004
    _STARTING = 0.0001
    """Fainter than any room (-80 dB): a device that is not yet listening, and gives zeros."""
    _LEAST_SPEECH = 0.4  # seconds: a cough or a click is no description

    def __init__(self) -> None:
        self._loudness: list[float] = []
        self._seconds: list[float] = []

    def feed(self, loudness: float, seconds: float) -> float:
        """Take in one chunk and tell for how many seconds the person has been silent since.

        That is 0 while they speak, and as long as nobody has spoken.

        Parameters
        ----------
        loudness : root mean square of the chunk about its mean, 0.0 to 1.0.
        seconds : the chunk's length.
        """
        if loudness <= self._STARTING and not self._loudness:
            return 0.0  # taken for the room, it would make a fan a voice
        self._loudness.append(loudness)
        self._seconds.append(seconds)
        room = float(np.quantile(self._loudness, 0.1))
        spoken = np.array(self._loudness) > max(self._FAINTEST, self._LOUDER * room)
        lengths = np.array(self._seconds)
        if lengths[spoken].sum() < self._LEAST_SPEECH:
            return 0.0
        return float(lengths[np.flatnonzero(spoken)[-1] + 1 :].sum())
