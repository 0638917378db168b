"""One step of GAN training: draw, teach the discriminators, teach the generator."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from models.config import GeneratorConfig
from models.generator import Generator
from models.layers import channels_last, enlarge
from models.precision import chosen_precision
from models.text_encoder import TextFeatures
from models.training.damsm.model import Damsm
from models.training.damsm.similarity import damsm_loss
from models.training.data.augment import Movement, augment
from models.training.data.counterfactual import WrongText
from models.training.data.examples import Pictures
from models.training.features.image_features import REGION_MAP, ImageFeatures, resize
from models.training.gan import losses
from models.training.gan.average import growing_average
from models.training.gan.batch import Batch
from models.training.gan.discriminators import Discriminator, Scores, Seen
from models.training.gan.mean_matching import MeanMatching
from models.training.gan.paper_discriminator import PaperDiscriminator
from models.training.gan.passes import DrawingPass, Drawn, JudgingPass, corner
from models.training.gan.projected_discriminator import ProjectedDiscriminator
from models.training.gan.settings import GanTraining
from models.training.runs import distributed

REAL_DETAIL = 256
"""Side in pixels beyond which photographs are enlarged: Caltech-UCSD Birds' crops have no more."""


def picture_sizes(settings: GanTraining, config: GeneratorConfig) -> list[int]:
    """Sides in pixels of the photographs that the trained stages need."""
    return sorted({min(config.sizes[stage], REAL_DETAIL) for stage in settings.stages})


