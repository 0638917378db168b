"""Runs one phase of GAN training: steps until a budget is spent, saved and resumed exactly."""

from __future__ import annotations

import copy
import logging
import math
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import torch
from torch import Tensor
from tqdm import tqdm

from models.checkpoint import load_checkpoint, text_identity
from models.config import GeneratorConfig
from models.generator import Generator
from models.training.damsm.model import Damsm, check_text_encoder, read_captions
from models.training.data.counterfactual import Counterfactual
from models.training.data.examples import Pictures
from models.training.data.recolour import Recolourer
from models.training.gan.batch import BatchSampler
from models.training.gan.samples import save_sample_grid
from models.training.gan.settings import DISCRIMINATOR_SETTINGS, GanTraining
from models.training.gan.step import GanStep
from models.training.runs import distributed
from models.training.runs.files import load_state, save_state
from models.training.runs.metrics import MetricsLog
from models.training.runs.stopping import stop_when_asked

_log = logging.getLogger(__name__)

STATE_KEYS = (
    "settings",
    "generator_config",
    "generator",
    "ema",
    "discriminators",
    "generator_optimizer",
    "discriminator_optimizer",
    "random",
    "rows_left",
    "phase",
    "phase_pictures",
    "pictures_seen",
    "seconds",
)
"""What ``gan.pt`` must hold.

Since they were added also: "matching", of runs that match means; "text_identity" of the text
encoder and the number of "training_pictures", which a run must have again to go on.
"""

FREE_SETTINGS = ("checkpoint_minutes", "compile")
"""Settings that may differ when a run is resumed: they do not change what is learned."""

GROWN_AVERAGE = 10_000
"""Updates after which a moving average has its full length, see `average`."""


