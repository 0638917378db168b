"""The discriminators of all stages in one weights file, so that a run can begin with taught ones.

A new discriminator takes tens of thousands of pictures to see what is wrong with good drawings,
and spoils them meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from torch import Tensor

from models.training.files import load_state
from models.training.gan_settings import GanTraining
from models.weights_file import read_weights, write_weights

FORMAT = "speech2bird-discriminators"

_NEEDED = ("settings", "discriminators")
_DESCRIBING = ("discriminator", "discriminator_width")


def export_discriminators(gans: Sequence[Path], output: Path) -> str:
    """Write the discriminators of runs of different stages in half precision.

    Parameters
    ----------
    gans : what the command ``gan`` saved.

    Returns
    -------
    The file's checksum.

    Raises
    ------
    FileNotFoundError
        A file is not there.
    ValueError
        A file is damaged or foreign, or two runs trained the same stage.
    """
    described: dict[str, dict[str, Any]] = {}
    parts: dict[str, dict[str, Tensor]] = {}
    for gan in gans:
        state = load_state(gan, "gan run (gan.pt)", _NEEDED)
        for judge, stage in enumerate(state["settings"]["stages"]):
            if str(stage) in parts:
                raise ValueError(f"{gan}: another run trained stage {stage + 1}, too: name one.")
            described[str(stage)] = {name: state["settings"][name] for name in _DESCRIBING}
            parts[str(stage)] = _part(state["discriminators"], f"judges.{judge}.")
    return write_weights(output, FORMAT, {"discriminators": json.dumps(described)}, parts, {})


def load_discriminators(path: Path, settings: GanTraining) -> dict[str, Any]:
    """What `GanTrainer.start_from` needs to take over the discriminators of a phase's stages.

    Raises
    ------
    CheckpointError
        The file is missing, damaged or foreign.
    ValueError
        It lacks a stage, or another kind of discriminator judged it.
    """
    file = read_weights(path, FORMAT, ("discriminators",))
    try:
        described = dict(json.loads(file.texts["discriminators"]))
    except (ValueError, TypeError, RecursionError) as error:
        raise file.unreadable(error) from error
    own = asdict(settings)
    weights: dict[str, Tensor] = {}
    for judge, stage in enumerate(settings.stages):
        wanted = {name: own[name] for name in _DESCRIBING}
        found = described.get(str(stage))
        if found != wanted:
            has = "none" if found is None else f"one of {found}"
            raise ValueError(f"{path} has {has} for stage {stage + 1}, not one of {wanted}.")
        part = _part(file.tensors, f"{stage}.")
        weights |= {f"judges.{judge}.{name}": value.float() for name, value in part.items()}
    return {"settings": own, "discriminators": weights}


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
