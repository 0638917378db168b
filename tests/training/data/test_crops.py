"""Squares round birds: the head inside, parts where their pixels are, mirrored or not."""

from dataclasses import replace

import pytest
import torch

from models.sketches.pose import PARTS, Pose
from models.training.data.augment import AugmentConfig, Movement, augment
from models.training.data.crops import CENTRED, HEAD, SMALLEST, Crop, CropSettings

BEAK, TAIL = PARTS.index("beak"), PARTS.index("tail")
COUNT = 200


def random_birds(seed: int = 0) -> tuple[torch.Tensor, Pose]:
    """Boxes anywhere, heads at their borders, and tails behind them."""
    source = torch.Generator().manual_seed(seed)
    size = 0.2 + 0.5 * torch.rand(COUNT, 2, generator=source)
    boxes = torch.cat([(1 - size) * torch.rand(COUNT, 2, generator=source), size], dim=1)
    within = torch.rand(COUNT, len(PARTS), 2, generator=source)
    places = boxes[:, None, :2] + within * boxes[:, None, 2:]
    visible = torch.rand(COUNT, len(PARTS), generator=source) < 0.5
    return boxes, Pose(places, visible)


def dots(places: torch.Tensor, side: int) -> torch.Tensor:
    """Black pictures (B, 3, side, side) with a soft white dot at each place (B, 2)."""
    centres = (torch.arange(side) + 0.5) / side
    across = (centres - places[:, :1]).square()[:, None, :]
    down = (centres - places[:, 1:]).square()[:, :, None]
    bumps = torch.exp(-(across + down) / (2 * 0.02**2))
    return 2 * bumps[:, None].expand(-1, 3, -1, -1) - 1


def found(images: torch.Tensor) -> torch.Tensor:
    """The places (B, 2) of the dots, to the right and down, as shares of the side."""
    light = (images[:, 0] + 1).clamp_min(0)
    centres = (torch.arange(images.shape[-1]) + 0.5) / images.shape[-1]
    mass = light.sum((1, 2))
    across, down = (light.sum(1) @ centres) / mass, (light.sum(2) @ centres) / mass
    return torch.stack([across, down], dim=1)


def test_parts_land_where_their_pixels_do() -> None:
    boxes, pose = random_birds()
    torch.manual_seed(0)
    crop = Crop.sample(boxes, pose, CropSettings())
    assert 60 < crop.mirrored.sum() < 140
    cut = crop.cut(dots(pose.places[:, BEAK], 128), 64)
    assert cut.shape == (COUNT, 3, 64, 64)
    told = crop.pose(pose)
    # At the border a dot is cut off, or mirrored.
    well_inside = ((told.places[:, BEAK] - 0.5).abs() < 0.35).all(1) & told.visible[:, BEAK]
    assert well_inside.sum() > 40
    distance = (found(cut) - told.places[:, BEAK]).norm(dim=1)[well_inside]
    assert distance.max() < 0.01


def test_heads_are_inside_and_what_is_outside_is_not_told() -> None:
    boxes, pose = random_birds()
    for seed in range(5):
        torch.manual_seed(seed)
        crop = Crop.sample(boxes, pose, CropSettings(closest=0.6, farthest=0.9, shift=0.2))
        told = crop.pose(pose)
        places = told.places[:, HEAD]
        fits = (pose.places[:, HEAD].masked_fill(~pose.visible[:, HEAD, None], 0.5)).amax(1)
        fits -= (pose.places[:, HEAD].masked_fill(~pose.visible[:, HEAD, None], 0.5)).amin(1)
        room = (fits < crop.side[:, None] - 0.06).all(1)
        assert room.sum() > 50
        head = pose.visible[:, HEAD] & room[:, None]
        inside = ((places >= 0) & (places <= 1)).all(2)
        assert inside[head].all()
        out = ~((told.places > 0) & (told.places < 1)).all(2)
        assert (pose.visible & out).any() and not (told.visible & out).any()


