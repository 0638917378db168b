"""The generator in the form in which drawing runs it: what never changes is reckoned once."""

from __future__ import annotations

import copy

import torch
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval, fuse_linear_bn_eval

from models.networks.generator import SEED_SIZE, Generator, InitialStage, RefinementStage
from models.networks.layers import (
    TRANSPOSED_FROM,
    ModulatedBlock,
    ResidualBlock,
    UpsampleBlock,
    channels_last,
    spread_kernel,
)
from models.painting.strips import GatedConvolution, ResidualBlockInPlace


def folded(generator: Generator, precision: torch.dtype, exact_sketches: bool = False) -> Generator:
    """Copy a generator into one that computes the same with fewer operations, only to draw.

    Behind fixed statistics a batch norm is a factor and an offset for each channel,

        gamma (W x - mean) / sqrt(variance + epsilon) + beta,

    so it becomes part of the weights W and a bias. The kernels of the enlarging convolutions are
    spread, and all weights brought into the precision they are multiplied in.

    Parameters
    ----------
    generator : in evaluation mode, on the CPU; it is left as it is.
    precision : of the copy's weights.
    exact_sketches : keep what draws 64 px in single precision.

    Returns
    -------
    Generator
        It cannot be trained, nor take the weights of an ordinary one.
    """
    drawing = copy.deepcopy(generator)
    _fold_initial(drawing.initial)
    for stage, size in zip(drawing.refinements, drawing.config.sizes, strict=False):
        assert isinstance(stage, RefinementStage)
        stage.residual = nn.Sequential(*map(_folded_residual, stage.residual))
        stage.upsample = _folded_upsample(stage.upsample, size)
    if exact_sketches:
        drawing.refinements.to(precision)
        drawing.to_image[1:].to(precision)
    else:
        drawing.to(precision)
    channels_last(drawing)
    drawing.requires_grad_(False)
    return drawing


def _fold_initial(stage: InitialStage) -> None:
    linear, norm, gate = stage.seed
    assert isinstance(linear, nn.Linear) and isinstance(norm, nn.BatchNorm1d)
    stage.seed = nn.Sequential(fuse_linear_bn_eval(linear, norm), gate)
    blocks = (
        _folded_upsample(block, SEED_SIZE << position)
        for position, block in enumerate(stage.upsample)
    )
    stage.upsample = nn.Sequential(*blocks)
    for block in stage.residual.modules():
        if isinstance(block, ModulatedBlock):
            _fold_modulated(block)


def _fold_modulated(block: ModulatedBlock) -> None:
    block.widen, block.widened = _fused(block.widen, block.widened), nn.Identity()
    block.narrow, block.narrowed = _fused(block.narrow, block.narrowed), nn.Identity()


def _folded_residual(block: nn.Module) -> ResidualBlockInPlace:
    assert isinstance(block, ResidualBlock)
    widen, widened, _, narrow, narrowed = block.block
    return ResidualBlockInPlace(GatedConvolution(_fused(widen, widened)), _fused(narrow, narrowed))


def _folded_upsample(block: nn.Module, size: int) -> nn.Sequential:
    """Fold a block that enlarges maps of `size` pixels."""
    assert isinstance(block, UpsampleBlock)
    upsample, convolve, norm, _ = block
    fused = _fused(convolve, norm)
    if size < TRANSPOSED_FROM:
        return nn.Sequential(upsample, GatedConvolution(fused))
    enlarge = nn.ConvTranspose2d(
        fused.in_channels, fused.out_channels, 4, stride=2, padding=1, device="meta"
    )
    enlarge.weight = nn.Parameter(spread_kernel(fused.weight.detach()), requires_grad=False)
    enlarge.bias = fused.bias
    return nn.Sequential(GatedConvolution(enlarge))


def _fused(convolve: nn.Module, norm: nn.Module) -> nn.Conv2d:
    assert isinstance(convolve, nn.Conv2d) and isinstance(norm, nn.BatchNorm2d)
    return fuse_conv_bn_eval(convolve, norm)
