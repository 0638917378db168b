"""Log-mel frames: tones lie in their bands, and loudness does not matter."""

import math

import pytest
import torch
from torch import Tensor

from models.sound.log_mel import HOP, MELS, SAMPLE_RATE, WINDOW, log_mel


def tone(hertz: float, seconds: float = 0.5) -> Tensor:
    time = torch.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return 0.3 * (2 * math.pi * hertz * time).sin()


def frames(samples: int) -> int:
    """How many windows begin every 10 ms and end within so many samples, one at least."""
    return 1 + (max(samples, WINDOW) - WINDOW) // HOP


def band_of(hertz: float) -> float:
    """Where the mel scale puts a frequency, in bands from the lowest."""
    low, high, mel = (2595 * math.log10(1 + value / 700) for value in (20, 7800, hertz))
    return (mel - low) / (high - low) * (MELS + 1) - 1


@pytest.mark.parametrize("hertz", [100, 440, 1000, 3000, 7000])
def test_a_tone_is_loudest_in_its_band(hertz: float) -> None:
    loudest = log_mel(tone(hertz)).mean(dim=1).argmax()
    assert abs(int(loudest) - band_of(hertz)) <= 1


def test_frames_follow_each_other_every_ten_milliseconds() -> None:
    mels = log_mel(torch.cat([torch.zeros(8000), tone(1000)]))
    assert mels.shape == (MELS, frames(16000)) == (MELS, 98)
    band = mels[round(band_of(1000))]
    begins = int((band > (band.min() + band.max()) / 2).nonzero()[0])
    assert 48 <= begins <= 50


def test_loudness_makes_no_difference() -> None:
    sound = tone(500) + 0.1 * tone(2000)
    torch.testing.assert_close(log_mel(sound), log_mel(sound / 20), atol=1e-3, rtol=0)


@pytest.mark.parametrize("length", [0, 1, 399, 400, 559, 560])
def test_short_sound_and_silence_are_finite(length: int) -> None:
    mels = log_mel(torch.zeros(length))
    assert mels.shape == (MELS, frames(length)) and mels.isfinite().all()


def test_every_band_hears_something() -> None:
    noise = torch.randn(SAMPLE_RATE, generator=torch.Generator().manual_seed(0))
    assert (log_mel(noise).mean(dim=1) > -2).all()
