"""From a training run to the file that draws: averaged weights in half precision, one file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import torch

from models.checkpoint import Checkpoint, save_checkpoint
from models.config import GeneratorConfig, ModelConfig
from models.generator import Generator
from models.training.damsm_trainer import load_damsm


def export(damsm: Path, gan: Path, output: Path, name: str, card: Mapping[str, str]) -> str:
    """Join a text encoder and a generator's moving average into one checkpoint.

    Parameters
    ----------
    damsm, gan : what the commands ``damsm`` and ``gan`` saved.
    card : facts about the weights for people to read; pictures seen and minutes are added.

    Returns
    -------
    The checkpoint's checksum.
    """
    text = load_damsm(damsm)
    state = torch.load(gan, map_location="cpu", weights_only=True)
    values = dict(state["generator_config"])
    values["stage_channels"] = tuple(values["stage_channels"])
    generator = Generator(GeneratorConfig(**values))
    prefix = "module."
    generator.load_state_dict(
        {
            key.removeprefix(prefix): value
            for key, value in state["ema"].items()
            if key.startswith(prefix)
        }
    )
    config = ModelConfig(text.text_encoder.config, generator.config, name)
    return save_checkpoint(
        Checkpoint(config, text.vocabulary, text.text_encoder, generator, dict(card)), output
    )
