"""Is anybody speaking? Recognisers invent words on silence and noise, so they are asked last."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.speech.sound.recording import Recording
from app.speech.sound.silero import RATE, WINDOW, speech_probabilities

SILENT_PEAK = 0.001
"""A peak below this (-60 dB) is a muted microphone: no voice is that faint."""

_SPEECH, _NO_SPEECH = 0.5, 0.35
"""A voice begins when it is as likely as the first, and ends when it is less so than the second."""

_WHISPERED = 0.6
"""A voice of which a half is less likely is a whisper; others have over .9, beside music .6."""

_MAYBE, _SHARE = 0.1, 0.6
"""A whisper goes on where it is as likely as the first and has the second share of its loudness."""

_SYLLABLE = 9  # windows
_SHORTEST_WORD = RATE // 5  # samples
_PAUSE = 2 * RATE  # samples; after a shorter one the voice goes on
_PAD = 3 * RATE // 10  # samples before and after

ENDED = RATE // 10
"""Samples; as long a pause shows that no word was cut off."""


@dataclass(frozen=True, kw_only=True)
class Speech(Recording):
    """Sound in which somebody speaks.

    Attributes
    ----------
    spoken : samples at whose end the voice has ended; what follows is a pause, or nothing.
    """

    spoken: int

    def voice(self) -> NDArray[np.float32]:
        """Return the samples (L,) between -1 and 1, without the pause that follows the last word.

        So the same is listened to however long it takes until somebody presses Stop.
        """
        return self.as_float()[: self.spoken + ENDED]


def find_speech(recording: Recording) -> Speech | None:
    """Return the part from the first to the last word at 16 kHz, or ``None`` without speech.

    Raises
    ------
    VoiceDetectorError
        The detector cannot be loaded.
    """
    if recording.peak < SILENT_PEAK:
        return None
    recording = recording.resampled(RATE)
    length = len(recording.samples)
    sound = recording.as_float()
    probabilities = speech_probabilities(sound)
    voices = [
        voice for voice in _voices(probabilities, length) if voice[1] - voice[0] > _SHORTEST_WORD
    ]
    if not voices:
        return None
    begin, end, quiet_since = voices[0][0], voices[-1][1], voices[-1][2]
    if np.median(probabilities[begin // WINDOW : quiet_since // WINDOW]) < _WHISPERED:
        before, after = _as_loud(sound, probabilities, begin, quiet_since)
        begin, end, quiet_since = min(begin, before), max(end, after), max(quiet_since, after)
    first, last = max(0, begin - _PAD), min(length, end + _PAD)
    spoken = min(length, quiet_since) - first
    return Speech(recording.samples[first:last], RATE, is_file=recording.is_file, spoken=spoken)


def _as_loud(
    sound: NDArray[np.float32], probabilities: NDArray[np.float32], begin: int, end: int
) -> tuple[int, int]:
    """Return from where to where (samples) a whisper goes on: it is seldom as likely as a voice."""
    count = len(sound) // WINDOW
    first, last = begin // WINDOW, min(end // WINDOW, count)
    energy = np.square(sound[: count * WINDOW]).reshape(count, WINDOW).mean(axis=1)
    smooth = np.convolve(energy, np.full(_SYLLABLE, 1 / _SYLLABLE), mode="same")
    as_loud = smooth >= _SHARE**2 * np.median(smooth[first:last])
    likely = np.flatnonzero(as_loud & (probabilities[:count] >= _MAYBE))
    for place in likely[likely >= last].tolist():
        if (place - last) * WINDOW >= _PAUSE:
            break
        last = place + 1
    for place in likely[likely < first][::-1].tolist():
        if (first - place) * WINDOW >= _PAUSE:
            break
        first = place
    return first * WINDOW, last * WINDOW


def _voices(probabilities: NDArray[np.float32], length: int) -> list[tuple[int, int, int]]:
    """Return where voices begin and end, in samples, as Silero's own program finds them.

    And since when it is quiet: earlier, where a last pause is too short to end the voice.
    """
    voices: list[tuple[int, int, int]] = []
    begun: int | None = None
    quiet_since: int | None = None
    for at, probability in zip(range(0, length + WINDOW, WINDOW), probabilities, strict=False):
        if probability >= _SPEECH:
            begun = at if begun is None else begun
            quiet_since = None
        elif probability < _NO_SPEECH and begun is not None:
            quiet_since = at if quiet_since is None else quiet_since
            if at - quiet_since >= _PAUSE:
                voices.append((begun, quiet_since, quiet_since))
                begun = quiet_since = None
    if begun is not None:
        voices.append((begun, length, length if quiet_since is None else quiet_since))
    return voices