def test_squares_stay_in_the_photograph_and_are_as_large_as_asked() -> None:
    boxes, pose = random_birds()
    settings = CropSettings()
    crop = Crop.sample(boxes, pose, settings)
    assert (crop.corner >= 0).all() and (crop.corner + crop.side[:, None] <= 1 + 1e-6).all()
    longer = boxes[:, 2:].amax(1)
    free = (crop.side > SMALLEST) & (crop.side < 1)
    scale = (crop.side / longer)[free]
    assert settings.closest <= scale.min() < 1.15 and 1.35 < scale.max() <= settings.farthest
    assert crop.side.min() >= SMALLEST
    part = crop.rows(torch.tensor([3, 5]))
    assert torch.equal(part.corner, crop.corner[[3, 5]]) and len(part) == 2


def test_mirroring_exchanges_left_and_right_and_nothing_else() -> None:
    boxes, pose = random_birds()
    torch.manual_seed(0)
    plain = replace(Crop.sample(boxes, pose, CropSettings()), mirrored=torch.zeros(COUNT).bool())
    mirrored = replace(plain, mirrored=torch.ones(COUNT).bool())
    images = torch.rand(COUNT, 3, 32, 32) * 2 - 1
    torch.testing.assert_close(mirrored.cut(images, 16), plain.cut(images, 16).flip(3))
    one, other = plain.pose(pose), mirrored.pose(pose)
    torch.testing.assert_close(other.places[..., 0], 1 - one.places[..., 0])
    assert torch.equal(other.places[..., 1], one.places[..., 1])
    assert torch.equal(other.visible, one.visible), (
        "parts keep their names: groups share their maps"
    )
    torch.testing.assert_close(
        other.maps(16, 0.05), one.maps(16, 0.05).flip(3), atol=1e-5, rtol=1e-4
    )


def test_a_centred_square_is_the_same_each_time() -> None:
    boxes = torch.tensor([[0.3, 0.4, 0.4, 0.2], [0.0, 0.0, 1.0, 1.0], [0.0, 0.8, 0.1, 0.1]])
    crop = Crop.centred(boxes)
    side = 0.4 * CENTRED
    torch.testing.assert_close(crop.side, torch.tensor([side, 1.0, SMALLEST]))
    torch.testing.assert_close(crop.corner[0], torch.tensor([0.5 - side / 2, 0.5 - side / 2]))
    torch.testing.assert_close(crop.corner[2], torch.tensor([0.0, 1 - SMALLEST]))
    assert not crop.mirrored.any() and Crop.centred(boxes, mirrored=True).mirrored.all()


@pytest.mark.parametrize("cutout", [0.0, 0.3])
def test_a_moved_pose_is_where_its_pixels_are(cutout: float) -> None:
    torch.manual_seed(0)
    pose = Pose(0.35 + 0.3 * torch.rand(COUNT, len(PARTS), 2), torch.ones(COUNT, 15).bool())
    config = AugmentConfig(shift=0.15, scale=0.2, cutout=cutout)
    movement = Movement.sample(COUNT, config)
    moved = augment(dots(pose.places[:, TAIL], 96) + 1, 64, config, movement) - 1
    told = movement.pose(pose, config)
    light = (moved[:, 0] + 1).sum((1, 2))
    near = (told.places[:, TAIL] - movement.cutout.flip(1)).abs().amax(1)
    far_from_border = ((told.places[:, TAIL] - 0.5).abs() < 0.4).all(1)
    whole = far_from_border & (near > cutout / 2 + 0.08)
    assert whole.sum() > 60 and told.visible[whole, TAIL].all()
    distance = (found(moved) - told.places[:, TAIL]).norm(dim=1)[whole]
    assert distance.max() < 0.01
    hidden = near < cutout / 2 - 0.08
    assert not told.visible[hidden, TAIL].any() and (light[hidden] < 1).all()
    assert hidden.any() == (cutout > 0.16)
