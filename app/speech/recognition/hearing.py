"""What a recogniser has made of a sound so far, kept: it goes on there when only a pause follows.

While somebody speaks, the sound so far is understood again and again. When the person stops, the
last of these sounds mostly has all the words in it already, and the first half minute of a long
one has not changed.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.speech.sound.voice_detector import ENDED, RATE

_KEPT = 3  # two parts of a long recording that are complete, and the one that grows
_EDGE = RATE // 20  # samples; resampled, the end of a sound is another one when more follows
_ALIKE = 1e-3
"""Between two samples; the constant offset that is taken off a longer sound may be another one."""


class Hearing:
    """One sound, of half a minute at most, and what is known of it.

    Attributes
    ----------
    sound : shape ``(length,)``, 16 kHz, between -1 and 1.
    features : what the recogniser's encoder made of it; None until then.
    answers : the recogniser's guesses for each question that it was asked so far.
    text : what is said; None until that is known.
    """

    def __init__(self, sound: NDArray[np.float32]) -> None:
        self.sound = sound
        self.features: Any = None
        self.answers: list[Any] = []
        self.text: str | None = None

    def progress(self) -> int:
        """How many steps were taken to understand it."""
        return (self.features is not None) + len(self.answers) + (self.text is not None)

    def holds(self, sound: NDArray[np.float32], spoken: int) -> bool:
        """Tell whether all words of a sound are in this one already.

        Parameters
        ----------
        spoken : samples of the sound at whose end the voice has ended.
        """
        length = len(self.sound)
        if length != len(sound) and not spoken + ENDED <= length < len(sound):
            return False
        inner = max(0, length - _EDGE) if length < len(sound) else length
        return bool(np.allclose(self.sound[:inner], sound[:inner], rtol=0, atol=_ALIKE))


class Hearings:
    """The last few of them."""

    def __init__(self) -> None:
        self._kept: list[Hearing] = []

    def of(self, sound: NDArray[np.float32], spoken: int) -> Hearing:
        """Return what is known of a sound, which may be nothing; see `Hearing.holds`."""
        known = [hearing for hearing in self._kept if hearing.holds(sound, spoken)]
        # A longer sound may have been begun since, and cancelled.
        hearing = max(known, key=Hearing.progress, default=None) or Hearing(sound)
        self._kept = [hearing, *(other for other in self._kept if other is not hearing)][:_KEPT]
        return hearing
