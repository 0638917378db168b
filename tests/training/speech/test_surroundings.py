"""A heard world: other every time, never louder than full scale, and speech is still in it."""

from __future__ import annotations

import numpy as np
import pytest

from models.sound.log_mel import SAMPLE_RATE
from models.training.speech.backgrounds import BACKGROUNDS, cough, shaped
from models.training.speech.effects import Samples, active_level
from models.training.speech.hesitation import hesitating
from models.training.speech.microphones import through_laptop, through_telephone
from models.training.speech.surroundings import heard_somewhere
from models.words.tokens import with_apostrophes

TEXT = "a small bird with a yellow belly"


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(1)


@pytest.fixture
def hiss(rng: np.random.Generator) -> Samples:
    """Two seconds with the same power at each frequency."""
    return (0.1 * rng.standard_normal(2 * SAMPLE_RATE)).astype(np.float32)


def power(samples: np.ndarray, low: float, high: float) -> float:
    """Mean power in dB between two frequencies."""
    spectrum = np.square(np.abs(np.fft.rfft(samples)))
    hertz = np.fft.rfftfreq(len(samples), 1 / SAMPLE_RATE)
    return float(10 * np.log10(spectrum[(hertz >= low) & (hertz < high)].mean() + 1e-12))


def test_a_curve_amplifies_as_it_says(hiss: Samples) -> None:
    bent = shaped(hiss, (500, 2000), (0, -12))
    assert len(bent) == len(hiss)
    for low, high, wanted in ((100, 450, 0), (950, 1050, -6), (2200, 7000, -12)):
        assert power(bent, low, high) - power(hiss, low, high) == pytest.approx(wanted, abs=0.3)


def test_a_telephone_passes_speech_and_nothing_above(
    hiss: Samples, rng: np.random.Generator
) -> None:
    heard = through_telephone(hiss, rng)
    assert heard.dtype == np.float32 and len(heard) == len(hiss)
    assert power(heard, 500, 2900) - power(hiss, 500, 2900) == pytest.approx(0, abs=1)
    for low, high in ((20, 90), (5000, 8000)):
        assert power(heard, low, high) < power(heard, 500, 2900) - 20


def test_laptops_differ_and_lose_the_lowest_tones(hiss: Samples, rng: np.random.Generator) -> None:
    heard = [through_laptop(hiss, rng) for _ in range(6)]
    assert len({sound.tobytes() for sound in heard}) == 6
    for sound in heard:
        assert power(sound, 10, 40) < power(sound, 500, 2000) - 6
        assert 0 < np.abs(sound).max() <= 1


def test_music_has_tones_and_traffic_is_low(hiss: Samples, rng: np.random.Generator) -> None:
    music = BACKGROUNDS["music"](hiss, rng)
    spectrum = np.sort(np.square(np.abs(np.fft.rfft(music))))[::-1]
    assert spectrum[: len(spectrum) // 50].sum() > 0.6 * spectrum.sum()
    traffic = BACKGROUNDS["traffic"](hiss, rng)
    assert power(traffic, 30, 400) > power(traffic, 2000, 6000) + 15


def test_a_cough_is_short_and_loud_at_once(rng: np.random.Generator) -> None:
    for _ in range(10):
        sound = cough(rng)
        assert 0.2 < len(sound) / SAMPLE_RATE < 1.2
        assert np.abs(sound).max() == 1 and np.abs(sound[: SAMPLE_RATE // 8]).max() > 0.3


def test_everywhere_speech_is_heard_otherwise_and_whole(hiss: Samples) -> None:
    speech = np.tile(hiss[: SAMPLE_RATE // 10], 20) * np.float32(0.5)
    heard = [heard_somewhere(speech, np.random.default_rng(seed)) for seed in range(40)]
    assert len({sound.tobytes() for sound in heard}) == 40
    for sound in heard:
        assert sound.dtype == np.float32 and np.isfinite(sound).all()
        assert len(speech) <= len(sound) < len(speech) + 4 * SAMPLE_RATE
        assert 0 < np.abs(sound).max() <= 1
    levels = [20 * np.log10(active_level(sound)) for sound in heard]
    assert min(levels) < -38 and max(levels) > -18
    again = heard_somewhere(speech, np.random.default_rng(7))
    assert np.array_equal(again, heard[7]), "the random numbers decide alone"
    assert not np.any(heard_somewhere(np.zeros(SAMPLE_RATE, np.float32), np.random.default_rng(0)))


def test_hesitation_adds_words_and_loses_none(rng: np.random.Generator) -> None:
    said = [hesitating(TEXT, rng) for _ in range(60)]
    for sentence in said:
        words = iter(sentence.replace(",", "").split())
        assert all(any(word == other for other in words) for word in TEXT.split()), sentence
        assert len(sentence.split()) > len(TEXT.split()) and "," in sentence
    assert any(" er," in sentence for sentence in said)
    assert any(sentence.startswith("a, a ") for sentence in said), "a false start"
    assert any(sentence.startswith("a sma, a small ") for sentence in said), "broken off"
    assert hesitating("bird", rng) != "bird"


def test_what_captions_cut_is_said_together() -> None:
    assert (
        with_apostrophes("anna s hummingbird in the bird s nest")
        == "anna's hummingbird in the bird's nest"
    )