class GanTrainer:
    """A phase of a run: what learns, its batches, and its position.

    Parameters
    ----------
    pictures : the photographs, at the sizes that the phase's stages need.
    run : folder of the run; ``gan.pt`` in it is the last good state.
    phase : the phase's number in its schedule, from 0.

    Attributes
    ----------
    pictures_seen, seconds : of the run, earlier phases included.
    phase_pictures : pictures seen in this phase.
    """

    def __init__(
        self,
        settings: GanTraining,
        config: GeneratorConfig,
        damsm: Damsm,
        pictures: Pictures,
        run: Path,
        device: torch.device,
        phase: int = 0,
    ) -> None:
        run.mkdir(parents=True, exist_ok=True)
        self.settings, self.config, self.damsm, self.run = settings, config, damsm, run
        self.phase, self.device = phase, device
        self.phase_pictures, self.pictures_seen, self.seconds = 0, 0, 0.0
        self.gan = GanStep(settings, config, damsm, pictures, device)
        max_words = damsm.text_encoder.config.max_words
        captions = read_captions(pictures, damsm.vocabulary, max_words)
        self.sampler = BatchSampler(
            captions,
            pictures.species,
            damsm.text_encoder,
            settings,
            config,
            Recolourer(damsm.vocabulary, pictures) if settings.recoloured else None,
            Counterfactual(damsm.vocabulary) if settings.counterfactual else None,
        )

    @property
    def path(self) -> Path:
        return self.run / "gan.pt"

    def train(self, pictures: float = math.inf, minutes: float = math.inf) -> bool:
        """Train until the phase has seen `pictures`, then save.

        Parameters
        ----------
        minutes : longest time that this call trains.

        Returns
        -------
        Whether the phase is complete; false when time was up or the run was asked to stop.

        Raises
        ------
        FloatingPointError
            A loss is not a number; the last good state is named.
        """
        started = saved = self.seconds
        own_part = distributed.own_part(self.settings.batch_size)
        batches = iter(self.sampler)
        with (
            stop_when_asked() as asked,
            MetricsLog(self.run, "gan", distributed.is_first()) as log,
            self._progress(pictures) as progress,
        ):
            while self.phase_pictures < pictures:
                out_of_time = self.seconds - started >= 60 * minutes
                if distributed.any_process(bool(asked) or out_of_time, self.device):
                    break
                before = time.perf_counter()
                values = self._step(next(batches).part(own_part))
                self.seconds += time.perf_counter() - before
                self.phase_pictures += self.settings.batch_size
                self.pictures_seen += self.settings.batch_size
                progress.update(self.settings.batch_size)
                log.add(self.pictures_seen, self.seconds, values)
                if self.seconds - saved > 60 * self.settings.checkpoint_minutes:
                    self.save()
                    saved = self.seconds
        self.save()
        distributed.wait_for_all()  # the next phase begins with what the first process wrote
        return self.phase_pictures >= pictures

    def _step(self, batch: Any) -> dict[str, float]:
        try:
            return self.gan.update(batch)
        except FloatingPointError as error:
            kept = f"the last good state is {self.path}" if self.path.exists() else "none was saved"
            raise FloatingPointError(
                f"training broke down after {self.pictures_seen} pictures: {error}; {kept}"
            ) from error

    def _progress(self, pictures: float) -> tqdm[Any]:
        stages = "+".join(str(self.config.sizes[stage]) for stage in self.settings.stages)
        return tqdm(
            desc=f"gan {stages} px",
            unit=" pictures",
            initial=self.phase_pictures,
            total=None if math.isinf(pictures) else int(pictures),
            disable=None if distributed.is_first() else True,
        )

    def save(self) -> None:
        """Save everything needed to go on, and a grid of pictures to look at."""
        if not distributed.is_first():
            return
        gan = self.gan
        state = {
            "settings": asdict(self.settings),
            "generator_config": asdict(self.config),
            "generator": gan.generator.state_dict(),
            "ema": gan.ema.state_dict(),
            "discriminators": gan.discriminators.state_dict(),
            "matching": gan.matching.state_dict(),
            "generator_optimizer": gan.generator_optimizer.state_dict(),
            "discriminator_optimizer": gan.discriminator_optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "rows_left": self.sampler.rows_left.clone(),
            "text_identity": text_identity(self.damsm.text_encoder),
            "training_pictures": len(self.sampler.captions),
            "phase": self.phase,
            "phase_pictures": self.phase_pictures,
            "pictures_seen": self.pictures_seen,
            "seconds": self.seconds,
        }
        save_state(state, self.path)
        grid = self.run / f"samples-{self.pictures_seen:07d}.jpg"
        save_sample_grid(gan.averaged, self.damsm, grid, max(self.settings.stages))

    def resume(self, state: dict[str, Any]) -> None:
        """Go on where a saved run of the same settings stopped, as if it had not.

        Raises
        ------
        ValueError
            The run has other settings or other networks, another text encoder or other pictures.
        """
        self._check_settings(state["settings"])
        check_text_encoder(state, self.path, self.damsm, "--damsm")
        count = len(self.sampler.captions)
        if (saved := state.get("training_pictures", count)) != count:
            raise ValueError(
                f"the run in {self.run} was made with {saved} pictures (not {count}): resume it "
                "with the same --data, or begin another one with --start-from"
            )
        gan = self.gan
        _load("generator", gan.generator, state["generator"])
        _load("average", gan.ema, state["ema"])
        _load("discriminators", gan.discriminators, state["discriminators"])
        _load("mean features", gan.matching, state.get("matching", {}))
        gan.generator_optimizer.load_state_dict(state["generator_optimizer"])
        gan.discriminator_optimizer.load_state_dict(state["discriminator_optimizer"])
        torch.set_rng_state(state["random"])
        self.sampler.rows_left = state["rows_left"]
        self.phase_pictures = state["phase_pictures"]
        self._take_position(state)

    def start_from(self, state: dict[str, Any], lower_stages: dict[str, Any] | None = None) -> None:
        """Take over the generator of an earlier phase or run: its moving average.

        A stage that is not trained further draws with the weights that are exported. Where the
        same stages are trained on, their discriminators come along: untrained ones would first
        spoil what they are shown.

        Parameters
        ----------
        lower_stages : a run that trained the stages below those of this phase further: they, and
            the position, are taken from it.

        Raises
        ------
        ValueError
            The networks do not fit, or there are no stages below.
        """
        self._compare_text_encoders(state, lower_stages or {})
        _load("average", self.gan.ema, self._with_new_blocks(state["ema"]))
        if lower_stages is not None:
            self._take_lower_stages(lower_stages)
        self.gan.generator.load_state_dict(self.gan.averaged.state_dict())
        own, saved = asdict(self.settings), state["settings"]
        if all(own[name] == saved.get(name) for name in ("stages", *DISCRIMINATOR_SETTINGS)):
            _load("discriminators", self.gan.discriminators, state["discriminators"])
            if self.settings.matching_weight and state.get("matching"):
                _load("mean features", self.gan.matching, state["matching"])
        self._take_position(lower_stages or state)

    def _compare_text_encoders(self, *states: dict[str, Any]) -> None:
        """Tell who goes on with another text encoder: one that was trained further, or by mistake.

        Stages that are trained soon get used to it; those below them never do.
        """
        own = text_identity(self.damsm.text_encoder)
        other = any(state.get("text_identity", own) != own for state in states)
        if other and distributed.is_first():
            _log.warning(
                "The run begun with had another text encoder than --damsm has: its drawings fit "
                "their sentences again when the stages that draw them have been trained for a "
                "while. `damsm --start-from … --no-train-text-encoder` leaves it as it is."
            )

    def _take_lower_stages(self, state: dict[str, Any]) -> None:
        lowest = min(self.settings.stages)
        if lowest == 0:
            raise ValueError("the phase trains the first stage: there are no lower ones")
        other = copy.deepcopy(self.gan.ema)
        _load("average", other, self._with_new_blocks(state["ema"]))
        better = cast(Generator, other.module)
        for stage in range(lowest):
            pairs = zip(self.gan.averaged.modules_of(stage), better.modules_of(stage), strict=True)
            for own, trained_further in pairs:
                own.load_state_dict(trained_further.state_dict())

    def _with_new_blocks(self, average: dict[str, Tensor]) -> dict[str, Tensor]:
        """Let a network that was trained without them have stage 1's residual blocks."""
        own = self.gan.ema.state_dict()
        return {name: own[name] for name in own if ".initial.residual." in name} | average

    def _take_position(self, state: dict[str, Any]) -> None:
        self.pictures_seen, self.seconds = state["pictures_seen"], state["seconds"]

    def _check_settings(self, saved: dict[str, Any]) -> None:
        own = asdict(self.settings)
        odd = [
            f"{name} {saved.get(name)} (not {value})"
            for name, value in own.items()
            if name not in FREE_SETTINGS and saved.get(name) != value
        ]
        if odd:
            raise ValueError(
                f"the run in {self.run} was made with {', '.join(odd)}: resume it with the same "
                "settings, or begin another one with --start-from"
            )


