"""The layers written for speed compute what PyTorch's own compute, gradients included."""

import pytest
import torch
import torch.nn.functional as F

from models.networks.layers import GatedLinearUnit, ModulatedBlock, convolve_upsampled


def test_convolving_the_enlarged_map_at_once_gives_the_same() -> None:
    torch.manual_seed(0)
    hidden, weight = torch.randn(2, 6, 8, 8, dtype=torch.float64), torch.randn(10, 6, 3, 3).double()
    slowly = F.interpolate(hidden, scale_factor=2, mode="nearest")
    expected = F.conv2d(slowly, weight, padding=1)
    torch.testing.assert_close(convolve_upsampled(hidden, weight), expected)


@pytest.mark.parametrize("layout", [torch.contiguous_format, torch.channels_last])
def test_the_gate_is_that_of_torch(layout: torch.memory_format) -> None:
    torch.manual_seed(0)
    hidden = torch.randn(2, 6, 5, 5, dtype=torch.float64).contiguous(memory_format=layout)
    given, expected = (hidden.clone().requires_grad_() for _ in range(2))
    gradient = torch.randn(2, 3, 5, 5).double()
    gated = GatedLinearUnit()(given)
    gated.backward(gradient)
    F.glu(expected, dim=1).backward(gradient)

    torch.testing.assert_close(gated, F.glu(hidden, dim=1))
    assert gated.is_contiguous(memory_format=layout)
    assert given.grad is not None and expected.grad is not None
    torch.testing.assert_close(given.grad, expected.grad)
    torch.testing.assert_close(GatedLinearUnit()(hidden[:, :, 0, 0]), F.glu(hidden[:, :, 0, 0], 1))


def test_a_new_modulated_block_hears_no_style_and_a_taught_one_does() -> None:
    torch.manual_seed(0)
    block = ModulatedBlock(6, style_size=3).eval()
    hidden, (first, second) = torch.randn(2, 6, 5, 5), torch.randn(2, 2, 3)
    torch.testing.assert_close(block(hidden, first), block(hidden, second), rtol=0, atol=0)

    torch.nn.init.normal_(block.style.weight)
    styles = torch.stack([first[0], second[1]])
    heard = block(hidden, styles)
    torch.testing.assert_close(heard[:1], block(hidden, first)[:1])
    torch.testing.assert_close(heard[1:], block(hidden, second)[1:])
    assert not torch.allclose(block(hidden, first), block(hidden, second))
