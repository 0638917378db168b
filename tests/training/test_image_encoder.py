"""The frozen features, folded and padded for speed, are those of their package's network."""

import torch
import torch.nn.functional as F

from models.training.image_encoder import TAPPED_BLOCKS, ImageFeatures, _pretrained

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


def test_half_precision_sees_the_same_and_passes_the_same_gradients() -> None:
    torch.manual_seed(0)
    picture = F.interpolate(torch.randn(4, 3, 12, 12), size=(96, 96), mode="bicubic").clamp(-1, 1)
    picture = picture.contiguous(memory_format=torch.channels_last)
    seen = {}
    for precision in (torch.float32, torch.bfloat16):
        network = ImageFeatures().to(dtype=precision)
        given = picture.clone().requires_grad_()
        maps, pooled = network(given.to(precision))
        assert {part.dtype for part in (*maps, pooled)} == {precision}
        pooled.float().square().mean().backward()
        assert given.grad is not None
        seen[precision] = [*(part.detach().float() for part in (*maps, pooled)), given.grad]
    for single, half in zip(seen[torch.float32], seen[torch.bfloat16], strict=True):
        assert F.cosine_similarity(single.flatten(), half.flatten(), dim=0) > 0.98
