"""The text encoder: a bi-directional LSTM giving word features and a sentence feature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from models.batched import Batched
from models.networks.attention import WordAttention
from models.networks.config import TextEncoderConfig
from models.words.vocabulary import PADDING_ID


@dataclass(frozen=True)
class TextFeatures(Batched):
    """What the text encoder says of B sentences of at most T words.

    Attributes
    ----------
    words : (B, D, T) word features e; zero where there is no word.
    sentence : (B, D) sentence feature e-bar.
    mask : (B, T) booleans, true where there is a word.
    """

    words: Tensor
    sentence: Tensor
    mask: Tensor

    def attend(self, attention: WordAttention, hidden: Tensor) -> tuple[Tensor, Tensor]:
        """Let image features (B, C, H, W) look at the words; returns as `WordAttention`."""
        looked: tuple[Tensor, Tensor] = attention(hidden, self.words, self.mask)
        return looked


def pad_ids(sentences: Sequence[Sequence[int]]) -> tuple[Tensor, Tensor]:
    """Lay sentences of ids side by side.

    Returns
    -------
    ids : (B, T) int64, filled up with the padding id.
    lengths : (B,) int64, the number of words of each sentence.
    """
    lengths = torch.tensor([len(sentence) for sentence in sentences])
    ids = [torch.tensor(sentence, dtype=torch.int64) for sentence in sentences]
    return pad_sequence(ids, batch_first=True, padding_value=PADDING_ID), lengths


class TextEncoder(nn.Module):
    """Bi-directional LSTM (AttnGAN, section 3.2: that of DAMSM): hidden states are the word
    features, the last state of each direction together are the sentence feature."""

    def __init__(self, config: TextEncoderConfig) -> None:
        super().__init__()
        self.config = config
        self.embedding = nn.Embedding(config.vocabulary_size, config.embedding_size, PADDING_ID)
        self.dropout = nn.Dropout(config.dropout)
        self.lstm = nn.LSTM(
            config.embedding_size,
            config.feature_size // 2,
            batch_first=True,
            bidirectional=True,
        )

    def forward(self, ids: Tensor, lengths: Tensor) -> TextFeatures:
        """Encode ids (B, T) of which the first `lengths` (B,) of each row are words."""
        embedded = self.dropout(self.embedding(ids))
        packed = pack_padded_sequence(
            embedded, lengths.cpu(), batch_first=True, enforce_sorted=False
        )
        hidden, (last, _) = self.lstm(packed)
        words, _ = pad_packed_sequence(hidden, batch_first=True, total_length=ids.shape[1])
        mask = torch.arange(ids.shape[1], device=ids.device) < lengths.to(ids.device)[:, None]
        return TextFeatures(words.transpose(1, 2), torch.cat([last[0], last[1]], dim=1), mask)