class GanStep:
    """The networks that learn, their optimisers, and the step that updates them.

    Parameters
    ----------
    pictures : the photographs, at `REAL_DETAIL` or the stage's size, whichever is smaller.
    device : where the networks are.
    """

    def __init__(
        self,
        settings: GanTraining,
        config: GeneratorConfig,
        damsm: Damsm,
        pictures: Pictures,
        device: torch.device,
    ) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.config, self.damsm = settings, config, damsm
        self.pictures, self.device = pictures, device
        self.features = ImageFeatures(damsm.features).to(device, self._precision)
        damsm.projection.to(device).requires_grad_(False)
        self.generator = Generator(config).to(device)
        channels_last(self.generator)
        self._freeze_other_stages()
        self.ema = AveragedModel(
            self.generator,
            multi_avg_fn=growing_average(settings.ema_decay),
            use_buffers=True,
        ).eval()
        self.judges = [self._discriminator(stage).to(device) for stage in settings.stages]
        self.matching = nn.ModuleList(
            MeanMatching(self.features.channels, self.features.pooled_size)
            for _ in settings.stages
            if settings.matching_weight
        ).to(device)
        learning = [value for judge in self.judges for value in judge.trainable()]
        self.generator_optimizer = torch.optim.Adam(
            [value for value in self.generator.parameters() if value.requires_grad],
            settings.generator_learning_rate,
            settings.betas,
            fused=True,
        )
        self.discriminator_optimizer = torch.optim.Adam(
            learning, settings.discriminator_learning_rate, settings.betas, fused=True
        )
        if settings.compile:
            for module in (self.generator.initial, *self.generator.refinements, self.features):
                module.compile()
        drawing = DrawingPass(self.generator, settings.stages, settings.patch)
        self.drawing = distributed.parallel(drawing, device)
        self.discriminators = JudgingPass(self.judges)
        # What reads sentences has nothing to do on patches.
        self.judging = distributed.parallel(
            self.discriminators, device, some_unused=not settings.sees_sentences
        )

    def update(self, batch: Batch) -> dict[str, float]:
        """One update of the discriminators, then the generator's, on this process's part.

        Returns
        -------
        Each loss by its name, unweighted; a digit is the stage.

        Raises
        ------
        FloatingPointError
            A loss is not a number; the networks are as they were before that update.
        """
        parts = batch.to(self.device).parts(self.settings.accumulate)
        # Drawn once for both, unless the batch is worked off in parts to save memory.
        drawn = self._draw_and_see(parts[0]) if len(parts) == 1 else None
        values = self._teach_discriminators(parts, drawn)
        for repetition in range(self.settings.generator_steps):
            values |= self._teach_generator(parts, None if repetition else drawn)
        self.ema.update_parameters(self.generator)
        return values

    @torch.no_grad()
    def judge(self, batch: Batch) -> list[tuple[Scores, Scores | None, Scores]]:
        """Score a batch as `JudgingPass` does; nothing learns from it."""
        return self._judge(batch.to(self.device))

    def pulls(self, batch: Batch) -> dict[str, float]:
        """How hard each loss of the generator, weighted, pulls at its drawings.

        Returns
        -------
        The norm of each loss's gradient by the drawings' values, all stages together, by its name;
        losses that do not come from the drawings are left out.
        """
        batch = batch.to(self.device)
        drawn, seen = self._draw_and_see(batch)
        pulls = {}
        for name, (weight, loss) in self._generator_terms(batch, drawn, seen).items():
            if not loss.requires_grad:  # of stages that are not trained
                continue
            gradients = torch.autograd.grad(
                weight * loss, drawn.images, retain_graph=True, allow_unused=True
            )
            norms = [gradient.norm() for gradient in gradients if gradient is not None]
            if norms:
                pulls[name] = torch.stack(norms).norm().item()
        return pulls

    @property
    def averaged(self) -> Generator:
        """The generator with its moving average for weights: the one that is exported."""
        return cast(Generator, self.ema.module)

    def _teach_discriminators(
        self, parts: Sequence[Batch], drawn: tuple[Drawn, list[Seen]] | None
    ) -> dict[str, float]:
        """Teach each discriminator photographs from drawings, and sentences that fit."""
        settings, values = self.settings, _Means(len(parts))
        self.discriminator_optimizer.zero_grad()
        for part in parts:
            with distributed.without_sync(self.judging, part is not parts[-1]):
                scores = self._judge(part, drawn and drawn[1], follow=True)
                terms = {
                    f"d{stage}": losses.discriminator_loss(right, wrong, fake, settings.loss)
                    for stage, (right, wrong, fake) in zip(settings.stages, scores, strict=True)
                }
                values.add(terms)
                _finite(values)
                (torch.stack(list(terms.values())).sum() / len(parts)).backward()
        self.discriminator_optimizer.step()
        return values.means

    def _judge(
        self, batch: Batch, drawn: Sequence[Seen] | None = None, follow: bool = False
    ) -> list[tuple[Scores, Scores | None, Scores]]:
        """Scores of the photographs and of drawings, which are made unless they are given.

        Where means are matched, `follow` takes these pictures into account.
        """
        with torch.no_grad():
            seen = drawn or self._draw_and_see(batch)[1]
            real = [
                self._see(stage, batch.seen, self._real(batch, stage))
                for stage in self.settings.stages
            ]
        if follow:
            for means, photographs, drawings in zip(self.matching, real, seen, strict=False):
                cast(MeanMatching, means).follow(photographs, drawings)
        with self._autocast():
            scores: list[tuple[Scores, Scores | None, Scores]] = self.judging(
                real, [view.detach() for view in seen], batch, self.settings.sees_sentences
            )
        return scores

    def _teach_generator(
        self, parts: Sequence[Batch], drawn: tuple[Drawn, list[Seen]] | None
    ) -> dict[str, float]:
        """Improve the drawings in the eyes of the discriminators and of DAMSM."""
        values = _Means(len(parts))
        learning = [value for judge in self.judges for value in judge.trainable()]
        self.generator_optimizer.zero_grad()
        _require_gradients(learning, False)
        for part in parts:
            with distributed.without_sync(self.drawing, part is not parts[-1]):
                drawing, seen = drawn or self._draw_and_see(part)
                terms = self._generator_terms(part, drawing, seen)
                values.add({name: loss for name, (_, loss) in terms.items()})
                _finite(values)
                total = torch.stack([weight * loss for weight, loss in terms.values()]).sum()
                (total / len(parts)).backward()
        self.generator_optimizer.step()
        _require_gradients(learning, True)
        return values.means

    def _generator_terms(
        self, batch: Batch, drawn: Drawn, seen: Sequence[Seen]
    ) -> dict[str, tuple[float, Tensor]]:
        """Each loss of the generator with its weight: sum of L_G + lambda L_DAMSM, and more."""
        settings = self.settings
        sentence = batch.sentence[batch.drawn_from] if settings.sees_sentences else None
        terms = {"condition": (settings.condition_weight, drawn.condition_loss)}
        for stage, judge, view in zip(settings.stages, self.judges, seen, strict=True):
            with self._autocast():
                (scores,) = judge(view, [sentence])
            terms[f"g{stage}"] = (1.0, losses.generator_loss(scores, settings.loss))
            if stage in settings.damsm_judges:
                words, whole = self._damsm_losses(batch, stage, view)
                terms[f"words{stage}"] = (settings.damsm_weight, words)
                terms[f"sentence{stage}"] = (settings.damsm_weight, whole)
        for stage, means, view in zip(settings.stages, self.matching, seen, strict=False):
            loss = cast(MeanMatching, means).loss(view)
            terms[f"matching{stage}"] = (settings.matching_weight, loss)
        if settings.consistency_weight:
            earlier = () if drawn.before is None else (drawn.before,)
            steps = list(pairwise((*earlier, *drawn.images)))
            # The first stage of all has none before it: both are counted from the last.
            for stage, (small, large) in zip(settings.stages[::-1], steps[::-1], strict=False):
                loss = losses.consistency_loss(large, small.detach())
                terms[f"consistency{stage}"] = (settings.consistency_weight, loss)
        if settings.block_weight:
            for stage, image in zip(settings.stages, drawn.images, strict=True):
                if stage:
                    terms[f"blocks{stage}"] = (settings.block_weight, losses.block_loss(image))
        if 0 in settings.stages and settings.pair_every:
            every, first = settings.pair_every, seen[0].maps[REGION_MAP]
            loss = losses.mode_seeking_loss(
                first[every - 1 :: every], first[every - 2 :: every], settings.mode_seeking_target
            )
            terms["mode_seeking"] = (settings.mode_seeking_weight, loss)
        return terms

    def _damsm_losses(self, batch: Batch, stage: int, view: Seen) -> tuple[Tensor, Tensor]:
        """DAMSM's word and sentence loss; wrong answers come from the batches of all processes."""
        maps, pooled = view.maps, view.pooled
        if pooled is None:
            picture = resize(view.picture, self.settings.judged_sizes[stage])
            maps, pooled = self.features(picture.to(self._precision))
        regions, whole = self.damsm.projection(maps[REGION_MAP].float(), pooled.float())
        wrong = batch.drawn_wrong
        loss = damsm_loss(
            distributed.gather(regions),
            distributed.gather(whole),
            _gather(batch.drawn_text),
            distributed.gather(batch.species[batch.drawn_from]),
            self.damsm.config,
            wrong and WrongText(_gather(wrong.text), distributed.gather(wrong.changed)),
        )
        return loss.words, loss.sentence

    def _draw_and_see(self, batch: Batch) -> tuple[Drawn, list[Seen]]:
        with self._autocast():
            drawn: Drawn = self.drawing(batch)
        seen = [
            self._see(stage, batch.drawn, image)
            for stage, image in zip(self.settings.stages, drawn.images, strict=True)
        ]
        return drawn, seen

    def _see(self, stage: int, movement: Movement, images: Tensor) -> Seen:
        """Show pictures as a stage's discriminator sees them."""
        settings, judge = self.settings, self.judges[self.settings.stages.index(stage)]
        size = settings.judged_sizes[stage] if judge.needs_features else images.shape[-1]
        picture = augment(images, size, settings.augment, movement)
        if not judge.needs_features:
            return Seen(picture)
        maps, pooled = self.features(picture.to(self._precision))
        return Seen(picture, tuple(maps), pooled)

    def _real(self, batch: Batch, stage: int) -> Tensor:
        """Photographs for a stage, cut to patches of the size of the drawn ones."""
        size = self.config.sizes[stage]
        image = self.pictures.batch(batch.rows, min(size, REAL_DETAIL), batch.flip)
        image = batch.recolouring.apply(image)
        if self.settings.patch < 1:
            side = int(image.shape[-1] * self.settings.patch)
            top, left = corner(image.shape[-1], side, batch.place)
            image = image[..., top : top + side, left : left + side]
        if size > REAL_DETAIL:
            image = enlarge(image).clamp(-1, 1)
        return image.to(self.device)

    def _discriminator(self, stage: int) -> Discriminator:
        settings, sentence_size = self.settings, self.config.text_feature_size
        width = settings.discriminator_widths[stage]
        if settings.discriminator == "paper":
            size = self.config.sizes[stage]
            return PaperDiscriminator(size, sentence_size, width)
        return ProjectedDiscriminator(self.features.channels, sentence_size, width)

    def _freeze_other_stages(self) -> None:
        """Leave stages that are not trained exactly as they are, batch norm statistics too."""
        self.generator.train()
        for stage in range(len(self.config.stage_channels)):
            if stage not in self.settings.stages:
                for module in self.generator.modules_of(stage):
                    module.eval().requires_grad_(False)

    @property
    def _precision(self) -> torch.dtype:
        return chosen_precision(self.settings.precision, self.device)

    def _autocast(self) -> torch.autocast:
        enabled = self._precision is torch.bfloat16
        return torch.autocast(self.device.type, torch.bfloat16, enabled=enabled)


def _gather(text: TextFeatures) -> TextFeatures:
    return TextFeatures(
        *(distributed.gather(part) for part in (text.words, text.sentence, text.mask))
    )


class _Means:
    """Means of losses over the parts of a batch."""

    def __init__(self, parts: int) -> None:
        self._parts = parts
        self.means: dict[str, float] = {}

    def add(self, terms: Mapping[str, Tensor]) -> None:
        for name, loss in terms.items():
            self.means[name] = self.means.get(name, 0.0) + loss.item() / self._parts


def _finite(values: _Means) -> None:
    if not all(math.isfinite(value) for value in values.means.values()):
        shown = ", ".join(f"{name} {value:.4g}" for name, value in values.means.items())
        raise FloatingPointError(f"a loss is not a number ({shown})")


def _require_gradients(parameters: Sequence[nn.Parameter], wanted: bool) -> None:
    for parameter in parameters:
        parameter.requires_grad_(wanted)
