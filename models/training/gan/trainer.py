"""Trains one phase of a run: steps until its photographs are seen, saved and resumed exactly."""

from __future__ import annotations

import math
import time
from dataclasses import asdict, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from models.checkpoints.checkpoint import text_identity
from models.networks.config import GeneratorConfig
from models.sketches.part_head import PartHead
from models.sketches.pose_bank import PoseBank
from models.training.damsm.model import Damsm, check_text_encoder
from models.training.data.photographs import Photographs
from models.training.gan.average import MeanOfStates
from models.training.gan.batch import BatchSampler
from models.training.gan.samples import save_sample_grid
from models.training.gan.settings import Phase
from models.training.gan.step import GanStep
from models.training.runs import distributed
from models.training.runs.metrics import MetricsLog
from models.training.runs.states import load_state, save_state
from models.training.runs.stopping import stop_when_asked
from models.training.sketches.poses import make_pose_bank

STATE_KEYS = ("phase", "generator_config", "ema", "discriminators", "position", "text_identity")
"""What ``gan.pt`` must hold. A whole state also has `EXACT_KEYS`; one that was packed to be kept
has not, and its networks go on from the moving average under new optimisers."""

EXACT_KEYS = (
    *("generator", "generator_optimizer", "discriminator_optimizer"),
    *("random", "rows_left", "mean"),
)

CHECKPOINT_MINUTES = 5.0
"""Time after which a run is saved again, with a grid of drawings."""

POSES_SHOWN = 1_000
"""Photographs whose poses grids of samples are drawn in."""

AVERAGED_EVERY = 20
"""Steps between two states of the mean at the end of a phase."""


