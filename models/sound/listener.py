"""The listener: from a recording straight to what the painter draws from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from models.errors import SoundError
from models.sound.front_end import front_end
from models.sound.heard import HeardSentence, Span
from models.sound.log_mel import SAMPLE_RATE
from models.sound.speech_checkpoint import load_speech_encoder
from models.sound.speech_encoder import FRAME_SECONDS, SpeechEncoder

BUNDLED_LISTENER = Path(__file__).resolve().parents[2] / "weights" / "listener.safetensors"
SHORTEST, LONGEST = 0.3, 30.0
"""Seconds of sound that can be listened to."""


class Listener:
    """Hears sentences with one speech encoder, on the processor. Threads may share it."""

    def __init__(self, encoder: SpeechEncoder, teacher: str) -> None:
        self._encoder, self._teacher = encoder.requires_grad_(False), teacher
        self._front_end = front_end(encoder.config.front_end)

    @classmethod
    def load(cls, path: Path | str | None = None) -> Listener:
        """Load a speech encoder: the bundled one unless another `path` is named.

        Raises
        ------
        CheckpointError
            The weights cannot be used, with the reason.
        ModelError
            What they hear through is not installed.
        """
        checkpoint = load_speech_encoder(Path(path) if path else BUNDLED_LISTENER)
        return cls(checkpoint.encoder, checkpoint.teacher)

    @torch.inference_mode()
    def hear(self, samples: NDArray[np.float32]) -> HeardSentence:
        """Listen to mono sound (L,) at 16 kHz.

        Raises
        ------
        SoundError
            It is too short or too long, or holds nothing like a sentence.
        """
        seconds = len(samples) / SAMPLE_RATE
        if seconds < SHORTEST:
            raise SoundError("That was too short to hear a bird in it. Please say a sentence.")
        if seconds > LONGEST:
            raise SoundError(
                f"That is {seconds:.0f} seconds long, and I listen to {LONGEST:.0f} at most. "
                "Please say a sentence or two."
            )
        mels = self._front_end.mels(torch.from_numpy(np.ascontiguousarray(samples)))
        frames = self._front_end.features(mels)
        heard = self._encoder(frames[None], torch.tensor([frames.shape[1]]))
        if heard.count.item() < 1:
            raise SoundError("I heard no description of a bird. Please say it once more.")
        said = _spans(heard.shares[0])
        spans = said[: heard.text.mask.shape[1]]
        embeddings = heard.embeddings[0, : len(spans)]
        left_out = len(said) - len(spans)
        return HeardSentence(heard.text, embeddings, spans, self._teacher, left_out)


def _spans(shares: Tensor) -> tuple[Span, ...]:
    """Where words (N, T) begin and end."""
    spans = []
    for word in shares:
        frames = (word > 0.01).nonzero()[:, 0].tolist()
        spans.append(Span(frames[0] * FRAME_SECONDS, (frames[-1] + 1) * FRAME_SECONDS))
    return tuple(spans)
