"""Squares cut out by Lanczos' filter: their detail, and what lies outside."""

import numpy as np
import torch

from models.training.data.augment import AugmentConfig, Movement, augment
from models.training.data.resampling import cut_squares


def test_what_lies_outside_is_mirrored() -> None:
    pictures = torch.rand(1, 3, 32, 32)
    corner, side = torch.full((1, 2), -0.25), torch.tensor([1.5])
    shown = cut_squares(pictures, corner, side, 48, largest=1.5)
    mirrored = np.pad(pictures[0].numpy(), [(0, 0), (8, 8), (8, 8)], mode="symmetric")
    np.testing.assert_allclose(shown[0].numpy(), mirrored, atol=1e-5)


def test_moving_takes_no_detail() -> None:
    """Half a pixel to the right and down, where bilinear interpolation halves what is finest."""
    noise = torch.rand(1, 3, 64, 64) * 2 - 1
    config = AugmentConfig(cutout=0.0)
    movement = Movement(torch.ones(1), torch.full((1, 2), 1 / 64), torch.zeros(1, 2))
    moved = augment(noise, 64, config, movement)
    assert 0.75 < moved.std() / noise.std() < 1.0
