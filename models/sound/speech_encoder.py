"""The speech encoder: from sound straight to the features that the generator attends to.

No text lies between: where the text encoder looks words up, this one hears them, and gives word
features and a sentence feature in the same spaces (the teacher and student of Li et al., 'Direct
Speech-to-Image Translation', 2020).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from models.networks.config import FRONT_ENDS, SpeechEncoderConfig
from models.networks.text_encoder import TextFeatures

FRAME_SECONDS = 0.04
"""Of each frame inside the encoder."""


@dataclass(frozen=True)
class Heard:
    """What the speech encoder says of B recordings of at most N words.

    Attributes
    ----------
    text : word and sentence features, as the text encoder gives them; words beyond the model's
        `max_words` are left out.
    embeddings : (B, N, E) each word as it would be looked up.
    shares : (B, N, T) how much of each word was heard in each frame of 40 ms.
    count : (B,) how many words were heard, not rounded.
    hidden : (B, T, W) the frames themselves.
    lengths : (B,) frames of each recording.
    """

    text: TextFeatures
    embeddings: Tensor
    shares: Tensor
    count: Tensor
    hidden: Tensor
    lengths: Tensor


class SpeechEncoder(nn.Module):
    """Hears frames, integrates them into words, and reads the words as the text encoder does."""

    def __init__(self, config: SpeechEncoderConfig) -> None:
        super().__init__()
        self.config = config
        width = config.width
        _, halvings = FRONT_ENDS[config.front_end]
        self.subsample = nn.ModuleList(
            nn.Conv1d(width if layer else config.mels, width, 5, stride=2, padding=2)
            for layer in range(halvings)
        )
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.blocks))
        self.norm = nn.LayerNorm(width)
        self.firing = nn.Sequential(nn.Linear(width, width), nn.SiLU(), nn.Linear(width, 1))
        self.word_blocks = nn.ModuleList(Block(config) for _ in range(config.word_blocks))
        self.to_embedding = nn.Sequential(
            nn.LayerNorm(width), nn.Linear(width, config.embedding_size)
        )
        self.lstm = nn.LSTM(
            config.embedding_size, config.feature_size // 2, batch_first=True, bidirectional=True
        )

    def forward(self, mels: Tensor, lengths: Tensor, words: Tensor | None = None) -> Heard:
        """Listen to the front end's frames (B, M, F), `lengths` (B,) of each, then nothing.

        Parameters
        ----------
        words : (B,) how many words were said, when that is known (in training).
        """
        hidden = mels
        for layer in self.subsample:
            assert isinstance(layer, nn.Conv1d)
            hidden = F.silu(layer(hidden * _mask(lengths, hidden.shape[2])[:, None]))
            lengths = (lengths + 1) // 2
        hidden = hidden.transpose(1, 2)
        mask = _mask(lengths, hidden.shape[1])
        for block in self.blocks:
            hidden = block(hidden, mask)
        hidden = self.norm(hidden)
        firing = torch.sigmoid(self.firing(hidden)[..., 0].float()) * mask
        count = firing.sum(dim=1)
        if words is None:
            words = count.round().clamp_min(1).long()
        shares = integrate_and_fire(firing, words)
        heard = shares.to(hidden.dtype) @ hidden
        said = _mask(words, heard.shape[1])
        for block in self.word_blocks:
            heard = block(heard, said)
        embeddings = self.to_embedding(heard).float()
        return Heard(self.read(embeddings, words), embeddings, shares, count, hidden, lengths)

    def read(self, embeddings: Tensor, words: Tensor) -> TextFeatures:
        """Read embeddings (B, N, E) of which the first `words` (B,) of each row are words."""
        words = words.clamp_max(self.config.max_words)
        embeddings = embeddings[:, : int(words.max())]
        packed = pack_padded_sequence(
            embeddings, words.cpu(), batch_first=True, enforce_sorted=False
        )
        hidden, (last, _) = self.lstm(packed)
        features, _ = pad_packed_sequence(hidden, batch_first=True)
        mask = _mask(words, features.shape[1])
        return TextFeatures(features.transpose(1, 2), torch.cat([last[0], last[1]], dim=1), mask)


class Block(nn.Module):
    """Self-attention, a convolution over neighbours, and a feed-forward network, each added.

    A convolution beside attention (Gulati et al., Conformer, 2020) hears the order of sounds, so
    that no position needs to be told.
    """

    def __init__(self, config: SpeechEncoderConfig) -> None:
        super().__init__()
        width, self.heads = config.width, config.heads
        self.convolution_norm, self.attention_norm, self.feed_norm = (
            nn.LayerNorm(width) for _ in range(3)
        )
        self.gate = nn.Linear(width, width * 2)
        self.neighbours = nn.Conv1d(
            width, width, config.kernel, padding=config.kernel // 2, groups=width
        )
        self.mix = nn.Linear(width, width)
        self.attend = nn.Linear(width, width * 3)
        self.attended = nn.Linear(width, width)
        self.feed = nn.Sequential(
            nn.Linear(width, width * 4), nn.SiLU(), nn.Linear(width * 4, width)
        )
        self.dropout = nn.Dropout(config.dropout)

    def forward(self, hidden: Tensor, mask: Tensor) -> Tensor:
        """Refine (B, T, W), of which `mask` (B, T) says what is sound."""
        hidden = hidden + self._convolve(self.convolution_norm(hidden), mask)
        hidden = hidden + self._attend(self.attention_norm(hidden), mask)
        refined: Tensor = hidden + self.dropout(self.feed(self.feed_norm(hidden)))
        return refined

    def _convolve(self, hidden: Tensor, mask: Tensor) -> Tensor:
        gated = F.glu(self.gate(hidden), dim=-1) * mask[..., None]
        near = self.neighbours(gated.transpose(1, 2)).transpose(1, 2)
        mixed: Tensor = self.mix(F.silu(near))
        return mixed

    def _attend(self, hidden: Tensor, mask: Tensor) -> Tensor:
        parts = self.attend(hidden).unflatten(2, (3, self.heads, -1))
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        # Written out: on processors the fused one takes four times as long backwards.
        scores = query @ key.transpose(2, 3) / math.sqrt(query.shape[3])
        scores = scores.masked_fill(~mask[:, None, None], float("-inf"))
        looked = scores.softmax(dim=3).to(value.dtype) @ value
        attended: Tensor = self.attended(looked.transpose(1, 2).flatten(2))
        return attended


def integrate_and_fire(firing: Tensor, words: Tensor) -> Tensor:
    """How much of each word lies in each frame (Dong and Xu, CIF, 2020), all words at once.

    Every frame adds to a running sum, and each time that passes the next whole number, a word is
    complete. The sum is scaled to end at the number of words.

    Parameters
    ----------
    firing : (B, T) weight of each frame, 0 .. 1.
    words : (B,) whole numbers, how many words there are.

    Returns
    -------
    (B, N, T) shares; those of each word that there is add up to 1, the others are 0.
    """
    # In double precision the last word is complete, too.
    weights = firing.double()
    weights = weights * (words / weights.sum(dim=1).clamp_min(1e-3))[:, None]
    until = weights.cumsum(dim=1)[:, None]  # (B, 1, T)
    since = until - weights[:, None]
    begin = torch.arange(int(words.max()), device=firing.device)[None, :, None]
    shares = torch.minimum(until, begin + 1) - torch.maximum(since, begin)
    said = _mask(words, begin.shape[1])[..., None]
    return (shares.clamp_min(0) * said).to(firing.dtype)


def _mask(lengths: Tensor, size: int) -> Tensor:
    """(B, size), true for the first `lengths` (B,) of each row."""
    return torch.arange(size, device=lengths.device) < lengths[:, None]
