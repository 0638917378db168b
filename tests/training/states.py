"""Small states of gan runs for what reads them, and whether states are the same."""

from dataclasses import asdict
from typing import Any

import torch
from torch.optim.swa_utils import AveragedModel

from models.networks.config import GeneratorConfig
from models.networks.generator import Generator
from models.training.gan.settings import Phase

SMALL = GeneratorConfig(
    condition_size=8, noise_size=8, seed_channels=32, stage_channels=(8, 6, 4, 4)
)


def same_tensors(one: object, other: object) -> bool:
    """Whether two saved states are equal, bit for bit."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_tensors(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same_tensors, one, other))
    return one == other


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
    """What a phase saves, as far as drawing needs it, and a part that it does not."""
    return {
        "phase": asdict(Phase()),
        "generator_config": asdict(config),
        "generator": Generator(config).state_dict(),
        "ema": averaged_generator(config, seed).state_dict(),
        "position": {"photographs": 16, "seen": 345, "seen_before": 12000, "seconds": 90.0},
    }
