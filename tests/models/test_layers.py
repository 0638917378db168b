"""The layers written for speed compute what PyTorch's own compute, gradients included."""

import pytest
import torch
import torch.nn.functional as F

from models.layers import GatedLinearUnit, convolve_upsampled


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
