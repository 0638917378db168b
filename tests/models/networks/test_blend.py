"""Between two sentences and two seeds: exact at the ends, smooth in between."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch

from models import Drawing, Painter
from models.errors import DrawingCancelled, SentenceError
from models.networks.attention import WordAttention
from models.networks.blend import TextBlend, slerp
from models.networks.text_encoder import TextFeatures
from models.request import Blend, DrawRequest

RED = "a small red bird with black wings and a very long tail"
YELLOW = "a yellow zorgly bird"
MIDDLE = Blend(RED, YELLOW, 0.5, 7, 3, 0.5)


def pixels(drawing: Drawing) -> np.ndarray:
    return np.asarray(drawing.image, np.float64)


@pytest.mark.parametrize(("share", "sentence", "seed"), [(0.0, RED, 7), (1.0, YELLOW, 3)])
def test_the_ends_are_plain_drawings(
    painter: Painter, share: float, sentence: str, seed: int
) -> None:
    end = painter.draw(DrawRequest(blend=replace(MIDDLE, share=share, seed_share=share)))
    plain = painter.draw(sentence, seed)
    for stage, other in zip(end.stages, plain.stages, strict=True):
        apart = np.abs(np.asarray(stage, np.float64) - np.asarray(other, np.float64))
        assert apart.mean() < 0.2, "two sentences are read at once: only rounding may differ"


@pytest.mark.parametrize("moved", [(1, 0), (0, 1)])
def test_every_step_changes_the_picture_a_little(painter: Painter, moved: tuple[int, int]) -> None:
    def between(step: int) -> Blend:
        share, seed_share = (end * step / 8 for end in moved)
        return replace(MIDDLE, share=share, seed_share=seed_share)

    steps = [pixels(painter.draw(DrawRequest(blend=between(step), size=64))) for step in range(9)]
    whole = np.abs(steps[-1] - steps[0]).mean()
    parts = [np.abs(after - before).mean() for before, after in pairwise(steps)]
    assert whole > 1 and min(parts) > 0
    assert max(parts) < 0.5 * whole, parts


def test_a_blend_knows_the_words_of_both_sentences(painter: Painter) -> None:
    drawing = painter.draw(DrawRequest(blend=replace(MIDDLE, share=0.25), size=128))
    assert drawing.words == (*RED.split(), "a", "yellow", "bird")
    assert drawing.unknown_words == ("zorgly",)
    assert drawing.attention[0].shape == (15, 64, 64)
    first, second = drawing.attention[0][:12], drawing.attention[0][12:]
    np.testing.assert_allclose(first.sum(axis=0), 0.75, atol=1e-3)
    np.testing.assert_allclose(second.sum(axis=0), 0.25, atol=1e-3)


def test_a_blend_can_be_watched_cancelled_and_refused(painter: Painter) -> None:
    seen: list[int] = []
    with pytest.raises(DrawingCancelled):
        painter.draw(
            DrawRequest(blend=MIDDLE),
            on_stage=lambda stage, _: seen.append(stage),
            cancelled=lambda: len(seen) == 2,
        )
    assert seen == [0, 1]
    with pytest.raises(SentenceError):
        painter.draw(DrawRequest(blend=replace(MIDDLE, second="zorgly")))
    with pytest.raises(ValueError, match="seed must be"):
        painter.draw(DrawRequest(blend=replace(MIDDLE, second_seed=-1)))
    with pytest.raises(ValueError, match="shares"):
        replace(MIDDLE, share=1.5)


def test_both_sentences_count_by_their_share_however_large_their_scores() -> None:
    torch.manual_seed(0)
    attention = WordAttention(word_size=8, channels=5)
    hidden = torch.randn(1, 5, 4, 4)

    def features(words: int, scale: float) -> TextFeatures:
        mask = torch.ones(1, words, dtype=torch.bool)
        return TextFeatures(scale * torch.randn(1, 8, words), torch.randn(1, 8), mask)

    quiet, loud = features(3, 1.0), features(5, 50.0)
    context, weights = TextBlend(quiet, loud, 0.25).attend(attention, hidden)
    expected = 0.75 * quiet.attend(attention, hidden)[0] + 0.25 * loud.attend(attention, hidden)[0]
    torch.testing.assert_close(context, expected)
    torch.testing.assert_close(weights[:, 3:].sum(dim=1), torch.full((1, 4, 4), 0.25))


def test_slerp_stays_on_the_sphere() -> None:
    torch.manual_seed(0)
    first, second = torch.nn.functional.normalize(torch.randn(2, 3, 100), dim=-1)
    for share in (0.0, 0.3, 0.5, 1.0):
        torch.testing.assert_close(slerp(first, second, share).norm(dim=1), torch.ones(3))
    assert torch.equal(slerp(first, second, 0.0), first)
    assert torch.equal(slerp(first, second, 1.0), second)
    middle = slerp(first, second, 0.5)
    torch.testing.assert_close((middle * first).sum(1), (middle * second).sum(1))


def test_slerp_between_equal_and_opposite_vectors_is_finite() -> None:
    vector = torch.randn(2, 10)
    assert torch.equal(slerp(vector, vector, 0.4), vector)
    assert slerp(vector, -vector, 0.4).isfinite().all()
