"""What is said to the comparison of both ways from a voice to a picture."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from benchmarks.direct import _percent
from benchmarks.direct_ears import CONDITIONS, Spoken
from models.sound.log_mel import SAMPLE_RATE
from models.training.speech.effects import active_level


def spoken_by(voice: str) -> Spoken:
    times = np.arange(2 * SAMPLE_RATE) / SAMPLE_RATE
    voiced = 0.3 * np.sin(2 * np.pi * 150 * times) * np.sin(2 * np.pi * 2 * times)
    return Spoken.in_noise("a red bird", voice, voiced.astype(np.float32), seed=3)


@pytest.mark.parametrize(
    "voice, accent",
    [
        ("kokoro:af_heart", "native"),
        ("kokoro:ff_siwis", "accented"),
        ("piper:en_US-joe", "piper:en_US-joe"),
        ("kokoro:am_adam", "kokoro:am_adam"),
    ],
)
def test_voices_are_told_apart(voice: str, accent: str) -> None:
    assert spoken_by(voice).accent == accent


def test_it_is_heard_clean_and_as_far_above_the_babble_as_is_said() -> None:
    sounds = {name: sound.as_float() for name, sound in spoken_by("flite:slt").sounds.items()}
    assert list(sounds) == list(CONDITIONS)
    for name, decibels in CONDITIONS.items():
        babble = np.sqrt(np.square(sounds[name] - sounds["clean"], dtype=np.float64).mean())
        if decibels is None:
            assert not babble
        else:
            below = 20 * np.log10(active_level(sounds["clean"]) / babble)
            assert below == pytest.approx(decibels, abs=0.3)


def test_shares_are_given_with_their_confidence_where_there_are_enough() -> None:
    assert _percent(None) == _percent(torch.tensor([])) == "–"
    assert _percent(torch.tensor([True, False])) == "50.0"
    assert _percent(torch.ones(40)) == "100.0 ± 0.0"
