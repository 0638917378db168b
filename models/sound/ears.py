"""What a model makes of a voice: whether it is one that it can draw."""

from __future__ import annotations

import functools

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray

from models.checkpoints.checkpoint import text_identity
from models.errors import ModelError, SoundError
from models.networks.text_encoder import TextEncoder
from models.sound.heard import HeardSentence
from models.sound.listener import Listener

LEAST_LIKENESS = 0.48
"""Of what is heard to known words; descriptions of birds in noise stay above it, other languages
below."""


class Ears:
    """Listens for one text encoder. The speech encoder is loaded when the first sound comes."""

    def __init__(self, text_encoder: TextEncoder) -> None:
        self._text_encoder = text_encoder
        self._last: tuple[NDArray[np.float32], HeardSentence] | None = None

    def understand(self, sound: NDArray[np.float32] | HeardSentence) -> HeardSentence:
        """Hear a description of a bird in a voice (L,) at 16 kHz, or in what was heard already.

        Raises
        ------
        ModelError
            The listener was taught by another text encoder.
        SoundError
            A `Listener` can make nothing of the sound, or what was heard is not like the words
            that the model knows.
        """
        heard = sound if isinstance(sound, HeardSentence) else self._hear(sound)
        if heard.teacher != self._identity:
            raise ModelError(
                "The speech encoder does not belong to these weights: it was taught by another "
                "text encoder. Draw through text, or use the weights that came with it."
            )
        if self.likeness(heard) < LEAST_LIKENESS:
            raise SoundError(
                "I heard a voice, but nothing like a description of a bird in English. Please say "
                "it once more, or draw it through text."
            )
        return heard

    @torch.inference_mode()
    def likeness(self, heard: HeardSentence) -> float:
        """How much what was heard is like known words: mean cosine with the nearest, -1 .. 1."""
        known = F.normalize(self._text_encoder.embedding.weight[1:], dim=1)
        pieces = F.normalize(heard.embeddings, dim=1)
        return float((pieces @ known.T).amax(dim=1).mean())

    def _hear(self, samples: NDArray[np.float32]) -> HeardSentence:
        """Listen, unless this is what was heard last: there may be several pictures of it."""
        last = self._last
        if last is None or not np.array_equal(last[0], samples):
            self._last = last = samples, self._listener.hear(samples)
        return last[1]

    @functools.cached_property
    def _listener(self) -> Listener:
        return Listener.load()

    @functools.cached_property
    def _identity(self) -> str:
        return text_identity(self._text_encoder)
