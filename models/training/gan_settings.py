"""Settings of a GAN run."""

from __future__ import annotations

from dataclasses import dataclass, field

from models.training.augment import AugmentConfig


@dataclass(frozen=True)
class GanTraining:
    """Settings of a GAN run; they are saved with it.

    Attributes
    ----------
    stages : the stages that are trained, 0 for the first; those below them are left as they are.
    judged_sizes : side in pixels at which the discriminator of each stage sees a picture or patch.
    patch : side of the square part of a picture on which the trained stages work, as a share;
        below 1 only for stages that refine. A patch is not asked whether it fits its sentence.
    pair_share : share of a batch drawn a second time with other noise, for mode seeking.
    mode_seeking_target : mean absolute difference (of 2) those pairs should reach.
    sentence_noise : noise on sentence features, as a share of their standard deviation: one
        sentence must not be the name of one photograph.
    damsm_weight : lambda of the paper.
    """

    stages: tuple[int, ...] = (0,)
    batch_size: int = 32
    generator_learning_rate: float = 2e-4
    discriminator_learning_rate: float = 2e-4
    betas: tuple[float, float] = (0.0, 0.99)
    ema_decay: float = 0.997
    damsm_weight: float = 1.0
    condition_weight: float = 1.0
    mode_seeking_weight: float = 10.0
    mode_seeking_target: float = 0.15
    pair_share: float = 0.25
    sentence_noise: float = 0.2
    consistency_weight: float = 2.0
    judged_sizes: tuple[int, ...] = (96, 128, 128, 256)
    patch: float = 1.0
    discriminator_width: int = 64
    augment: AugmentConfig = field(default_factory=AugmentConfig)
    seed: int = 0
    checkpoint_minutes: float = 5.0
