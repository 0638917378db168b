"""Drawing large maps strip by strip: what a gate takes in is too wide to be there whole."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

import torch.nn.functional as F
from torch import Tensor, nn

STRIP_BYTES = 4 * 2**20
"""Of a convolution's result that is there at once. Less costs time: strips share rows they need."""


@dataclass(frozen=True)
class Strip:
    """Some rows of a convolution's result.

    Attributes
    ----------
    place : where in the whole, (B, C, H, W), they belong; for all channels.
    values : (b, C, h, W), what belongs there.
    """

    place: tuple[slice, slice, slice]
    values: Tensor


class GatedConvolution(nn.Module):
    """A convolution and the gated linear unit behind it, only to draw.

    Parameters
    ----------
    convolve : it keeps the size (3 x 3, padding 1), or doubles it (4 x 4, stride 2, padding 1).
    """

    def __init__(self, convolve: nn.Conv2d | nn.ConvTranspose2d) -> None:
        super().__init__()
        self.convolve = convolve

    def forward(self, hidden: Tensor) -> Tensor:
        """Turn maps (B, C_in, S, S) into (B, C_out / 2, S, S), or twice their size."""
        if hidden.is_cuda:
            return F.glu(self.convolve(hidden), dim=1)
        batch, _, height, width = hidden.shape
        scale, channels = self.convolve.stride[0], self.convolve.out_channels // 2
        gated = hidden.new_empty(batch, height * scale, width * scale, channels)
        gated = gated.permute(0, 3, 1, 2)  # channels last
        for strip in in_strips(self.convolve, hidden):
            value, gate = strip.values.chunk(2, dim=1)
            # Copied first: vector instructions need more than 32 channels in a row.
            gated[strip.place].copy_(gate).sigmoid_().mul_(value)
        return gated


class ResidualBlockInPlace(nn.Module):
    """A residual block that adds to the maps it is given and returns them, only to draw."""

    def __init__(self, widen: GatedConvolution, narrow: nn.Conv2d) -> None:
        super().__init__()
        self.widen, self.narrow = widen, narrow

    def forward(self, hidden: Tensor) -> Tensor:
        gated = self.widen(hidden)
        for strip in in_strips(self.narrow, gated):
            hidden[strip.place].add_(strip.values)
        return hidden


def in_strips(convolve: nn.Conv2d | nn.ConvTranspose2d, hidden: Tensor) -> Iterator[Strip]:
    """Convolve maps (B, C, H, W), as `GatedConvolution` says, some pictures or rows at a time.

    On a GPU it is done at once: there, time goes with the number of operations.
    """
    if hidden.is_cuda:
        yield Strip((slice(None), slice(None), slice(None)), convolve(hidden))
        return
    batch, _, height, width = hidden.shape
    scale = convolve.stride[0]
    row_bytes = convolve.out_channels * width * scale**2 * hidden.element_size()
    pictures = max(1, STRIP_BYTES // (row_bytes * height))
    rows = max(8, STRIP_BYTES // row_bytes)
    for begin, top in itertools.product(range(0, batch, pictures), range(0, height, rows)):
        bottom = min(height, top + rows)
        first, last = max(0, top - 1), min(height, bottom + 1)  # a kernel sees a row on each side
        some = slice(begin, begin + pictures)
        values = convolve(hidden[some, :, first:last])
        inner = slice((top - first) * scale, (bottom - first) * scale)
        place = some, slice(None), slice(top * scale, bottom * scale)
        yield Strip(place, values[:, :, inner])
        del values
