"""Stages of several runs, or of several states of one run, in one state.

A GAN circles around what it looks for: the mean of states of one run, even hours apart, can draw
better than each of them (Izmailov et al., Averaging weights, 2018). And stages that were trained
side by side have to come together before they are exported.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor

from models.generator import Generator
from models.training.exchange.export import averaged_generator, load_run
from models.training.runs.files import save_state


def combine(base: Path, stages: Mapping[int, Sequence[Path]], output: Path) -> None:
    """Write the state `base` with some of its stages replaced by means over other states.

    Discriminators, optimisers and position are those of `base`. `export` and ``gan --start-from``
    take the result; ``gan --resume`` would go on with weights that the optimisers do not know.

    Parameters
    ----------
    base : gan.pt of a run.
    stages : for each stage that is replaced, 0 for the first, the states whose moving averages
        are averaged with equal weights; one that is named twice counts twice.

    Raises
    ------
    FileNotFoundError
        A file is not there.
    ValueError
        A file is foreign or damaged, has another generator or text encoder than `base`, or there is
        no such stage.
    """
    state = load_run(base)
    generator = averaged_generator(state, base)
    for stage, paths in stages.items():
        if not 0 <= stage < len(generator.config.stage_channels):
            raise ValueError(f"{base} has no stage {stage}: its first is 0.")
        others = [_alike(path, generator, state.get("text_identity")) for path in paths]
        parts = zip(
            generator.modules_of(stage),
            *(other.modules_of(stage) for other in others),
            strict=True,
        )
        for own, *theirs in parts:
            own.load_state_dict(_mean([module.state_dict() for module in theirs]))
    weights = generator.state_dict()
    state["generator"] = weights
    state["ema"] |= {f"module.{name}": value for name, value in weights.items()}
    save_state(state, output)


def _alike(path: Path, generator: Generator, text_identity: str | None) -> Generator:
    state = load_run(path)
    other = averaged_generator(state, path)
    if text_identity and state.get("text_identity", text_identity) != text_identity:
        raise ValueError(f"{path} was trained with another text encoder: the stages do not fit.")
    if other.config != generator.config:
        raise ValueError(f"{path} has another generator: only states of the same kind combine.")
    return other


def _mean(weights: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
    """The mean of what is a fraction; what is counted is taken from the last."""
    return {
        name: torch.stack([part[name] for part in weights]).mean(0)
        if last.is_floating_point()
        else last
        for name, last in weights[-1].items()
    }
