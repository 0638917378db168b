"""A whole GAN run: the phases of a preset, one after the other, in one folder."""

from __future__ import annotations

import json
import math
import platform
import shlex
import sys
from dataclasses import asdict, replace
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

import torch

from models.training.damsm.model import Damsm, load_damsm
from models.training.data.examples import Pictures, read_examples
from models.training.exchange.discriminators_file import Discriminators
from models.training.gan.settings import Preset
from models.training.gan.step import picture_sizes
from models.training.gan.trainer import GanTrainer, load_gan, load_start
from models.training.runs import distributed


def run_schedule(
    preset: Preset,
    data: Path,
    damsm: Path,
    run: Path,
    device: torch.device,
    minutes: float = math.inf,
    resume: bool = False,
    start_from: Path | None = None,
    lower_stages_from: Path | None = None,
    discriminators_from: Path | None = None,
) -> bool:
    """Train a preset's phases, or what is left of them.

    Parameters
    ----------
    data : folder with ``metadata.jsonl``.
    damsm : ``damsm.pt`` of a DAMSM run.
    run : folder for ``gan.pt``, ``gan.jsonl``, ``run.jsonl``, sample grids, TensorBoard's events.
    minutes : longest time that this call trains; the run is saved and can be resumed.
    resume : go on where the run in `run` stopped; a new run when there is none.
    start_from : ``gan.pt`` of another run, whose averaged generator this one begins with, or a
        weights file.
    lower_stages_from : the same of a run that trained the stages below further.
    discriminators_from : file of `export_discriminators`, with which each phase that is not resumed
        begins, and which decides their kind and width; without it only a phase of the same stages
        as `start_from` takes taught ones over.

    Returns
    -------
    Whether all phases are complete.

    Raises
    ------
    OSError, ValueError
        Data, DAMSM, saved run or settings cannot be used, with the reason.
    FloatingPointError
        Training broke down.
    """
    preset.check(distributed.world_size())
    path = run / "gan.pt"
    if path.exists() and not resume:
        raise ValueError(f"{run} holds a run already: name --resume, or another folder")
    state = load_gan(path) if path.exists() else None
    loaded = load_damsm(damsm)
    preset = replace(
        preset,
        generator=replace(preset.generator, text_feature_size=loaded.config.feature_size),
    )
    taught = Discriminators.read(discriminators_from) if discriminators_from else None
    if taught:
        phases = [replace(phase, settings=taught.fit(phase.settings)) for phase in preset.phases]
        preset = replace(preset, phases=tuple(phases))
    distributed.check_same("settings", repr(preset))
    distributed.check_same("pictures or captions", _digest(data / "metadata.jsonl"))
    if distributed.is_first():
        run.mkdir(parents=True, exist_ok=True)
        _describe(preset, run)
    first = int(state["phase"]) if state else 0
    if first >= len(preset.phases):
        raise ValueError(f"the run in {run} has more phases than {preset.name}: another preset?")
    started = state["seconds"] if state else 0.0
    for number, phase in enumerate(preset.phases[first:], start=first):
        trainer = _trainer(preset, number, loaded, data, run, device)
        taken_over = taught.start(phase.settings) if taught else {}
        if state and number == first:
            trainer.resume(state)
        elif state:
            trainer.start_from(state | taken_over)
        elif start_from:
            lower = load_start(lower_stages_from) if lower_stages_from else None
            trainer.start_from(load_start(start_from) | taken_over, lower)
            started = trainer.seconds
        left = minutes - (trainer.seconds - started) / 60
        if not trainer.train(phase.pictures, left):
            return False
        state = load_gan(path)
    return True


def _trainer(
    preset: Preset, number: int, damsm: Damsm, data: Path, run: Path, device: torch.device
) -> GanTrainer:
    settings, config = preset.phases[number].settings, preset.generator
    pictures = Pictures(read_examples(data), picture_sizes(settings, config))
    return GanTrainer(settings, config, damsm, pictures, run, device, number)


def _describe(preset: Preset, run: Path) -> None:
    """Write down the command that repeats the run, its settings and the versions it ran with."""
    packages = ("torch", "numpy", "pillow", "torchmetrics")
    description = {
        "command": shlex.join(["python", "-m", "models.training", *sys.argv[1:]]),
        "preset": asdict(preset),
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
        "processes": distributed.world_size(),
    }
    with (run / "run.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps(description) + "\n")


def _digest(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()
