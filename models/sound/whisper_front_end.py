"""The frozen encoder of Whisper tiny.en as an ear: it has heard people in all surroundings.

It is the one that writes speech down, in CTranslate2's format; nothing of it is in our files.
Whisper was taught with sound that silence fills up to 30 seconds; here it hears the sound alone,
which takes a thirtieth of the time and changes what it gives little.
"""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import torch
from torch import Tensor

from models.errors import ModelError
from models.sound.log_mel import HOP, MELS, WINDOW, slaney_filters
from models.sound.whisper_folder import whisper_folder

_DYNAMICS = 8.0  # decimal logarithm of power: 80 dB below the loudest is the floor
_LONGEST = 3000  # frames of 10 ms


class WhisperFrontEnd:
    """See `models.sound.front_end.FrontEnd`. Threads may share it.

    Raises
    ------
    ModelError
        Whisper or CTranslate2 is missing, or cannot be loaded.
    """

    def __init__(self) -> None:
        self._model = _load()

    def mels(self, samples: Tensor) -> Tensor:
        """Whisper's own log-mel frames."""
        samples = torch.nn.functional.pad(samples.float(), (0, max(0, WINDOW - len(samples))))
        window = torch.hann_window(WINDOW)
        spectrum = torch.stft(samples, WINDOW, HOP, window=window, return_complex=True)
        power = slaney_filters() @ spectrum[:, :-1].abs().square()
        logarithm = power.clamp_min(1e-10).log10()
        logarithm = logarithm.clamp_min(logarithm.max() - _DYNAMICS)
        return (logarithm + 4) / 4

    def features(self, mels: Tensor) -> Tensor:
        """What the encoder makes of frames (MELS, F): (384, F / 2), of 30 seconds at most."""
        from ctranslate2 import StorageView

        frames = np.ascontiguousarray(mels[None, :, :_LONGEST].float().numpy())
        try:
            found = np.array(self._model.encode(StorageView.from_array(frames)))
        except (RuntimeError, ValueError) as error:  # CTranslate2 raises either
            raise ModelError(f"Whisper failed: {error}") from error
        return torch.from_numpy(found[0].T)


@functools.cache
def _load() -> Any:
    folder = whisper_folder()
    try:
        from ctranslate2.models import Whisper

        # One thread: it takes 15 ms for four seconds.
        model = Whisper(str(folder), device="cpu", compute_type="int8", intra_threads=1)
    except Exception as error:  # CTranslate2 has no exception class of its own
        raise ModelError(f"Whisper's model in {folder} cannot be loaded: {error}") from error
    if model.n_mels != MELS:
        raise ModelError(f"Whisper's model in {folder} listens to {model.n_mels} bands of sound.")
    return model
