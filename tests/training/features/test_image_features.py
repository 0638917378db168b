"""The frozen features, folded and padded for speed, are those of their package's network."""

from typing import Any

import torch
import torch.nn.functional as F

from models.training.features.image_features import TAPPED_BLOCKS, ImageFeatures, _pretrained

NAME = "efficientnet-lite0"


def as_the_package_does(images: torch.Tensor) -> tuple[list[torch.Tensor], torch.Tensor]:
    network = _pretrained(NAME).to(images.dtype).eval()
    hidden = network._swish(network._bn0(network._conv_stem(images * (127.5 / 128))))
    maps = []
    for position, block in enumerate(network._blocks):
        hidden = block(hidden)
        if position in TAPPED_BLOCKS[NAME]:
            maps.append(hidden)
    return maps, network._swish(network._bn1(network._conv_head(hidden))).mean(dim=(2, 3))


def test_features_and_gradients_are_those_of_the_package() -> None:
    torch.manual_seed(0)
    # In double precision: the weights were folded in single, but nothing else is rounded.
    given = torch.rand(2, 3, 96, 96, dtype=torch.float64).mul(2).sub(1).requires_grad_()
    expected = given.detach().clone().requires_grad_()
    maps, pooled = ImageFeatures(NAME).double()(given)
    package_maps, package_pooled = as_the_package_does(expected)

    for ours, theirs in zip([*maps, pooled], [*package_maps, package_pooled], strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-4, atol=1e-4)
    (maps[2].square().sum() + pooled.sum()).backward()
    (package_maps[2].square().sum() + package_pooled.sum()).backward()
    assert given.grad is not None and expected.grad is not None
    # Not place by place: at the kink of a ReLU6 the smallest error turns a gradient on or off.
    assert (given.grad - expected.grad).norm() < 0.01 * expected.grad.norm()


def test_half_precision_sees_the_same() -> None:
    torch.manual_seed(0)
    picture = F.interpolate(torch.randn(4, 3, 12, 12), size=(96, 96), mode="bicubic").clamp(-1, 1)
    single, pooled_single = ImageFeatures()(picture)
    half, pooled_half = ImageFeatures().bfloat16()(picture.bfloat16())
    for one, other in zip((*single, pooled_single), (*half, pooled_half), strict=True):
        assert other.dtype == torch.bfloat16
        assert F.cosine_similarity(one.flatten(), other.float().flatten(), dim=0) > 0.99


def test_strided_layers_pass_the_same_gradients_in_half_precision() -> None:
    torch.manual_seed(0)
    for block in (1, 3, 5, 11):
        layer: Any = ImageFeatures().blocks[block]._depthwise_conv
        assert set(layer.convolution.stride) == {2}
        given = torch.randn(2, layer.convolution.in_channels, 12, 12)
        gradients = []
        for dtype in (torch.float64, torch.bfloat16):
            hidden = given.to(dtype, copy=True).requires_grad_()
            layer.to(dtype)(hidden).float().square().sum().backward()
            assert hidden.grad is not None
            gradients.append(hidden.grad.flatten().double())
        exact, half = gradients
        assert F.cosine_similarity(exact, half, dim=0) > 0.999
