"""Noise as loud as it is said to be, rooms that echo as long, and nothing that clips."""

from __future__ import annotations

import numpy as np
import pytest

from models.sound.log_mel import SAMPLE_RATE
from models.training.speech.backgrounds import BACKGROUNDS
from models.training.speech.effects import (
    Samples,
    active_level,
    add_echo,
    add_noise,
    add_pauses,
    limit,
    room_response,
    set_level,
)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.fixture
def speech() -> Samples:
    """Two seconds of syllables: a buzz of 120 Hz that swells and fades."""
    times = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    buzz = sum(np.sin(2 * np.pi * 120 * k * times) / k for k in range(1, 30))
    return (0.02 * buzz * np.abs(np.sin(2 * np.pi * 2 * times))).astype(np.float32)


def decibels(ratio: float) -> float:
    return 20 * float(np.log10(ratio))


def rms(samples: np.ndarray) -> float:
    return float(np.sqrt(np.square(samples, dtype=np.float64).mean()))


@pytest.mark.parametrize("kind", BACKGROUNDS)
@pytest.mark.parametrize("wanted", [5.0, 20.0])
def test_noise_is_as_far_below_the_speech_as_wanted(
    speech: Samples, rng: np.random.Generator, kind: str, wanted: float
) -> None:
    noisy = add_noise(speech, kind, wanted, rng)
    measured = decibels(active_level(speech) / rms(noisy - speech))
    assert measured == pytest.approx(wanted, abs=0.05)


@pytest.mark.parametrize("kind", ["white", "pink"])
def test_pauses_do_not_change_the_noise(speech: Samples, kind: str) -> None:
    paused = add_pauses(speech, 1.0, 2.0)
    assert active_level(paused) == pytest.approx(active_level(speech), rel=0.01)
    noisy = add_noise(paused, kind, 10, np.random.default_rng(2))
    measured = decibels(active_level(speech) / rms((noisy - paused)[-SAMPLE_RATE:]))
    assert measured == pytest.approx(10, abs=1.5), "in the pause alone"


@pytest.mark.parametrize("kind, slope", [("white", 3.0), ("pink", 0.0)])
def test_noise_has_its_colour(rng: np.random.Generator, kind: str, slope: float) -> None:
    """White noise has twice the power in each next octave; pink has the same."""
    power = np.square(
        np.abs(np.fft.rfft(BACKGROUNDS[kind](np.ones(8 * SAMPLE_RATE, np.float32), rng)))
    )
    hertz = np.fft.rfftfreq(8 * SAMPLE_RATE, 1 / SAMPLE_RATE)
    octaves = [power[(hertz >= f) & (hertz < 2 * f)].sum() for f in (250, 500, 1000, 2000)]
    slopes = np.diff(10 * np.log10(octaves))
    assert slopes == pytest.approx([slope] * 3, abs=0.5)


def test_babble_sounds_like_speech_but_is_not_it(speech: Samples, rng: np.random.Generator) -> None:
    babble = BACKGROUNDS["babble"](speech, rng)

    def share_below_1_khz(samples: np.ndarray) -> float:
        power = np.square(np.abs(np.fft.rfft(samples)))
        return float(power[: len(samples) * 1000 // SAMPLE_RATE].sum() / power.sum())

    assert share_below_1_khz(babble) == pytest.approx(share_below_1_khz(speech), abs=0.05)
    assert abs(np.corrcoef(babble, speech)[0, 1]) < 0.3


@pytest.mark.parametrize("seconds", [0.1, 0.3, 0.6])
def test_an_echo_falls_by_60_db_in_its_time(rng: np.random.Generator, seconds: float) -> None:
    impulse = np.zeros(100, np.float32)
    impulse[0] = 0.5
    echo = add_echo(impulse, seconds, 6.0, rng)
    assert echo[0] == pytest.approx(0.5, abs=1e-6), "the direct sound comes first, as it was"
    # Schroeder's backward integral, fitted from -5 to -25 dB as ISO 3382 does.
    tail = np.square(echo[1:], dtype=np.float64)[::-1].cumsum()[::-1]
    curve = 10 * np.log10(tail[tail > 0] / tail[0])
    (fitted,) = np.nonzero((curve < -5) & (curve > -25))
    slope = np.polyfit(fitted / SAMPLE_RATE, curve[fitted], 1)[0]
    assert -60 / slope == pytest.approx(seconds, rel=0.15)


def test_an_echo_is_as_strong_as_wanted(rng: np.random.Generator) -> None:
    response = room_response(0.3, 6.0, rng)
    assert decibels(1 / np.sqrt(np.square(response[1:]).sum())) == pytest.approx(6)


def test_echo_is_convolution(speech: Samples) -> None:
    ours = add_echo(speech, 0.2, 4.0, np.random.default_rng(3))
    response = room_response(0.2, 4.0, np.random.default_rng(3))
    assert ours == pytest.approx(np.convolve(speech, response), abs=1e-6)


def test_levels(speech: Samples) -> None:
    assert decibels(active_level(set_level(speech, -26))) == pytest.approx(-26, abs=0.01)
    assert active_level(np.full(SAMPLE_RATE, 0.5, np.float32)) == pytest.approx(0.5)
    assert len(add_pauses(speech, 0.5, 0.25)) == len(speech) + 0.75 * SAMPLE_RATE


@pytest.mark.parametrize("kind", BACKGROUNDS)
@pytest.mark.parametrize("length", [0, 1, 399, 401, SAMPLE_RATE])
def test_silence_stays_silence(rng: np.random.Generator, kind: str, length: int) -> None:
    silence = np.zeros(length, np.float32)
    for result in (
        add_noise(silence, kind, 5, rng),
        add_echo(silence, 0.1, 6.0, rng),
        set_level(silence, -20),
        limit(silence),
    ):
        assert result.dtype == np.float32
        assert not np.any(result)


@pytest.mark.parametrize("kind", BACKGROUNDS)
@pytest.mark.parametrize("length", [1, 399, 401, SAMPLE_RATE])
@pytest.mark.parametrize("peak", [1e-30, 1.0])
def test_nothing_clips_or_is_no_number(
    rng: np.random.Generator, kind: str, length: int, peak: float
) -> None:
    loud = (peak * np.sign(np.sin(np.arange(1, length + 1) / 3))).astype(np.float32)
    for result in (
        add_noise(loud, kind, -20, rng),
        add_echo(loud, 0.6, 6.0, rng),
        set_level(loud, 10),
    ):
        assert result.dtype == np.float32
        assert np.all(np.isfinite(result))
        assert 0 < np.abs(result).max() <= 1
