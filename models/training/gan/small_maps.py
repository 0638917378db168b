"""Convolutions of small maps with many channels, as discriminators end in.

On processors the gradient of their weights takes most of the time, since PyTorch's convolution
spreads its work over places, of which there are few. As one matrix product it takes a sixth of that
where the processor multiplies matrices of bfloat16 (AMX), and as long as before elsewhere.
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.grad import conv2d_input

LARGEST = 4
"""Side of the largest result whose weights' gradient is computed so."""


class Convolution(nn.Conv2d):
    """Like `nn.Conv2d` without bias, dilation or groups, with a quicker gradient on processors."""

    def _conv_forward(self, input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        stride, padding = self.stride[0], self.padding[0]
        return convolve(input, weight, int(stride), int(padding))


def convolve(hidden: Tensor, weight: Tensor, stride: int = 1, padding: int = 0) -> Tensor:
    """Convolve maps (B, C_in, S, S) with a kernel (C_out, C_in, K, K), under autocast, too."""
    side = (hidden.shape[-1] + 2 * padding - weight.shape[-1]) // stride + 1
    if torch.is_autocast_enabled("cpu") and side <= LARGEST and not hidden.is_cuda:
        kind = torch.get_autocast_dtype("cpu")
        convolved: Tensor = _Convolve.apply(hidden.to(kind), weight.to(kind), stride, padding)
        return convolved
    return F.conv2d(hidden, weight, stride=stride, padding=padding)


def convolve_everywhere(values: Tensor, weight: Tensor, side: int) -> Tensor:
    """Repeat values (B, C_in) at S x S places and convolve them, padded: (B, C_out, S, S).

    Each of the kernel's places multiplies the values once; a place of the result adds those
    products that lie inside.

    Parameters
    ----------
    weight : (C_out, C_in, 3, 3).
    """
    inside = F.unfold(torch.ones(1, 1, side, side, device=values.device), 3, padding=1)
    products = F.linear(values, weight.permute(2, 3, 0, 1).flatten(0, 2)).unflatten(1, (9, -1))
    convolved = torch.einsum("tp,bto->bpo", inside[0], products)
    return convolved.unflatten(1, (side, side)).permute(0, 3, 1, 2)


class _Convolve(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, hidden: Tensor, weight: Tensor, stride: int, padding: int) -> Tensor:
        context.save_for_backward(hidden, weight)
        context.stride, context.padding = stride, padding
        return F.conv2d(hidden, weight, stride=stride, padding=padding)

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> tuple[Tensor | None, Tensor | None, None, None]:
        hidden, weight = context.saved_tensors
        stride, padding = context.stride, context.padding
        of_hidden = of_weight = None
        if context.needs_input_grad[0]:
            of_hidden = conv2d_input(hidden.shape, weight, gradient, stride=stride, padding=padding)
        if context.needs_input_grad[1]:
            size = weight.shape[-1]
            seen = _seen_from_each_place(hidden, size, stride, padding)
            gradients = gradient.permute(0, 2, 3, 1).flatten(0, 2)
            of_weight = (gradients.t() @ seen).unflatten(1, (size, size, -1)).permute(0, 3, 1, 2)
        return of_hidden, of_weight, None, None


def _seen_from_each_place(hidden: Tensor, size: int, stride: int, padding: int) -> Tensor:
    """What a kernel of `size` sees at each place of its result, (places, K * K * C_in)."""
    padded = F.pad(hidden.permute(0, 2, 3, 1), (0, 0, padding, padding, padding, padding))
    windows = padded.unfold(1, size, stride).unfold(2, size, stride)
    return windows.permute(0, 1, 2, 4, 5, 3).flatten(3).flatten(0, 2)
