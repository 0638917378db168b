"""Drawings' mean features are followed, and drawn to those of photographs."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from models.config import GeneratorConfig
from models.training.damsm.model import load_damsm
from models.training.data.examples import Pictures, read_examples
from models.training.gan.discriminators import Seen
from models.training.gan.mean_matching import MeanMatching
from models.training.gan.settings import GanTraining
from models.training.gan.step import picture_sizes
from models.training.gan.trainer import GanTrainer, load_gan

CHANNELS = (2, 3)
OFFSET = 0.5


def seen(source: torch.Generator, offset: float = 0.0, batch: int = 64) -> Seen:
    maps = [torch.randn(batch, count, 2, 2, generator=source) + offset for count in CHANNELS]
    return Seen(
        torch.zeros(batch, 3, 4, 4), tuple(maps), torch.randn(batch, 4, generator=source) + offset
    )


def test_the_loss_is_the_squared_difference_in_deviations() -> None:
    source, matching = torch.Generator().manual_seed(0), MeanMatching(CHANNELS, 4)
    for _ in range(200):
        matching.follow(seen(source), seen(source, OFFSET))
    # A map's mean over four places has a quarter of their variance.
    expected = OFFSET**2 * (5 * 4 + 4) / 9
    assert matching.loss(seen(source)).item() == pytest.approx(expected, rel=0.1)


def test_drawings_are_pulled_along_what_was_followed() -> None:
    source, matching = torch.Generator().manual_seed(0), MeanMatching(CHANNELS, 4)
    for _ in range(200):
        matching.follow(seen(source), seen(source, OFFSET))
    drawn = seen(source, -OFFSET)  # this batch alone would be pulled the other way
    assert drawn.pooled is not None
    drawn.pooled.requires_grad_()
    matching.loss(drawn).backward()
    assert drawn.pooled.grad is not None
    expected = 2 * matching.gap[5:] / matching.variance[5:] / 9 / 64
    torch.testing.assert_close(drawn.pooled.grad, expected.expand(64, 4), rtol=1e-3, atol=1e-6)
    assert (drawn.pooled.grad > 0).all()


def test_it_forgets_what_long_ago_was_so() -> None:
    source, matching = torch.Generator().manual_seed(0), MeanMatching(CHANNELS, 4)
    for offset in (5.0, 0.0):
        for _ in range(300):
            matching.follow(seen(source), seen(source, offset))
    assert matching.loss(seen(source)).item() < 0.01


def test_a_run_that_is_resumed_follows_on(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    settings = GanTraining(batch_size=4, judged_sizes=(64,) * 4, matching_weight=1.0)

    def trainer(run: str) -> GanTrainer:
        pictures = Pictures(read_examples(data), picture_sizes(settings, small))
        path = tmp_path / run
        return GanTrainer(settings, small, load_damsm(damsm), pictures, path, torch.device("cpu"))

    whole = trainer("whole")
    whole.train(pictures=16)
    halves = trainer("halves")
    halves.train(pictures=8)
    resumed = trainer("halves")
    resumed.resume(load_gan(halves.path))
    resumed.train(pictures=16)
    for name, value in whole.gan.matching.state_dict().items():
        assert torch.equal(resumed.gan.matching.state_dict()[name], value), name
    assert int(whole.gan.matching.state_dict()["0.steps"]) == 4
    for name, value in whole.gan.averaged.state_dict().items():
        assert torch.equal(resumed.gan.averaged.state_dict()[name], value), name


def test_means_need_features_and_more_than_one_picture() -> None:
    paper = GanTraining(discriminator="paper", pair_every=0)
    with pytest.raises(ValueError, match="matching_weight 0"):
        replace(paper, matching_weight=1.0)
    with pytest.raises(ValueError, match="at least 2"):
        GanTraining(batch_size=4, accumulate=4, pair_every=0, matching_weight=1.0)
