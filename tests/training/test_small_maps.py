"""Small maps are convolved as PyTorch does it, and their weights get the same gradients."""

import pytest
import torch
import torch.nn.functional as F

from models.training.gan.small_maps import Convolution, convolve_everywhere


@pytest.mark.parametrize(("size", "stride", "side"), [(3, 1, 4), (4, 2, 8), (4, 2, 16)])
def test_gradients_in_half_precision_are_those_of_pytorch(
    size: int, stride: int, side: int
) -> None:
    torch.manual_seed(0)
    ours = Convolution(16, 32, size, stride=stride, padding=1, bias=False)
    plain = torch.nn.Conv2d(16, 32, size, stride=stride, padding=1, bias=False).double()
    plain.load_state_dict(ours.state_dict())
    given = torch.randn(8, 16, side, side).contiguous(memory_format=torch.channels_last)
    hidden, expected = given.clone().requires_grad_(), given.double().requires_grad_()
    with torch.autocast("cpu", torch.bfloat16):
        convolved = ours(hidden)
    assert convolved.dtype == torch.bfloat16
    convolved.float().square().sum().backward()
    plain(expected).square().sum().backward()

    for half, exact in ((ours.weight.grad, plain.weight.grad), (hidden.grad, expected.grad)):
        assert half is not None and exact is not None
        assert half.shape == exact.shape
        assert F.cosine_similarity(half.double().flatten(), exact.flatten(), dim=0) > 0.999


def test_values_at_all_places_convolve_as_if_repeated() -> None:
    torch.manual_seed(0)
    values, weight = torch.randn(2, 5), torch.randn(7, 5, 3, 3)
    places = values[:, :, None, None].expand(-1, -1, 4, 4)
    expected = F.conv2d(places, weight, padding=1)
    torch.testing.assert_close(convolve_everywhere(values, weight, 4), expected)
