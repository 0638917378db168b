"""Squares round heads: where they are cut, in photographs and drawings alike."""

import torch

from models.sketches.pose import PARTS, Pose
from models.training.data.augment import AugmentConfig, Movement
from models.training.data.resampling import LOBES
from models.training.gan.heads import SIDE, cut_heads

STILL = Movement.sample(2, AugmentConfig(shift=0, scale=0, cutout=0))


def test_a_head_is_in_the_middle_of_its_square() -> None:
    places = torch.zeros(2, len(PARTS), 2)
    visible = torch.zeros(2, len(PARTS), dtype=torch.bool)
    for part, place in (("beak", [0.7, 0.2]), ("crown", [0.6, 0.2])):
        places[0, PARTS.index(part)], visible[0, PARTS.index(part)] = torch.tensor(place), True
    images = torch.full((2, 3, 100, 100), -1.0)
    images[0, :, 18:22, 63:67] = 1  # the head of the first bird
    images[1, :, 28:32, 48:52] = 1  # where an unknown head is looked for
    heads = cut_heads(images, Pose(places, visible), 30, STILL)
    assert heads.shape == (2, 3, 30, 30)
    for head in heads:
        bright = (head[0] > 0).nonzero().float().mean(0)
        torch.testing.assert_close(bright, torch.tensor([14.5, 14.5]), atol=0.6, rtol=0)
    assert (heads > 0).float().mean().item() > 0.5 * (4 / (100 * SIDE)) ** 2


def test_gradients_find_their_way_back() -> None:
    images = torch.rand(2, 3, 64, 64, requires_grad=True)
    pose = Pose(torch.full((2, len(PARTS), 2), 0.5), torch.ones(2, len(PARTS), dtype=torch.bool))
    cut_heads(images, pose, 16, STILL).sum().backward()
    assert images.grad is not None
    inside = images.grad[0, 0].nonzero()
    reach = 64 * SIDE / 2 + LOBES * 64 * SIDE / 16
    assert len(inside) and (inside - 32).abs().max() <= reach
