"""Poses: bumps where the parts are, whoever of a group they are, and nothing outside."""

import json

import torch

from models.sketches.pose import MEMBERS, PART_GROUPS, PARTS, Pose
from models.sketches.pose_wish import read_places

GROUPS = list(PART_GROUPS)


def pose(**places: tuple[float, float]) -> Pose:
    """One bird with these parts."""
    where, visible = torch.full((1, len(PARTS), 2), -1.0), torch.zeros(1, len(PARTS)).bool()
    for name, place in places.items():
        where[0, PARTS.index(name.replace("_", " "))] = torch.tensor(place)
        visible[0, PARTS.index(name.replace("_", " "))] = True
    return Pose(where, visible)


def test_every_part_is_in_one_group() -> None:
    assert sorted(member for members in MEMBERS for member in members) == list(range(15))


def test_a_bump_stands_where_the_part_is() -> None:
    maps = pose(beak=(0.8125, 0.1875)).maps(8, 0.1)
    assert maps.shape == (1, 11, 8, 8)
    beak = maps[0, GROUPS.index("beak")]
    assert beak.argmax() == 1 * 8 + 6, "right is the column, down the row"
    assert beak[1, 6] == 1 and 0.4 < beak[1, 7] < 0.5 and beak[1, 5] == beak[2, 6] == beak[1, 7]
    assert maps.sum() == beak.sum(), "no other part is drawn"


def test_parts_that_look_alike_share_a_map() -> None:
    left, right = (0.25, 0.25), (0.75, 0.75)
    both = pose(left_eye=left, right_eye=right).maps(16, 0.05)
    eye = GROUPS.index("eye")
    one, other = pose(left_eye=left).maps(16, 0.05), pose(left_eye=right).maps(16, 0.05)
    assert torch.equal(both[:, eye], torch.maximum(one, other)[:, eye])


def test_what_is_outside_is_not_seen() -> None:
    inside = pose(beak=(1.01, 0.5), tail=(0.99, 0.5), crown=(0.5, -0.01)).inside()
    assert [PARTS[part] for part in inside.visible[0].nonzero().flatten()] == ["tail"]
    assert len(inside) == 1 and inside.rows(slice(0, 0)).visible.shape == (0, 15)


def test_a_pose_is_told_in_plain_numbers_and_read_back_exactly() -> None:
    drawn = pose(beak=(0.1, 1 / 3), tail=(0.7, 0.5))
    told = drawn.told(0)
    assert [place.part for place in told] == [2, 14] and told[0].across == 0.1
    again = Pose.of(read_places(json.loads(json.dumps(told))))
    assert torch.equal(again.maps(16, 0.05), drawn.maps(16, 0.05))


def test_a_bird_faces_where_its_beak_is_beyond_the_eye() -> None:
    left = pose(beak=(0.2, 0.3), right_eye=(0.3, 0.3), tail=(0.8, 0.6))
    right = pose(beak=(0.8, 0.3), left_eye=(0.7, 0.3), tail=(0.2, 0.6))
    front = pose(beak=(0.5, 0.3), left_eye=(0.52, 0.3), tail=(0.5, 0.6))
    looks_back = pose(beak=(0.8, 0.3), left_eye=(0.7, 0.3), tail=(0.9, 0.6))
    no_tail = pose(beak=(0.2, 0.3), right_eye=(0.3, 0.3))
    found = [float(each.facing()) for each in (left, right, front, looks_back, no_tail)]
    assert found == [-1, 1, 0, 0, 0]


def test_poses_are_alike_where_their_parts_are_near() -> None:
    bird = pose(beak=(0.2, 0.3), right_eye=(0.3, 0.3), tail=(0.8, 0.6))
    other_eye = pose(beak=(0.2, 0.3), left_eye=(0.3, 0.3), tail=(0.8, 0.6))
    moved = pose(beak=(0.22, 0.3), left_eye=(0.32, 0.3), tail=(0.82, 0.6))
    mirrored = pose(beak=(0.8, 0.3), left_eye=(0.7, 0.3), tail=(0.2, 0.6))
    no_tail = pose(beak=(0.2, 0.3), left_eye=(0.3, 0.3))
    likeness = [float(bird.likeness(each)) for each in (other_eye, moved, no_tail, mirrored)]
    assert likeness[0] == 1 and likeness == sorted(likeness, reverse=True)
    assert likeness[1] > 0.9 and likeness[3] < 0.01
