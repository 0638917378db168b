"""What the speech encoder hears through: its own log-mel frames, or Whisper's frozen encoder."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from torch import Tensor

from models.networks.config import LOG_MEL, WHISPER
from models.sound.log_mel import log_mel
from models.sound.whisper_front_end import WhisperFrontEnd


class FrontEnd(Protocol):
    """From sound to what the speech encoder hears, in two steps."""

    def mels(self, samples: Tensor) -> Tensor:
        """Log-mel frames (MELS, F) of mono sound (L,) at 16 kHz, one each 10 ms."""
        ...

    def features(self, mels: Tensor) -> Tensor:
        """What the speech encoder hears (C, T) of such frames."""
        ...


class LogMelFrontEnd:
    """The frames themselves."""

    def mels(self, samples: Tensor) -> Tensor:
        return log_mel(samples)

    def features(self, mels: Tensor) -> Tensor:
        return mels


_KINDS: dict[str, Callable[[], FrontEnd]] = {LOG_MEL: LogMelFrontEnd, WHISPER: WhisperFrontEnd}


def front_end(name: str) -> FrontEnd:
    """Load the front end of a name in `models.networks.config.FRONT_ENDS`.

    Raises
    ------
    ModelError
        What it needs is not installed.
    """
    return _KINDS[name]()
