"""Poses to draw in: which one a sentence and a seed get, and the way from one to the other."""

import pytest
import torch

from models.sketches.pose import PARTS, Pose
from models.sketches.pose_bank import NEAREST, SCALE, SHIFT, PoseBank, blended
from models.sketches.pose_wish import ANY, CLOSE_UP, FLYING, KINDS, LEFT, RIGHT, SWIMMING, USUAL

BEAK, TAIL, EYE = PARTS.index("beak"), PARTS.index("tail"), PARTS.index("left eye")
SWIMMERS, FLIERS = torch.tensor([[1.0, 0.0]]), torch.tensor([[0.0, 1.0]])


@pytest.fixture
def bank() -> PoseBank:
    """Fifty swimmers with their beak to the left, and fifty fliers whose beak is not seen."""
    bank = PoseBank(100, 2)
    bank.places[:, BEAK], bank.places[:, TAIL] = torch.tensor([0.2, 0.4]), torch.tensor([0.8, 0.5])
    bank.visible[:50, BEAK] = bank.visible[:, TAIL] = 1
    bank.sentences[:50], bank.sentences[50:] = SWIMMERS, FLIERS
    return bank


def test_a_sentence_gets_a_pose_of_what_is_like_it(bank: PoseBank) -> None:
    swimming, flying = bank.choose(SWIMMERS, [1]), bank.choose(3 * FLIERS, [1])
    assert swimming.visible[0, BEAK] and not flying.visible[0, BEAK] and flying.visible[0, TAIL]


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


def test_a_sentence_that_is_a_little_different_keeps_most_poses() -> None:
    source = torch.Generator().manual_seed(0)
    bank = PoseBank(400, 16)
    bank.places.copy_(torch.rand(bank.places.shape, generator=source))
    bank.visible.fill_(1)
    bank.sentences.copy_(torch.randn(bank.sentences.shape, generator=source))
    said = torch.randn(1, 16, generator=source)
    corrected = said + 0.05 * torch.randn(1, 16, generator=source)
    before, after = bank.choose(said, [7], count=8), bank.choose(corrected, [7], count=8)
    kept = sum(any(torch.equal(one, other) for other in after.places) for one in before.places)
    assert kept >= 6


def test_more_poses_than_there_are_differ(bank: PoseBank) -> None:
    chosen = bank.choose(SWIMMERS, [7], count=2 * NEAREST)
    assert len({pose.numpy().tobytes() for pose in chosen.places}) == 2 * NEAREST


def test_what_leaves_the_picture_is_not_seen(bank: PoseBank) -> None:
    bank.places[:, BEAK] = torch.tensor([-0.2, 0.4])
    assert not bank.choose(SWIMMERS, [1]).visible[0, BEAK]


def test_parts_go_straight_from_pose_to_pose_and_appear_by_degrees() -> None:
    places, visible = torch.zeros(1, len(PARTS), 2), torch.zeros(1, len(PARTS), dtype=torch.bool)
    first, second = Pose(places.clone(), visible.clone()), Pose(places.clone(), visible.clone())
    first.places[0, BEAK], first.visible[0, BEAK] = torch.tensor([0.2, 0.4]), True
    second.places[0, BEAK], second.visible[0, BEAK] = torch.tensor([0.6, 0.8]), True
    second.places[0, TAIL], second.visible[0, TAIL] = torch.tensor([0.1, 0.1]), True
    quarter = blended(first, second, 0.25)
    torch.testing.assert_close(quarter.places[0, BEAK], torch.tensor([0.3, 0.5]))
    torch.testing.assert_close(quarter.places[0, TAIL], torch.tensor([0.1, 0.1]))
    assert quarter.visible[0, BEAK] == 1 and quarter.visible[0, TAIL] == 0.25
    assert quarter.maps(16, 0.05)[0].amax() <= 1
    assert blended(first, second, 0) is first and blended(first, second, 1) is second


@pytest.fixture
def kinds() -> PoseBank:
    """Sixty birds that face the left, twenty in flight and twenty from near, in this order."""
    bank = PoseBank(100, 2, KINDS)
    bank.places[:] = 0.5
    bank.places[:60, BEAK], bank.places[:60, EYE] = (
        torch.tensor([0.2, 0.4]),
        torch.tensor([0.3, 0.4]),
    )
    bank.places[:60, TAIL] = torch.tensor([0.8, 0.5])
    bank.visible[:60, [BEAK, EYE, TAIL]] = 1
    bank.visible[60:80, TAIL] = bank.visible[80:, BEAK] = 1
    bank.sentences[:] = SWIMMERS
    for kind, rows in ((USUAL, slice(0, 80)), (FLYING, slice(60, 80)), (CLOSE_UP, slice(80, 100))):
        bank.of_kind[rows, KINDS.index(kind)] = 1
    return bank


def test_a_pose_of_the_kind_that_is_wished_for_is_taken(kinds: PoseBank) -> None:
    assert kinds.wishes == (ANY, LEFT, RIGHT, FLYING, CLOSE_UP), "no bird swims here"
    seeds, asked = range(50), SWIMMERS.expand(50, 2)
    flying, near = (kinds.choose(asked, seeds, wish=wish) for wish in (FLYING, CLOSE_UP))
    assert flying.visible[:, TAIL].all() and not flying.visible[:, BEAK].any()
    assert near.visible[:, BEAK].all() and not near.visible[:, TAIL].any()
    anything = kinds.choose(asked, seeds)
    assert anything.visible[:, TAIL].all(), "what has no tail is no usual pose"


@pytest.mark.parametrize(("wish", "side"), [(LEFT, -1), (RIGHT, 1)])
def test_a_bird_is_turned_to_face_a_side(kinds: PoseBank, wish: str, side: int) -> None:
    faced = kinds.choose(SWIMMERS.expand(50, 2), range(50), wish=wish)
    assert (faced.facing() == side).all()


def test_a_bank_of_an_earlier_version_knows_sides_alone(bank: PoseBank) -> None:
    assert bank.wishes == (ANY,) and "of_kind" not in bank.state_dict()
    bank.places[:, EYE], bank.visible[:, EYE] = torch.tensor([0.3, 0.4]), 1
    assert bank.wishes == (ANY, LEFT, RIGHT) and SWIMMING not in bank.wishes


def test_poses_of_one_seed_are_of_different_birds(bank: PoseBank) -> None:
    bank.places[:] = 0.5
    for row in range(50):  # its number in twos
        bank.visible[row, :6] = torch.tensor([float(row >> bit & 1) for bit in range(6)])
    poses = bank.choose(SWIMMERS, [3], count=NEAREST + 1)
    visible = [tuple(row.tolist()) for row in poses.visible[:, :6]]
    assert len(set(visible[:NEAREST])) == NEAREST and visible[NEAREST] == visible[0]
