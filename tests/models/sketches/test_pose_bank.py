"""Poses to draw in: which one a sentence and a seed get, and the way from one to the other."""

import pytest
import torch

from models.sketches.pose import PARTS, Pose
from models.sketches.pose_bank import SCALE, SHIFT, PoseBank, blended

BEAK, TAIL = PARTS.index("beak"), PARTS.index("tail")
SWIMMERS, FLIERS = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])


@pytest.fixture
def bank() -> PoseBank:
    """Fifty swimmers with their beak to the left, and fifty fliers whose beak is not seen."""
    bank = PoseBank(100, 2)
    bank.places[:, BEAK], bank.places[:, TAIL] = torch.tensor([0.2, 0.4]), torch.tensor([0.8, 0.5])
    bank.seen[:50, BEAK] = bank.seen[:, TAIL] = 1
    bank.sentences[:50], bank.sentences[50:] = SWIMMERS, FLIERS
    return bank


def test_a_sentence_gets_a_pose_of_what_is_like_it(bank: PoseBank) -> None:
    swimming, flying = bank.choose(SWIMMERS, [1]), bank.choose(3 * FLIERS, [1])
    assert swimming.seen[0, BEAK] and not flying.seen[0, BEAK] and flying.seen[0, TAIL]


def test_seeds_mirror_and_move_a_pose_a_little(bank: PoseBank) -> None:
    chosen = bank.choose(SWIMMERS.expand(200, 2), range(200))
    beaks = chosen.places[:, BEAK]
    mirrored = beaks[:, 0] > 0.5
    assert 60 < mirrored.sum() < 140
    unmirrored = torch.where(mirrored, 1 - beaks[:, 0], beaks[:, 0])
    most = SHIFT + SCALE * 0.3
    assert unmirrored.sub(0.2).abs().max() <= most + 1e-6 and unmirrored.std() > 0.005
    assert beaks[:, 1].sub(0.4).abs().max() <= most + 1e-6


def test_the_same_seed_has_the_same_poses_however_many_are_asked_for(bank: PoseBank) -> None:
    one, four = bank.choose(SWIMMERS, [7]), bank.choose(SWIMMERS, [7], count=4)
    assert torch.equal(one.places[0], four.places[0]) and len(four) == 4
    assert not torch.equal(four.places[1], four.places[0])
    both = bank.choose(torch.cat([FLIERS, SWIMMERS]), [3, 7], count=2)
    assert torch.equal(both.places[2:], four.places[:2])


def test_what_leaves_the_picture_is_not_seen(bank: PoseBank) -> None:
    bank.places[:, BEAK] = torch.tensor([-0.2, 0.4])
    assert not bank.choose(SWIMMERS, [1]).seen[0, BEAK]


def test_parts_go_straight_from_pose_to_pose_and_appear_by_degrees() -> None:
    places, seen = torch.zeros(1, len(PARTS), 2), torch.zeros(1, len(PARTS), dtype=torch.bool)
    first, second = Pose(places.clone(), seen.clone()), Pose(places.clone(), seen.clone())
    first.places[0, BEAK], first.seen[0, BEAK] = torch.tensor([0.2, 0.4]), True
    second.places[0, BEAK], second.seen[0, BEAK] = torch.tensor([0.6, 0.8]), True
    second.places[0, TAIL], second.seen[0, TAIL] = torch.tensor([0.1, 0.1]), True
    quarter = blended(first, second, 0.25)
    torch.testing.assert_close(quarter.places[0, BEAK], torch.tensor([0.3, 0.5]))
    torch.testing.assert_close(quarter.places[0, TAIL], torch.tensor([0.1, 0.1]))
    assert quarter.seen[0, BEAK] == 1 and quarter.seen[0, TAIL] == 0.25
    assert quarter.maps(16, 0.05)[0].amax() <= 1
    assert blended(first, second, 0) is first and blended(first, second, 1) is second
