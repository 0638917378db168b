"""Layers that make training fast on a processor, each beside PyTorch's plain way.

    python -m benchmarks.layers

Times are of forward and backward passes, in milliseconds.
"""

from __future__ import annotations

import timeit
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from models.networks.layers import BatchNorm, GatedLinearUnit, convolve_upsampled
from models.training.features.image_features import ImageFeatures

REPETITIONS = 5


def main() -> None:
    torch.manual_seed(0)
    print(f"{torch.get_num_threads()} threads; milliseconds forward and backward")
    for kind in (torch.float32, torch.bfloat16):
        _upsampling(kind)
    _batch_norm()
    _gate()
    _strided_depthwise()
    _frozen_features()


def _upsampling(kind: torch.dtype) -> None:
    """Nearest neighbours and a 3 x 3 convolution, 64 channels, 128 to 256 px, 4 pictures."""
    hidden = _channels_last(torch.randn(4, 64, 128, 128, dtype=kind)).requires_grad_()
    weight = torch.randn(64, 64, 3, 3, dtype=kind, requires_grad=True)

    def plain() -> Tensor:
        enlarged = nn.functional.interpolate(hidden, scale_factor=2, mode="nearest")
        return nn.functional.conv2d(enlarged, weight, padding=1)

    name = f"upsample + convolve, {str(kind).removeprefix('torch.')}"
    _print(name, _time(plain), _time(lambda: convolve_upsampled(hidden, weight)))


def _batch_norm() -> None:
    """Batch norm in channels-last layout under a gradient that is not."""
    hidden = _channels_last(torch.randn(20, 64, 128, 128, dtype=torch.bfloat16)).requires_grad_()
    gradient = torch.randn(20, 64, 128, 128, dtype=torch.bfloat16)
    plain, ours = nn.BatchNorm2d(64), BatchNorm(64)
    times = _time(lambda: plain(hidden), gradient), _time(lambda: ours(hidden), gradient)
    _print("batch norm, gradient in another layout", *times)


def _gate() -> None:
    """A gated linear unit of the 128 px stage at the paper's width."""
    hidden = _channels_last(torch.randn(20, 64, 128, 128, dtype=torch.bfloat16)).requires_grad_()
    plain, ours = nn.GLU(dim=1), GatedLinearUnit()
    _print("gated linear unit", _time(lambda: plain(hidden)), _time(lambda: ours(hidden)))


def _strided_depthwise() -> None:
    """The first strided depthwise convolution of the frozen features, in bfloat16."""
    hidden = _channels_last(torch.randn(20, 96, 64, 64, dtype=torch.bfloat16)).requires_grad_()
    ours: Any = ImageFeatures().bfloat16().blocks[1]._depthwise_conv
    plain = ours.convolution
    _print(
        "strided depthwise convolution", _time(lambda: plain(hidden)), _time(lambda: ours(hidden))
    )


def _frozen_features() -> None:
    """Frozen features of 20 pictures of 128 px: in single precision, and as training sees them."""
    picture = _channels_last(torch.rand(20, 3, 128, 128) * 2 - 1).requires_grad_()
    plain, ours = ImageFeatures(), ImageFeatures().bfloat16()
    times = _time(lambda: plain(picture)[1]), _time(lambda: ours(picture.bfloat16())[1])
    _print("frozen features, fp32 and bfloat16", *times)


def _channels_last(values: Tensor) -> Tensor:
    return values.contiguous(memory_format=torch.channels_last)


def _time(forward: Callable[[], Tensor], gradient: Tensor | None = None) -> float:
    def run() -> None:
        result = forward()
        result.backward(torch.ones_like(result) if gradient is None else gradient)

    run()
    return 1000 * timeit.timeit(run, number=REPETITIONS) / REPETITIONS


def _print(name: str, plain: float, ours: float) -> None:
    print(f"{name:42} plain {plain:6.0f}   ours {ours:6.0f}   ratio {plain / ours:4.1f}")


if __name__ == "__main__":
    main()
