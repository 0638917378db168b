"""Other voices and gaps from the same frames: what was said stays what it was."""

from __future__ import annotations

import pytest
import torch

from models.sound.log_mel import MELS
from models.training.speech.augment import masked, warped
from models.training.speech.spoken_data import SpokenBatch


@pytest.fixture
def batch() -> SpokenBatch:
    """Two utterances of a steady tone in band 40, of 100 and 60 frames."""
    torch.manual_seed(1)
    frames = torch.tensor([100, 60])
    mels = torch.zeros(2, MELS, 100)
    for row, length in zip(mels, frames.tolist(), strict=True):
        row[:, :length] = -1
        row[40, :length] = 1
    one = torch.ones(2, dtype=torch.long)
    return SpokenBatch(one, mels, frames, one[:, None], one, one[:, None], one)


def test_nothing_is_changed_by_no_change(batch: SpokenBatch) -> None:
    same = masked(warped(batch, 0, 0), 0, 0)
    assert torch.equal(same.mels, batch.mels) and torch.equal(same.frames, batch.frames)


def test_frequencies_and_time_are_stretched(batch: SpokenBatch) -> None:
    lengths, tones = set(), set()
    for _ in range(50):
        other = warped(batch, 0.2, 0.1)
        assert other.mels.shape == (2, MELS, int(other.frames.max()))
        for row, frames in zip(other.mels, other.frames.tolist(), strict=True):
            assert row[:, frames:].eq(0).all()
            tone = row[:, :frames].argmax(dim=0)
            assert (tone - tone[0]).abs().max() <= 1  # steady as before
            tones.add(int(tone[0]))
        lengths.add(int(other.frames[0]))
    assert 90 <= min(lengths) < 94 and 106 < max(lengths) <= 110
    assert 32 <= min(tones) < 36 and 44 < max(tones) <= 49


def test_stretches_are_blanked(batch: SpokenBatch) -> None:
    gaps = [masked(batch, 10, 20).mels for _ in range(20)]
    bands = [int(mels[0].eq(0).all(dim=1).sum()) for mels in gaps]
    frames = [int(mels[0].eq(0).all(dim=0).sum()) for mels in gaps]
    assert 0 < max(bands) <= 20 and 0 < max(frames) <= 40
    assert batch.mels[0].ne(0).all()  # the one that was given is as it was