class GanTrainer:
    """A phase of a run: what learns, its batches, and its position.

    Parameters
    ----------
    parts : finds parts in what `damsm.features` see; None for a phase without pose.
    run : folder of the phase; ``gan.pt`` in it is the last good state.
    averaged_share : last share of the phase over which the moving average is averaged once more;
        that mean takes its place when the phase is complete.

    Attributes
    ----------
    photographs_seen : in this phase.
    photographs_before : in the phases before it.
    seconds : that this phase was trained.
    """

    def __init__(
        self,
        phase: Phase,
        config: GeneratorConfig,
        damsm: Damsm,
        parts: PartHead | None,
        photographs: Photographs,
        run: Path,
        device: torch.device,
        seed: int = 0,
        averaged_share: float = 0.0,
    ) -> None:
        run.mkdir(parents=True, exist_ok=True)
        self.phase, self.config, self.damsm, self.run = phase, config, damsm, run
        self.device = device
        self.photographs_seen, self.photographs_before, self.seconds = 0, 0, 0.0
        self._averaged_share, self._mean = averaged_share, MeanOfStates()
        self.gan = GanStep(phase, config, damsm, parts, device, seed)
        own_part = distributed.own_part(phase.batch_size)
        self.sampler = BatchSampler(
            photographs, damsm.vocabulary, damsm.text_encoder, phase, config, own_part
        )

    @property
    def path(self) -> Path:
        return self.run / "gan.pt"

    @property
    def complete(self) -> bool:
        return self.photographs_seen >= self.phase.photographs

    def train(self, minutes: float = math.inf) -> bool:
        """Train until the phase has seen its photographs, or for so many minutes, then save.

        Returns
        -------
        Whether the phase is complete; false when time was up or the run was asked to stop.

        Raises
        ------
        FloatingPointError
            A loss is not a number; the last good state is named.
        """
        started = saved = self.seconds
        batches = iter(self.sampler)
        with (
            stop_when_asked() as asked,
            MetricsLog(self.run, "gan", distributed.is_first()) as log,
            self._progress() as progress,
        ):
            while not self.complete:
                out_of_time = self.seconds - started >= 60 * minutes
                if distributed.any_process(bool(asked) or out_of_time, self.device):
                    break
                before = time.perf_counter()
                values = self._step(next(batches))
                self.seconds += time.perf_counter() - before
                self.photographs_seen += self.phase.batch_size
                self._average()
                progress.update(self.phase.batch_size)
                log.add(self.photographs_seen, self.seconds, values)
                if self.seconds - saved > 60 * CHECKPOINT_MINUTES:
                    self.save()
                    saved = self.seconds
        if self.complete and self._mean.count:
            _load("mean", self.gan.ema, self._mean.weights)
            self._mean = MeanOfStates()
        self.save()
        distributed.wait_for_all()  # the next phase begins with what the first process wrote
        return self.complete

    def _average(self) -> None:
        first = (1 - self._averaged_share) * self.phase.photographs
        if (
            self.photographs_seen > first
            and self.photographs_seen // self.phase.batch_size % AVERAGED_EVERY == 0
        ):
            self._mean.add(self.gan.ema.state_dict())

    def _step(self, batch: Any) -> dict[str, float]:
        try:
            return self.gan.update(batch)
        except FloatingPointError as error:
            kept = f"the last good state is {self.path}" if self.path.exists() else "none was saved"
            raise FloatingPointError(
                f"training broke down after {self.photographs_seen} photographs: {error}; {kept}"
            ) from error

    def _progress(self) -> tqdm[Any]:
        stages = "+".join(map(str, self.phase.stages))
        return tqdm(
            desc=f"gan {stages} px",
            unit=" photographs",
            initial=self.photographs_seen,
            total=self.phase.photographs,
            mininterval=1.0,
            disable=None if distributed.is_first() else True,
        )

    def save(self) -> None:
        """Save everything needed to go on, and a grid of pictures to look at."""
        if not distributed.is_first():
            return
        gan = self.gan
        state = {
            "phase": asdict(self.phase),
            "generator_config": asdict(self.config),
            "generator": gan.generator.state_dict(),
            "ema": gan.ema.state_dict(),
            "discriminators": gan.discriminator_pass.state_dict(),
            "generator_optimizer": gan.generator_optimizer.state_dict(),
            "discriminator_optimizer": gan.discriminator_optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "rows_left": self.sampler.rows_left.clone(),
            "mean": self._mean.state(),
            "text_identity": text_identity(self.damsm.text_encoder),
            "position": {
                "photographs": len(self.sampler.photographs),
                "seen": self.photographs_seen,
                "seen_before": self.photographs_before,
                "seconds": self.seconds,
            },
        }
        save_state(state, self.path)
        grid = self.run / f"samples-{self.photographs_seen:07d}.jpg"
        stage = max(self.gan.stages)
        save_sample_grid(gan.averaged, self.damsm, grid, stage, self._poses)

    @cached_property
    def _poses(self) -> PoseBank | None:
        """Poses for grids of samples: some of those that a weights file would have."""
        if not self.config.pose_channels:
            return None
        examples = self.sampler.photographs.examples
        return make_pose_bank(examples[:: 1 + len(examples) // POSES_SHOWN], self.damsm)

    def resume(self, state: dict[str, Any]) -> None:
        """Go on where this phase stopped: as if it had not, from a whole state.

        Raises
        ------
        ValueError
            The run has other settings or other networks, another text encoder or other pictures.
        """
        self._check_settings(state["phase"])
        check_text_encoder(state, self.path, self.damsm, "this run's DAMSM")
        position, count = state["position"], len(self.sampler.photographs)
        if position["photographs"] != count:
            raise ValueError(
                f"the run in {self.run} was made with {position['photographs']} photographs (not "
                f"{count}): resume it with the same --data, or begin another one"
            )
        gan = self.gan
        whole = all(key in state for key in EXACT_KEYS)
        _load("average", gan.ema, state["ema"])
        _load("discriminators", gan.discriminator_pass, state["discriminators"])
        _load(
            "generator", gan.generator, state["generator"] if whole else gan.averaged.state_dict()
        )
        if whole:
            gan.generator_optimizer.load_state_dict(state["generator_optimizer"])
            gan.discriminator_optimizer.load_state_dict(state["discriminator_optimizer"])
            torch.set_rng_state(state["random"])
            self.sampler.rows_left = state["rows_left"]
            self._mean.resume(state["mean"])
        self.photographs_seen, self.seconds = position["seen"], position["seconds"]
        self.photographs_before = position["seen_before"]

    def start_from(self, state: dict[str, Any], alike: dict[str, Any] | None = None) -> None:
        """Take over the generator of the phase before: its moving average.

        A stage that is not trained further draws with the weights that are exported.

        Parameters
        ----------
        alike : state of the phase that last trained the same stages, if one did. Its
            discriminators come along: untrained ones would first spoil what they are shown.

        Raises
        ------
        ValueError
            The networks do not fit.
        """
        check_text_encoder(state, self.path, self.damsm, "this run's DAMSM")
        _load("average", self.gan.ema, state["ema"])
        _load("generator", self.gan.generator, self.gan.averaged.state_dict())
        if alike:
            # Heads may have been looked at in one phase only: theirs come last.
            new = self.gan.discriminator_pass.state_dict()
            kept = {name: value for name, value in alike["discriminators"].items() if name in new}
            _load("discriminators", self.gan.discriminator_pass, new | kept)
        self.photographs_before = state["position"]["seen_before"] + state["position"]["seen"]

    def _check_settings(self, saved: dict[str, Any]) -> None:
        # A setting that was not there yet is one that does nothing by default.
        saved = {field.name: field.default for field in fields(Phase)} | saved
        odd = [
            f"{key} {saved[key]} (not {value})"
            for key, value in asdict(self.phase).items()
            if key != "photographs" and saved[key] != value
        ]
        if odd:
            raise ValueError(
                f"the run in {self.run} was made with {', '.join(odd)}: resume it with the same "
                "recipe, or begin another one"
            )


def load_gan(path: Path) -> dict[str, Any]:
    """Read the state of a phase; errors as in `states.load_state`."""
    return load_state(path, "gan run", STATE_KEYS)


def pack_gan(state: dict[str, Any]) -> dict[str, Any]:
    """What is worth keeping of a state for good: in half precision, without optimisers.

    Training goes on from it, though not bit for bit.
    """
    packed = {key: value for key, value in state.items() if key not in EXACT_KEYS}
    for key in ("ema", "discriminators"):
        packed[key] = {
            name: value.half() if value.is_floating_point() else value
            for name, value in state[key].items()
        }
    return packed


def _load(what: str, network: torch.nn.Module, weights: dict[str, Tensor]) -> None:
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise ValueError(f"the saved {what} does not fit this run's networks ({reason})") from error
