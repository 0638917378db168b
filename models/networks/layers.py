"""Layers that the stages are built of, written so that processors, too, compute them quickly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

TRANSPOSED_FROM = 8
"""Smaller maps have so many channels that spreading the kernel costs more than it saves."""

BICUBIC = (-0.03515625, 0.26171875, 0.87890625, -0.10546875)
"""Keys' kernel with a = -3/4 at the distances 7/4, 3/4, 1/4 and 5/4."""


def convolution(channels_in: int, channels_out: int) -> nn.Conv2d:
    """A 3 x 3 convolution that keeps the size and leaves the bias to what follows."""
    return nn.Conv2d(channels_in, channels_out, 3, padding=1, bias=False)


class BatchNorm(nn.BatchNorm2d):
    """Batch norm whose gradient is brought into the layout of its input.

    On processors PyTorch's own takes five times as long when the two differ, as they do behind a
    gated linear unit or a concatenation.
    """

    def forward(self, hidden: Tensor) -> Tensor:
        normal = super().forward(hidden)
        if normal.requires_grad and hidden.is_contiguous(memory_format=torch.channels_last):
            normal.register_hook(_in_channels_last)
        return normal


def _in_channels_last(gradient: Tensor) -> Tensor:
    return gradient.contiguous(memory_format=torch.channels_last)


class GatedLinearUnit(nn.Module):
    """The first half of the channels, times the sigmoid of the second half (Dauphin et al., 2017).

    On processors PyTorch's own takes five times as long where channels come last and are few: its
    vector instructions need more than 32 of them in a row.
    """

    def forward(self, hidden: Tensor) -> Tensor:
        gated: Tensor = F.glu(hidden, dim=1) if hidden.is_cuda else _Gate.apply(hidden)
        return gated


class _Gate(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, hidden: Tensor) -> Tensor:
        value, gate = hidden.chunk(2, dim=1)
        opened = _compact(gate).sigmoid_()
        if not context.needs_input_grad[0]:
            return opened.mul_(value)  # to draw takes one map less so
        context.save_for_backward(value, opened)
        return value * opened

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:
        value, opened = context.saved_tensors
        to_value = gradient * opened
        to_gate = to_value * torch.addcmul(value, value, opened, value=-1)
        return torch.cat([to_value, to_gate], dim=1)


def _compact(part: Tensor) -> Tensor:
    """Copy a part of the channels to where no others lie between them."""
    compact = torch.empty_like(part)
    return compact.copy_(part)


class UpsampleBlock(nn.Sequential):
    """Doubles the size: nearest neighbour, 3 x 3 convolution, batch norm, gated linear unit."""

    def __init__(self, channels_in: int, channels_out: int) -> None:
        super().__init__(
            nn.Upsample(scale_factor=2, mode="nearest"),
            convolution(channels_in, channels_out * 2),
            BatchNorm(channels_out * 2),
            GatedLinearUnit(),
        )

    def forward(self, hidden: Tensor) -> Tensor:
        upsample, convolve, norm, gate = self
        assert isinstance(convolve, nn.Conv2d)
        if hidden.shape[-1] < TRANSPOSED_FROM:
            convolved = convolve(upsample(hidden))
        else:
            convolved = convolve_upsampled(hidden, convolve.weight)
        gated: Tensor = gate(norm(convolved))
        return gated


def convolve_upsampled(hidden: Tensor, weight: Tensor) -> Tensor:
    """Enlarge (B, C_in, S, S) to its nearest neighbours and convolve, in half the time.

    Of the nine places that a 3 x 3 kernel sees in the enlarged map, only four differ. A transposed
    convolution of stride 2 reads each of them once: 16 multiplications in place of 36.

    Parameters
    ----------
    weight : (C_out, C_in, 3, 3).
    """
    return F.conv_transpose2d(hidden, spread_kernel(weight), stride=2, padding=1)


def spread_kernel(weight: Tensor) -> Tensor:
    """The kernel (C_in, C_out, 4, 4) of a transposed convolution of stride 2 that also enlarges.

    It is the given one, (C_out, C_in, 3, 3), spread over the 2 x 2 places that the enlarged map
    has for each value.
    """
    flipped = weight.flip(2, 3)
    wider = F.pad(flipped, (0, 1)) + F.pad(flipped, (1, 0))
    spread = F.pad(wider, (0, 0, 0, 1)) + F.pad(wider, (0, 0, 1, 0))
    return spread.transpose(0, 1)


class ResidualBlock(nn.Module):
    """Two convolutions whose result is added to what came in."""

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.block = nn.Sequential(
            convolution(channels, channels * 2),
            BatchNorm(channels * 2),
            GatedLinearUnit(),
            convolution(channels, channels),
            BatchNorm(channels),
        )

    def forward(self, hidden: Tensor) -> Tensor:
        return hidden + self.block(hidden)


class ModulatedBlock(nn.Module):
    """A residual block whose features a style vector scales and shifts, each channel in its way.

    What a picture shows is then told to every size of map, not to the first one alone, as by the
    text-image fusion blocks of DF-GAN (Tao et al., CVPR 2022); here between the first convolution's
    batch norm and its gate.
    It begins by adding little, so that it can join a trained network; beginning with nothing at
    all, it would take hours to be heard.
    """

    def __init__(self, channels: int, style_size: int) -> None:
        super().__init__()
        self.widen = convolution(channels, channels * 2)
        self.widened: nn.Module = BatchNorm(channels * 2)
        self.style = nn.Linear(style_size, channels * 4)
        self.gate = GatedLinearUnit()
        self.narrow = convolution(channels, channels)
        self.narrowed: nn.Module = BatchNorm(channels)
        nn.init.zeros_(self.style.weight)
        nn.init.zeros_(self.style.bias)
        nn.init.constant_(self.narrowed.weight, 0.2)

    def forward(self, hidden: Tensor, style: Tensor) -> Tensor:
        """Refine maps (B, C, S, S) by styles (B, N)."""
        scale, shift = self.style(style)[:, :, None, None].chunk(2, dim=1)
        wide = self.widened(self.widen(hidden)) * (1 + scale) + shift
        refined: Tensor = hidden + self.narrowed(self.narrow(self.gate(wide)))
        return refined


def enlarge(image: Tensor) -> Tensor:
    """Double the size of pictures (B, 3, S, S), bicubically.

    On processors PyTorch's own takes six times as long, since it knows no fixed factor: every
    second new row lies a quarter of a row above the row it is made from, every other one below.
    """
    image = image.float()
    if image.is_cuda:
        return F.interpolate(image, scale_factor=2, mode="bicubic", align_corners=False)
    return _double(_double(image.contiguous(), dim=2), dim=3)


def _double(image: Tensor, dim: int) -> Tensor:
    """Double the height (dim 2) or the width (dim 3)."""
    size, around = image.shape[dim], (0, 0, 2, 2) if dim == 2 else (2, 2, 0, 0)
    padded = F.pad(image, around, mode="replicate")
    rows = [padded.narrow(dim, start, size) for start in range(5)]
    above, below = _mix(rows[:4], BICUBIC), _mix(rows[1:], BICUBIC[::-1])
    return torch.stack([above, below], dim + 1).flatten(dim, dim + 1)


def _mix(rows: Sequence[Tensor], weights: Sequence[float]) -> Tensor:
    mixed = weights[0] * rows[0]
    for row, weight in zip(rows[1:], weights[1:], strict=True):
        mixed = mixed.add(row, alpha=weight)
    return mixed


def channels_last(module: nn.Module) -> None:
    """Lay a network's weights out as convolutions on processors and GPUs like them best."""
    module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