def load_gan(path: Path) -> dict[str, Any]:
    """Read a saved run; errors as in `files.load_state`."""
    return load_state(path, "gan run", STATE_KEYS)


def load_start(path: Path) -> dict[str, Any]:
    """What `GanTrainer.start_from` needs: a saved run, or a weights file.

    A weights file has no discriminators, which begin anew, and its position is 0. Its average
    counts as grown: the new discriminators' first steps are not to wash it out.

    Raises
    ------
    CheckpointError, FileNotFoundError, ValueError
        There is no such file, or it is damaged or foreign.
    """
    if path.suffix != ".safetensors":
        return load_gan(path)
    weights = load_checkpoint(path)
    average = {f"module.{name}": value for name, value in weights.generator.state_dict().items()}
    average["n_averaged"] = torch.tensor(GROWN_AVERAGE)
    return {
        "ema": average,
        "settings": {},
        "text_identity": text_identity(weights.text_encoder),
        "pictures_seen": 0,
        "seconds": 0.0,
    }


def _load(what: str, network: torch.nn.Module, weights: dict[str, Tensor]) -> None:
    try:
        network.load_state_dict(weights)
    except RuntimeError as error:
        reason = str(error).splitlines()[-1].strip()
        raise ValueError(f"the saved {what} does not fit this run's networks ({reason})") from error
