"""The statistics behind the scores, on numbers whose answers are known."""

import math

import pytest
import torch

from models.training.damsm.retrieval import retrieval_chances
from models.training.evaluation.confidence import with_confidence
from models.training.evaluation.distances import (
    class_score,
    frechet_distance,
    kernel_distance,
    species_spread,
    spread,
)


def test_confidence_of_a_mean_is_that_of_its_ten_groups() -> None:
    values = torch.zeros(50)
    values[:7] = 1.0
    rows_seen = []

    def mean(rows: torch.Tensor) -> float:
        rows_seen.append(rows)
        return float(values[rows].mean())

    score = with_confidence(mean, 50)
    assert score.value == pytest.approx(0.14)
    everyone = set(range(50))
    groups = [everyone - set(rows.tolist()) for rows in rows_seen if len(rows) == 45]
    assert sorted(row for group in groups for row in group) == sorted(everyone)
    means = torch.tensor([[values[row] for row in group] for group in groups]).mean(dim=1)
    assert score.margin == pytest.approx(2.262 * float(means.std()) / math.sqrt(10), rel=1e-5)


@pytest.mark.parametrize("count", [20, 400])  # fewer pictures than features, and more
def test_frechet_distance_of_a_shift_is_its_squared_length(count: int) -> None:
    torch.manual_seed(0)
    features = torch.randn(count, 64)
    assert frechet_distance(features, features) == pytest.approx(0, abs=1e-4)
    assert frechet_distance(features + 0.5, features) == pytest.approx(64 * 0.25, rel=1e-4)


def test_frechet_distance_is_the_same_in_the_space_that_few_pictures_span() -> None:
    torch.manual_seed(0)
    few, other = torch.randn(12, 16).double(), 2 * torch.rand(12, 16).double() + 1
    padded = [torch.cat([part, torch.zeros(12, 16)], dim=1) for part in (few, other)]
    assert frechet_distance(*padded) == pytest.approx(frechet_distance(few, other), rel=1e-6)


def test_kernel_distance_is_unbiased_and_repeatable() -> None:
    torch.manual_seed(0)
    small = [kernel_distance(torch.randn(20, 16), torch.randn(20, 16)) for _ in range(200)]
    spread_of_mean = torch.tensor(small).std() / math.sqrt(len(small))
    assert abs(sum(small) / len(small)) < 3 * spread_of_mean
    one, other = torch.randn(20, 16), torch.randn(20, 16) + 1
    first = kernel_distance(one, other)
    assert first > 10 * max(small)
    torch.manual_seed(5)
    assert kernel_distance(one, other) == first


def test_class_score_is_one_for_sameness_and_counts_clear_classes() -> None:
    assert class_score(torch.ones(30, 7)) == pytest.approx(1)
    clear = 100 * torch.eye(5).repeat(6, 1)
    assert class_score(clear) == pytest.approx(5)


def test_spread_is_the_mean_distance_of_pairs_whatever_their_length() -> None:
    axes = torch.tensor([[2.0, 0.0], [0.0, 5.0], [-1.0, 0.0]])
    mean = (2 * math.sqrt(2) + 2) / 3
    assert spread(axes) == pytest.approx(mean)
    species = ["wren", "wren", "wren", "owl", "owl", "lone gull"]
    more = torch.cat([axes, torch.tensor([[1.0, 0.0], [0.0, 1.0], [99.0, 99.0]])])
    assert species_spread(more, species) == pytest.approx((mean + math.sqrt(2)) / 2)
    assert species_spread(axes, ["a", "b", "c"]) is None


def test_retrieval_is_the_chance_of_beating_99_wrong_sentences() -> None:
    species = torch.tensor([0, 0, 1, 1, 1, 1])
    scores = torch.tensor(
        [
            [0.9, 0.95, 0.1, 0.2, 0.3, 0.4],  # its own species' other sentence is no rival
            [0.3, 0.3, 0.3, 0.1, 0.1, 0.1],  # a tie with one of four counts as beaten
        ]
    )
    chances = retrieval_chances(scores, torch.tensor([0, 1]), torch.tensor([0, 0]), species)
    torch.testing.assert_close(chances, torch.tensor([1.0, 0.75**99]).double())
    with pytest.raises(ValueError, match="at least two species"):
        retrieval_chances(scores, torch.tensor([0]), torch.tensor([0]), torch.zeros(6))


def test_pictures_that_show_nothing_retrieve_by_chance() -> None:
    source = torch.Generator().manual_seed(0)
    scores = torch.rand(2000, 2000, generator=source)
    everyone, species = torch.arange(2000), torch.arange(2000) % 2
    chances = retrieval_chances(scores, everyone, everyone, species)
    assert float(chances.mean()) == pytest.approx(0.01, abs=0.005)
