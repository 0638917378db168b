"""Attention from image features to words (AttnGAN, section 3.1, equation 2)."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class WordAttention(nn.Module):
    """For each place of an image, how much it looks at each word, and what it sees there.

    Parameters
    ----------
    word_size : size D of a word feature.
    channels : channels C of the image features, into whose space the words are projected.
    """

    def __init__(self, word_size: int, channels: int) -> None:
        super().__init__()
        self.projection = nn.Conv1d(word_size, channels, 1, bias=False)

    def forward(self, hidden: Tensor, words: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """Attend.

        Parameters
        ----------
        hidden : (B, C, H, W) image features h.
        words : (B, D, T) word features e.
        mask : (B, T) true where there is a word; each row has at least one.

        Returns
        -------
        context : (B, C, H, W), the word-context vectors c_j = sum_i beta_ji e'_i.
        attention : (B, T, H, W), the weights beta; over the words they sum to one.
        """
        projected = self.projection(words)
        scores = torch.einsum("bchw,bct->bthw", hidden, projected)
        scores = scores.float().masked_fill(~mask[:, :, None, None], float("-inf"))
        attention = scores.softmax(dim=1)
        # Channels come last from the start: to turn them afterwards would take longer than this.
        context = torch.einsum("bthw,bct->bhwc", attention.to(projected.dtype), projected)
        context = context.permute(0, 3, 1, 2)
        return context.contiguous(memory_format=torch.channels_last), attention
