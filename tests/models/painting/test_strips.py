"""Maps drawn strip by strip are the maps drawn at once."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.painting import strips
from models.painting.strips import GatedConvolution, ResidualBlockInPlace, in_strips

CONVOLUTIONS: dict[str, nn.Conv2d | nn.ConvTranspose2d] = {
    "keeps the size": nn.Conv2d(6, 8, 3, padding=1),
    "doubles it": nn.ConvTranspose2d(6, 8, 4, stride=2, padding=1),
}


@pytest.fixture(params=CONVOLUTIONS)
def convolve(request: pytest.FixtureRequest) -> nn.Conv2d | nn.ConvTranspose2d:
    return CONVOLUTIONS[request.param]


@pytest.fixture(autouse=True)
def only_drawing() -> Iterator[None]:
    with torch.inference_mode():
        yield


def maps(batch: int, channels: int, height: int = 37, width: int = 20) -> Tensor:
    source = torch.Generator().manual_seed(0)
    hidden = torch.randn(batch, channels, height, width, generator=source)
    return hidden.contiguous(memory_format=torch.channels_last)


@pytest.mark.parametrize("batch", [1, 3])
@pytest.mark.parametrize("limit", [1, 20_000, 2**30])  # the fewest rows, more, everything
def test_strips_are_the_parts_of_the_whole(
    convolve: nn.Conv2d | nn.ConvTranspose2d,
    batch: int,
    limit: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(strips, "STRIP_BYTES", limit)
    hidden = maps(batch, 6)
    whole = convolve(hidden)
    joined, seen = torch.zeros_like(whole), torch.zeros_like(whole)
    found = list(in_strips(convolve, hidden))
    for strip in found:
        joined[strip.place] = strip.values
        seen[strip.place] += 1

    torch.testing.assert_close(joined, whole)
    assert bool((seen == 1).all())
    assert (len(found) == 1) == (limit == 2**30)


def test_no_strip_is_larger_than_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "STRIP_BYTES", 30_000)
    for convolve in CONVOLUTIONS.values():
        sizes = [strip.values.nbytes for strip in in_strips(convolve, maps(4, 6))]
        assert len(sizes) >= 4 and max(sizes) <= 30_000


def test_a_gated_convolution_is_the_convolution_and_the_gate(
    convolve: nn.Conv2d | nn.ConvTranspose2d, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strips, "STRIP_BYTES", 20_000)
    gated = GatedConvolution(convolve)(maps(2, 6))
    torch.testing.assert_close(gated, F.glu(convolve(maps(2, 6)), dim=1))
    assert gated.is_contiguous(memory_format=torch.channels_last)


def test_a_residual_block_adds_to_what_it_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(strips, "STRIP_BYTES", 20_000)
    widen, narrow = nn.Conv2d(6, 12, 3, padding=1), nn.Conv2d(6, 6, 3, padding=1)
    hidden = maps(2, 6)
    expected = hidden + narrow(F.glu(widen(hidden), dim=1))
    refined = ResidualBlockInPlace(GatedConvolution(widen), narrow)(hidden)
    torch.testing.assert_close(refined, expected)
    assert refined is hidden
