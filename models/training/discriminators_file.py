"""The discriminators of all stages in one weights file, so that a run can begin with taught ones.

A new discriminator takes tens of thousands of pictures to see what is wrong with good drawings,
and spoils them meanwhile.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from torch import Tensor

from models.training.files import load_state
from models.training.gan_settings import GanTraining
from models.weights_file import read_weights, write_weights

FORMAT = "speech2bird-discriminators"

_NEEDED = ("settings", "discriminators")


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
            described[str(stage)] = {
                "discriminator": state["settings"]["discriminator"],
                "discriminator_width": state["settings"]["discriminator_widths"][stage],
            }
            parts[str(stage)] = _part(state["discriminators"], f"judges.{judge}.")
    return write_weights(output, FORMAT, {"discriminators": json.dumps(described)}, parts, {})


@dataclass(frozen=True)
class Discriminators:
    """What such a file holds.

    Attributes
    ----------
    described : kind and width of each stage's discriminator, by the stage.
    tensors : the weights; names begin with the stage.
    """

    path: Path
    described: Mapping[str, Mapping[str, Any]]
    tensors: Mapping[str, Tensor]

    @classmethod
    def read(cls, path: Path) -> Discriminators:
        """Read what `export_discriminators` wrote.

        Raises
        ------
        CheckpointError
            The file is missing, damaged or foreign.
        """
        file = read_weights(path, FORMAT, ("discriminators",))
        try:
            described = dict(json.loads(file.texts["discriminators"]))
        except (ValueError, TypeError, RecursionError) as error:
            raise file.unreadable(error) from error
        return cls(path, described, file.tensors)

    def fit(self, settings: GanTraining) -> GanTraining:
        """The settings of a phase, with the kind and widths of its stages' discriminators.

        Raises
        ------
        ValueError
            A stage has none, or they are not of one kind.
        """
        missing = [stage + 1 for stage in settings.stages if str(stage) not in self.described]
        if missing:
            raise ValueError(f"{self.path} holds no discriminator for stage {missing[0]}.")
        described = {stage: self.described[str(stage)] for stage in settings.stages}
        kind, *others = {each["discriminator"] for each in described.values()}
        if others:
            raise ValueError(f"{self.path}: stages trained together need discriminators of a kind.")
        widths = list(settings.discriminator_widths)
        for stage, each in described.items():
            widths[stage] = each["discriminator_width"]
        return replace(settings, discriminator=kind, discriminator_widths=tuple(widths))

    def start(self, settings: GanTraining) -> dict[str, Any]:
        """What `GanTrainer.start_from` needs to take them over, for settings from `fit`."""
        weights: dict[str, Tensor] = {}
        for judge, stage in enumerate(settings.stages):
            part = _part(self.tensors, f"{stage}.")
            weights |= {f"judges.{judge}.{name}": value.float() for name, value in part.items()}
        return {"settings": asdict(settings), "discriminators": weights}


def _part(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
