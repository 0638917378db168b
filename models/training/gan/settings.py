"""Settings of the generator's training: a recipe has one `Phase` after the other."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from models.networks.config import GeneratorConfig, setting
from models.training.data.augment import AugmentConfig
from models.training.data.captions import CaptionSettings
from models.training.data.crops import CropSettings


@dataclass(frozen=True)
class Phase:
    """A part of a run, in which some stages are trained; it is saved with the run."""

    stages: tuple[int, ...] = setting(
        (64,), "stages that are trained, by their pixels; the others stay as they are"
    )
    photographs: int = setting(200_000, "photographs that are seen before the phase ends")
    batch_size: int = setting(32, "photographs a step, over all processes together")
    gradient_accumulation: int = setting(
        1,
        "parts in which a step's batch is worked off, to save memory; DAMSM then knows only the "
        "wrong answers of one part",
    )
    generator_steps: int = setting(1, "updates of the generator for each of the discriminators")
    generator_rate: float = setting(2e-4, "learning rate of the generator")
    discriminator_rate: float = setting(2e-4, "learning rate of the discriminators")
    betas: tuple[float, float] = setting((0.0, 0.99), "of Adam")
    ema_decay: float = setting(0.998, "decay of the moving average of the generator's weights")
    damsm_weight: float = setting(
        0.4,
        "lambda; the higher, the more a picture is drawn for the judge of sentences rather than "
        "for the eye. Twice the paper's: our DAMSM losses are means of both directions, where "
        "equation 13 adds them",
    )
    damsm_stages: str = setting(
        "every", "which trained stages' pictures DAMSM judges", ("every", "last")
    )
    pose_weight: float = setting(
        0.35, "how strongly drawings are held to the places of parts they are told"
    )
    head_weight: float = setting(
        0.0,
        "weight of discriminators of their own that see the head alone, where eyes and beaks are "
        "decided; 0 for none",
    )
    head_size: int = setting(64, "side in pixels at which they see heads")
    sentence_noise: float = setting(
        0.1,
        "noise on sentence features, as a share of their standard deviation: a sentence must not "
        "be the name of one photograph",
    )
    recoloured: float = setting(
        0.5,
        "share of the photographs whose colour a caption names that are shown in another one, "
        "with the caption changed to say so",
    )
    counterfactual: bool = setting(
        True,
        "whether DAMSM and discriminators contrast each sentence with itself, its colours "
        "exchanged, too; the paper's do not",
    )
    consistency_weight: float = setting(
        2.0, "how strongly a stage is held to the picture of the stage before it"
    )
    block_weight: float = setting(
        1.0, "how strongly stages that refine are held not to show the pixels they enlarged"
    )
    checkerboard_weight: float = setting(
        0.0, "how strongly stages that refine are held not to repeat the grid of earlier stages"
    )
    spectrum_weight: float = setting(
        0.0, "how strongly stages are held to as much detail of each fineness as photographs have"
    )
    discriminator: str = setting(
        "projected", "on the expert's features, or from pixels", ("projected", "paper")
    )
    discriminator_width: int = setting(
        64,
        "channels after mixing of projected discriminators; channels of the first convolution of "
        "the paper's",
    )
    loss: str = setting("hinge", "the adversarial loss", ("hinge", "cross_entropy"))
    judged_sizes: tuple[int, ...] = setting(
        (96,),
        "side in pixels at which projected discriminators and DAMSM see the pictures or patches "
        "of each trained stage",
    )
    patch: float = setting(
        1.0,
        "side of the square part of a picture on which stages that refine are trained, as a "
        "share; a part is not asked whether it fits its sentence",
    )
    captions: CaptionSettings = setting(CaptionSettings(), "which sentence is said of a photograph")
    crops: CropSettings = setting(CropSettings(), "how squares are cut round birds")
    augment: AugmentConfig = setting(
        AugmentConfig(), "how photographs and drawings are moved before they are judged"
    )

    @property
    def sees_sentences(self) -> bool:
        """Whether pictures are asked if they fit their sentences; patches are not."""
        return self.patch == 1

    @property
    def judged_by_damsm(self) -> tuple[int, ...]:
        """The stages whose pictures DAMSM judges."""
        if not self.sees_sentences or not self.damsm_weight:
            return ()
        return self.stages if self.damsm_stages == "every" else self.stages[-1:]

    def like(self, other: Phase) -> bool:
        """Whether both train the same way; one may go on for longer."""
        return replace(self, photographs=0) == replace(other, photographs=0)

    def shares_discriminators(self, other: Phase) -> bool:
        """Whether discriminators of one phase fit the other, and judge the same stages."""
        keys = ("stages", "discriminator", "discriminator_width")
        return all(getattr(self, key) == getattr(other, key) for key in keys)

    def positions(self, config: GeneratorConfig) -> tuple[int, ...]:
        """The positions of the trained stages among a generator's, 0 for the first."""
        return tuple(config.sizes.index(size) for size in self.stages)

    def check(self, config: GeneratorConfig, processes: int = 1) -> None:
        """See that a generator can be trained so, before anything is.

        Raises
        ------
        ValueError
            It cannot; the message names the key.
        """
        self._check_stages(config.sizes)
        for key in ("damsm_stages", "discriminator", "loss"):
            allowed = type(self).__dataclass_fields__[key].metadata["choices"]
            if getattr(self, key) not in allowed:
                raise ValueError(f"{key} must be {' or '.join(allowed)}, not {getattr(self, key)}")
        if len(self.judged_sizes) != len(self.stages):
            raise ValueError(
                f"judged_sizes has {len(self.judged_sizes)} numbers for {len(self.stages)} stages"
            )
        if self.discriminator == "paper" and (
            self.patch < 1 or self.pose_weight or self.head_weight
        ):
            raise ValueError(
                "the paper's discriminators see whole pictures and no features: patch must be 1, "
                "pose_weight and head_weight 0"
            )
        if self.patch < 1 and self.head_weight:
            raise ValueError("heads are looked for in whole pictures: patch must be 1")
        if self.gradient_accumulation < 1:
            raise ValueError(f"gradient_accumulation {self.gradient_accumulation} is 1 or more")
        parts = processes * self.gradient_accumulation
        # Neighbours exchange their sentences, and batch norm needs two of a kind.
        if self.batch_size < 2 or self.batch_size % (2 * parts):
            raise ValueError(
                f"batch_size {self.batch_size} cannot be shared: it is to be a multiple of 2 x "
                f"{processes} processes x gradient_accumulation {self.gradient_accumulation}. "
                f"{2 * parts * max(1, math.ceil(self.batch_size / (2 * parts)))} would do."
            )

    def _check_stages(self, sizes: tuple[int, ...]) -> None:
        shown = " ".join(map(str, self.stages))
        if not self.stages or any(size not in sizes for size in self.stages):
            raise ValueError(f"stages {shown}: the generator has {' '.join(map(str, sizes))}")
        first = sizes.index(self.stages[0])
        if self.stages != sizes[first : first + len(self.stages)]:
            raise ValueError(f"stages {shown} are no neighbours, the smaller first")
        if not 0 < self.patch <= 1:
            raise ValueError(f"patch {self.patch} is the share of a side: above 0, at most 1")
        if self.patch < 1 and first == 0:
            raise ValueError(
                f"patch {self.patch}, where stage {sizes[0]} draws whole pictures: only stages "
                "that refine work on patches"
            )
