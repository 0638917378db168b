"""Small states of gan runs, for what reads them."""

from dataclasses import asdict
from typing import Any

import torch
from torch.optim.swa_utils import AveragedModel

from models.config import GeneratorConfig
from models.generator import Generator

SMALL = GeneratorConfig(
    condition_size=8, noise_size=8, seed_channels=32, stage_channels=(8, 6, 4, 4)
)


def averaged_generator(config: GeneratorConfig = SMALL, seed: int = 0) -> AveragedModel:
    """A moving average that differs from the weights it follows."""
    torch.manual_seed(seed)
    generator = Generator(config)
    averaged = AveragedModel(generator)
    with torch.no_grad():
        for value in averaged.module.parameters():
            value.add_(0.01)
    return averaged


def run_state(config: GeneratorConfig = SMALL, seed: int = 0) -> dict[str, Any]:
    """What ``gan`` saves, as far as drawing needs it, and a part that it does not."""
    return {
        "settings": {"stages": (0, 1), "batch_size": 4, "augment": {"move": 0.1}},
        "generator_config": asdict(config),
        "generator": Generator(config).state_dict(),
        "ema": averaged_generator(config, seed).state_dict(),
        "pictures_seen": 12345,
        "seconds": 90.0,
    }
