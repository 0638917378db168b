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

from models.training.gan.settings import DISCRIMINATOR_SETTINGS, GanTraining
from models.training.runs.files import load_state
from models.weights_file import read_weights, write_weights

FORMAT = "speech2bird-discriminators"

_NEEDED = ("settings", "discriminators")


def export_discriminators(runs: Sequence[Path], output: Path) -> str:
    """Write the discriminators of runs of different stages in half precision.

    Parameters
    ----------
    runs : what the command ``gan`` saved, and earlier outputs (.safetensors), which give the
        stages that no run trained.

    Returns
    -------
    The file's checksum.

    Raises
    ------
    CheckpointError
        An earlier output is missing, damaged or foreign.
    FileNotFoundError
        A run is not there.
    ValueError
        A run is damaged, foreign or of an earlier version, or two trained the same stage.
    """
    trained: dict[int, _Part] = {}
    for run in runs:
        if run.suffix != ".safetensors":
            _add(trained, _trained_parts(run), run)
    earlier: dict[int, _Part] = {}
    for run in runs:
        if run.suffix == ".safetensors":
            _add(earlier, _earlier_parts(run), run)
    parts = dict(sorted((earlier | trained).items()))
    described = {stage: part.described for stage, part in parts.items()}
    tensors = {str(stage): part.tensors for stage, part in parts.items()}
    return write_weights(output, FORMAT, {"discriminators": json.dumps(described)}, tensors, {})


@dataclass(frozen=True)
class _Part:
    """The discriminator of one stage."""

    described: Mapping[str, Any]
    tensors: Mapping[str, Tensor]


def _add(parts: dict[int, _Part], more: Mapping[int, _Part], run: Path) -> None:
    for stage in more:
        if stage in parts:
            raise ValueError(f"{run}: another run trained stage {stage + 1}, too: name one.")
    parts.update(more)


def _trained_parts(run: Path) -> dict[int, _Part]:
    state = load_state(run, "gan run (gan.pt)", _NEEDED)
    settings = state["settings"]
    if any(name not in settings for name in DISCRIMINATOR_SETTINGS):
        raise ValueError(
            f"{run} was saved by an earlier version of speech2bird, which did not note what its "
            "discriminators are: export them with that version."
        )
    return {
        stage: _Part(
            {
                "discriminator": settings["discriminator"],
                "discriminator_width": settings["discriminator_widths"][stage],
            },
            _named(state["discriminators"], f"judges.{judge}."),
        )
        for judge, stage in enumerate(settings["stages"])
    }


def _earlier_parts(output: Path) -> dict[int, _Part]:
    file = Discriminators.read(output)
    return {
        int(stage): _Part(described, _named(file.tensors, f"{stage}."))
        for stage, described in file.described.items()
    }


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
            part = _named(self.tensors, f"{stage}.")
            weights |= {f"judges.{judge}.{name}": value.float() for name, value in part.items()}
        return {"settings": asdict(settings), "discriminators": weights}


def _named(tensors: Mapping[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {
        name.removeprefix(prefix): value
        for name, value in tensors.items()
        if name.startswith(prefix)
    }
