"""The straightforward way to run a generator, to measure ours against.

PyTorch's own gated linear unit and bicubic enlarging, maps enlarged first and convolved then, fp32
weights in the default layout.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch.nn.functional as F
from torch import Tensor, nn

import models.networks.generator
import models.networks.layers
from models.networks.generator import Generator, RefinementStage


def make_plain(generator: Generator) -> None:
    """Give a generator PyTorch's gates and layout; its layers are plain within `plain_layers`."""
    _use_torch_gates(generator)
    use_default_layout(generator)
    generator.initial.upsample[0].register_forward_pre_hook(lambda _, given: given[0].contiguous())
    for stage in generator.refinements:
        assert isinstance(stage, RefinementStage)
        stage.attention.register_forward_hook(
            lambda _, given, seen: (seen[0].contiguous(), seen[1])
        )


def use_default_layout(module: nn.Module) -> None:
    for value in module.parameters():
        value.data = value.data.contiguous()


@contextmanager
def plain_layers() -> Iterator[None]:
    """Enlarge and convolve one after the other, and enlarge pictures as PyTorch does."""
    ours = models.networks.layers.TRANSPOSED_FROM, models.networks.generator.enlarge
    models.networks.layers.TRANSPOSED_FROM, models.networks.generator.enlarge = 1 << 20, _enlarge
    try:
        yield
    finally:
        models.networks.layers.TRANSPOSED_FROM, models.networks.generator.enlarge = ours


def _enlarge(image: Tensor) -> Tensor:
    return F.interpolate(image, scale_factor=2, mode="bicubic", align_corners=False)


def _use_torch_gates(module: nn.Module) -> None:
    for name, child in module.named_children():
        if isinstance(child, models.networks.layers.GatedLinearUnit):
            setattr(module, name, nn.GLU(dim=1))
        _use_torch_gates(child)
