"""Settings of a GAN run, and the presets: named recipes that differ only in settings."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from models.config import GeneratorConfig
from models.training.data.augment import AugmentConfig

DISCRIMINATOR_SETTINGS = ("discriminator", "discriminator_widths")
"""Settings that decide what discriminators are."""


@dataclass(frozen=True)
class GanTraining:
    """Settings of one phase of a run; they are saved with it.

    Attributes
    ----------
    stages : the stages that are trained, 0 for the first; those below them are left as they are.
    batch_size : pictures a step, over all processes together.
    accumulate : parts in which a step's batch is worked off, to save memory; DAMSM then knows
        only the wrong answers of one part.
    generator_steps : updates of the generator for each one of the discriminators.
    generator_learning_rate, discriminator_learning_rate : of Adam.
    betas : of Adam.
    ema_decay : decay of the moving average of the generator's weights.
    damsm_weight : lambda; the higher, the more a picture is drawn for the judge of sentences rather
        than for the eye (see `diagnosis`). Twice the paper's: our DAMSM losses are means of both
        directions (`damsm.contrastive_loss`), where equation 13 adds them.
    damsm_stages : "every" or "last": which trained stages' pictures DAMSM judges.
    condition_weight : weight of the condition's Kullback-Leibler divergence.
    pair_every : in each group of so many drawings the last one has the caption of the one before
        it, with other noise, for mode seeking; 0 for none.
    mode_seeking_weight : how strongly such pairs are held apart, in phases that train stage 0.
    mode_seeking_target : how far apart those pairs should be, see `losses.mode_seeking_loss`.
    species_captions : share of photographs shown with a caption of another one of their species:
        a sentence then goes with many poses instead of one.
    recoloured : share of the photographs whose colour a caption names that are shown in another
        one, with the caption changed to say so (see `recolour`).
    counterfactual : whether DAMSM and the discriminators contrast each sentence with itself, its
        colours exchanged, too (see `counterfactual`); the paper's do not.
    sentence_noise : noise on sentence features, as a share of their standard deviation: one
        sentence must not be the name of one photograph.
    consistency_weight : how strongly a stage is held to the picture of the stage before it.
    matching_weight : how strongly the mean features of drawings are drawn to those of photographs
        (see `mean_matching`); on frozen features, so with projected discriminators only.
    block_weight : how strongly stages that refine are held not to show the pixels they enlarged.
    discriminator : "projected" (on frozen features) or "paper" (from pixels).
    discriminator_widths : of each stage's: channels after mixing of projected ones; channels of
        the first convolution of the paper's.
    loss : "hinge" or "cross_entropy": the adversarial one.
    judged_sizes : side in pixels at which projected discriminators and DAMSM see each stage's
        pictures or patches; the paper's discriminators see them as they are.
    augment : how photographs and drawings are moved before discriminators see them.
    patch : side of the square part of a picture on which the trained stages work, as a share;
        below 1 only for stages that refine. A patch is not asked whether it fits its sentence.
    precision : "bfloat16" (autocast), "float32" or "auto", the faster one.
    compile : whether the generator is compiled; pays on GPUs in long runs.
    seed : of all random numbers.
    checkpoint_minutes : time after which the run is saved again, with a grid of drawings.
    """

    stages: tuple[int, ...] = (0,)
    batch_size: int = 32
    accumulate: int = 1
    generator_steps: int = 1
    generator_learning_rate: float = 2e-4
    discriminator_learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.0, 0.99)
    ema_decay: float = 0.997
    damsm_weight: float = 0.4
    damsm_stages: str = "every"
    condition_weight: float = 1.0
    pair_every: int = 4
    mode_seeking_weight: float = 5.0
    mode_seeking_target: float = 0.5
    species_captions: float = 0.5
    recoloured: float = 0.5
    counterfactual: bool = True
    sentence_noise: float = 0.2
    consistency_weight: float = 2.0
    matching_weight: float = 0.0
    block_weight: float = 1.0
    discriminator: str = "projected"
    discriminator_widths: tuple[int, ...] = (64, 64, 64, 64)
    loss: str = "hinge"
    judged_sizes: tuple[int, ...] = (96, 128, 128, 256)
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    patch: float = 1.0
    precision: str = "auto"
    compile: bool = False
    seed: int = 0
    checkpoint_minutes: float = 5.0

    def __post_init__(self) -> None:
        choices = {
            "damsm_stages": ("every", "last"),
            "discriminator": ("projected", "paper"),
            "loss": ("hinge", "cross_entropy"),
            "precision": ("auto", "bfloat16", "float32"),
        }
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ValueError(f"{name} must be {' or '.join(allowed)}")
        for name in ("discriminator_widths", "judged_sizes"):
            if len(getattr(self, name)) <= max(self.stages):
                raise ValueError(f"{name} must have a number for each stage up to the last trained")
        if self.matching_weight and self.batch_size // self.accumulate < 2:
            raise ValueError("matching_weight needs a batch_size / accumulate of at least 2")
        needing_features = self.patch < 1 or self.pair_every or self.matching_weight
        if self.discriminator == "paper" and needing_features:
            raise ValueError(
                "the paper's discriminators see whole pictures and no frozen features: "
                "patch must be 1, pair_every 0 and matching_weight 0"
            )

    @property
    def sees_sentences(self) -> bool:
        """Whether pictures are asked if they fit their sentences; patches are not."""
        return self.patch == 1

    @property
    def damsm_judges(self) -> tuple[int, ...]:
        """The stages whose pictures DAMSM judges."""
        if not self.sees_sentences:
            return ()
        return self.stages if self.damsm_stages == "every" else self.stages[-1:]


@dataclass(frozen=True)
class Phase:
    """A part of a schedule.

    Attributes
    ----------
    pictures : photographs seen before the next phase begins.
    """

    pictures: int
    settings: GanTraining


@dataclass(frozen=True)
class Preset:
    """A recipe: the generator and the phases in which it is trained."""

    name: str
    generator: GeneratorConfig
    phases: tuple[Phase, ...]

    def changed(self, changes: dict[str, Any]) -> Preset:
        """The preset with other settings, the same ones in every phase."""
        phases = tuple(
            replace(phase, settings=replace(phase.settings, **changes)) for phase in self.phases
        )
        return replace(self, phases=phases)

    def with_pictures(self, pictures: Sequence[int]) -> Preset:
        """The preset with phases of other lengths; phases of none are left out.

        Raises
        ------
        ValueError
            There are not as many numbers as phases.
        """
        if len(pictures) != len(self.phases):
            raise ValueError(f"{self.name} has {len(self.phases)} phases: name as many lengths")
        phases = [
            replace(phase, pictures=count)
            for phase, count in zip(self.phases, pictures, strict=True)
            if count
        ]
        return replace(self, phases=tuple(phases))

    def with_stages(self, count: int) -> Preset:
        """The preset with the first `count` stages only."""
        channels = self.generator.stage_channels[:count]
        phases = []
        for phase in self.phases:
            stages = tuple(stage for stage in phase.settings.stages if stage < count)
            if stages:
                phases.append(replace(phase, settings=replace(phase.settings, stages=stages)))
        generator = replace(self.generator, stage_channels=channels)
        return replace(self, generator=generator, phases=tuple(phases))

    def check(self, processes: int = 1) -> None:
        """See that what is to be trained can be, before anything is.

        Here and not where settings are made: an option holds for every phase, also for one of
        another kind that will be left out.

        Parameters
        ----------
        processes : how many train together.

        Raises
        ------
        ValueError
            A phase cannot be trained; it says why, and which options change it.
        """
        if not any(phase.pictures for phase in self.phases):
            raise ValueError("no phase has pictures to see: --phase-pictures says how many")
        for phase in self.phases:
            _check_stages(phase.settings, len(self.generator.stage_channels))
            _check_batch(phase.settings, processes)


def _check_stages(settings: GanTraining, count: int) -> None:
    stages, patch = settings.stages, settings.patch
    if stages != tuple(range(stages[0], stages[0] + len(stages))) or not (
        stages[0] >= 0 and stages[-1] < count
    ):
        raise ValueError(
            f"--stages {' '.join(map(str, stages))}: name neighbouring stages, the lower first, "
            f"of 0 to {count - 1}. Others are trained in a run of their own and put together by "
            "`combine`."
        )
    if not 0 < patch <= 1:
        raise ValueError(f"--patch {patch} is the share of a side: above 0, at most 1")
    if patch < 1 and stages[0] == 0:
        raise ValueError(
            f"--patch {patch} in a phase that trains stage 0, which draws whole pictures: only "
            "stages that refine work on patches. An option holds for every phase, so leave that "
            "phase out (a 0 among --phase-pictures), train others (--stages), or take --patch 1."
        )


def _check_batch(settings: GanTraining, processes: int) -> None:
    size, accumulate, pair_every = settings.batch_size, settings.accumulate, settings.pair_every
    if accumulate < 1 or pair_every < 0 or pair_every == 1:
        raise ValueError(
            f"--accumulate {accumulate} is 1 or more, --pair-every {pair_every} 2 or more, or 0"
        )
    parts = processes * accumulate
    # Neighbours exchange their sentences; pairs stay together; batch norm needs two of a kind.
    if size < 2 * parts or size % 2 or size % (parts * max(pair_every, 1)):
        step = math.lcm(2, parts * max(pair_every, 1))
        raise ValueError(
            f"--batch-size {size} cannot be shared: it is to be even, and a multiple of "
            f"{processes} processes x --accumulate {accumulate} x --pair-every {pair_every}, "
            f"with two pictures or more in each part. {max(step, 2 * parts)} would do."
        )


def _attngan() -> Preset:
    """The paper's recipe with the predecessor's fourth stage: everything trained at once."""
    settings = GanTraining(
        stages=(0, 1, 2, 3),
        batch_size=20,
        betas=(0.5, 0.999),
        ema_decay=0.999,
        damsm_weight=5.0,
        damsm_stages="last",
        pair_every=0,
        species_captions=0.0,
        recoloured=0.0,
        counterfactual=False,
        sentence_noise=0.0,
        consistency_weight=0.0,
        block_weight=0.0,
        discriminator="paper",
        loss="cross_entropy",
        judged_sizes=(128, 128, 128, 128),
        augment=AugmentConfig(shift=0, scale=0, cutout=0),
    )
    generator = GeneratorConfig(stage_channels=(32, 32, 32, 32), image_skip=False)
    return Preset("attngan", generator, (Phase(5_000_000, settings),))


def _speech2bird() -> Preset:
    """Stage by stage, under discriminators that already know what pictures look like."""
    refining = GanTraining(stages=(1,), batch_size=16, generator_learning_rate=4e-4, ema_decay=0.99)
    patches = replace(refining, stages=(2, 3), patch=0.25, judged_sizes=(96, 128, 96, 128))
    phases = (Phase(200_000, GanTraining()), Phase(12_000, refining), Phase(8_000, patches))
    return Preset("speech2bird", GeneratorConfig(first_stage_blocks=1), phases)


PRESETS = {preset.name: preset for preset in (_attngan(), _speech2bird())}
