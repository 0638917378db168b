"""One step of GAN training: draw, teach the discriminators, teach the generator."""

from __future__ import annotations

import copy
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import cast

import torch
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel

from models.networks.config import GeneratorConfig
from models.networks.generator import Generator
from models.networks.layers import channels_last
from models.painting.precision import chosen_precision
from models.sketches.part_head import PartHead
from models.training.damsm.model import Damsm
from models.training.damsm.similarity import damsm_loss
from models.training.data.augment import Movement, augment
from models.training.expert.parts import part_loss
from models.training.features.image_features import REGION_MAP, resize
from models.training.features.part_features import PartFeatures
from models.training.gan import losses
from models.training.gan.average import growing_average
from models.training.gan.batch import Batch
from models.training.gan.discriminators import Discriminator, Scores, Seen
from models.training.gan.heads import cut_heads
from models.training.gan.paper_discriminator import PaperDiscriminator
from models.training.gan.passes import DiscriminatorPass, DrawingPass, Drawn, corner
from models.training.gan.projected_discriminator import ProjectedDiscriminator
from models.training.gan.settings import Phase
from models.training.runs import distributed


@dataclass(frozen=True)
class View:
    """What one discriminator is shown of the pictures of one trained stage.

    Attributes
    ----------
    number : of the stage among those that are trained.
    size : of the stage's pictures, in pixels.
    seen_at : side in pixels at which it is shown.
    head : whether it is the head alone.
    weight : of what it says of drawings.
    """

    number: int
    size: int
    seen_at: int
    head: bool = False
    weight: float = 1.0

    @property
    def name(self) -> str:
        return f"{self.size}_head" if self.head else str(self.size)


def views_of(phase: Phase) -> list[View]:
    """What is shown in a phase: each stage's whole pictures or patches, and heads."""
    whole = [
        View(number, size, seen_at)
        for number, (size, seen_at) in enumerate(zip(phase.stages, phase.judged_sizes, strict=True))
    ]
    if not phase.head_weight:
        return whole
    heads = [
        View(view.number, view.size, phase.head_size, True, phase.head_weight) for view in whole
    ]
    return whole + heads


class GanStep:
    """The networks that learn, their optimisers, and the step that updates them.

    Parameters
    ----------
    damsm : whose features discriminators look through, too.
    parts : finds parts in what those features see; None for a phase without pose.
    device : where the networks are.
    seed : of the networks' first weights.
    """

    def __init__(
        self,
        phase: Phase,
        config: GeneratorConfig,
        damsm: Damsm,
        parts: PartHead | None,
        device: torch.device,
        seed: int,
    ) -> None:
        torch.manual_seed(seed)
        self.phase, self.config, self.damsm, self.device = phase, config, damsm, device
        self.stages = phase.positions(config)
        self.precision = chosen_precision("auto", device)
        self.features = copy.deepcopy(damsm.features).to(device, self.precision)
        self.eye = self.features
        if isinstance(self.features, PartFeatures):  # discriminators need no look at parts
            self.eye = self.features.features
        self.parts = parts and parts.to(device)
        damsm.projection.to(device).requires_grad_(False)
        self.generator = Generator(config).to(device)
        channels_last(self.generator)
        self._freeze_other_stages()
        self.ema = AveragedModel(
            self.generator, multi_avg_fn=growing_average(phase.ema_decay), use_buffers=True
        ).eval()
        self.views = views_of(phase)
        self.discriminators = [self._discriminator(view).to(device) for view in self.views]
        learning = [value for each in self.discriminators for value in each.trainable()]
        self.generator_optimizer = torch.optim.Adam(
            [value for value in self.generator.parameters() if value.requires_grad],
            phase.generator_rate,
            phase.betas,
            fused=True,
        )
        self.discriminator_optimizer = torch.optim.Adam(
            learning, phase.discriminator_rate, phase.betas, fused=True
        )
        drawing = DrawingPass(self.generator, self.stages, phase.patch)
        self.drawing = distributed.parallel(drawing, device)
        self.discriminator_pass = DiscriminatorPass(self.discriminators)
        # What reads sentences has nothing to do on patches.
        self.scoring = distributed.parallel(
            self.discriminator_pass, device, some_unused=not phase.sees_sentences
        )

    def update(self, batch: Batch) -> dict[str, float]:
        """One update of the discriminators, then the generator's, on this process's part.

        Returns
        -------
        Each loss by its name, unweighted; numbers are the stages' pixels.

        Raises
        ------
        FloatingPointError
            A loss is not a number; the networks are as they were before that update.
        """
        parts = batch.to(self.device).parts(self.phase.gradient_accumulation)
        # Drawn once for both, unless the batch is worked off in parts to save memory.
        drawn = self._draw_and_see(parts[0]) if len(parts) == 1 else None
        values = self._teach_discriminators(parts, drawn)
        for repetition in range(self.phase.generator_steps):
            values |= self._teach_generator(parts, None if repetition else drawn)
        self.ema.update_parameters(self.generator)
        return values

    @torch.no_grad()
    def score(self, batch: Batch) -> list[tuple[Scores, Scores | None, Scores]]:
        """Score a batch as `DiscriminatorPass` does; nothing learns from it."""
        return self._score(batch.to(self.device))

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
        values = _Means(len(parts))
        self.discriminator_optimizer.zero_grad()
        for part in parts:
            with distributed.without_sync(self.scoring, part is not parts[-1]):
                scores = self._score(part, drawn and drawn[1])
                terms = {
                    f"discriminator_{view.name}": losses.discriminator_loss(
                        right, wrong, fake, self.phase.loss
                    )
                    for view, (right, wrong, fake) in zip(self.views, scores, strict=True)
                }
                values.add(terms)
                _finite(values)
                (torch.stack(list(terms.values())).sum() / len(parts)).backward()
        self.discriminator_optimizer.step()
        return values.means

    def _score(
        self, batch: Batch, drawn: Sequence[Seen] | None = None
    ) -> list[tuple[Scores, Scores | None, Scores]]:
        """Scores of the photographs and of drawings, which are made unless they are given."""
        with torch.no_grad():
            seen = drawn or self._draw_and_see(batch)[1]
            images = [self._real(batch, size) for size in self.phase.stages]
            real = self._see(batch, batch.seen, images)
        with self._autocast():
            detached = [picture.each(Tensor.detach) for picture in seen]
            scores: list[tuple[Scores, Scores | None, Scores]] = self.scoring(
                real, detached, batch, self.phase.sees_sentences
            )
        return scores

    def _teach_generator(
        self, parts: Sequence[Batch], drawn: tuple[Drawn, list[Seen]] | None
    ) -> dict[str, float]:
        """Improve the drawings in the eyes of discriminators, DAMSM and the part finder."""
        values = _Means(len(parts))
        learning = [value for each in self.discriminators for value in each.trainable()]
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
        phase = self.phase
        sentence = batch.sentence if phase.sees_sentences else None
        terms = {"condition": (1.0, drawn.condition_loss)}
        for view, discriminator, picture in zip(self.views, self.discriminators, seen, strict=True):
            with self._autocast():
                (scores,) = discriminator(picture, [sentence])
            loss = losses.generator_loss(scores, phase.loss)
            terms[f"generator_{view.name}"] = (view.weight, loss)
            if view.head:
                continue
            looked_at = self._through_expert(view, picture)
            if view.size in phase.judged_by_damsm:
                words, whole = self._damsm_losses(batch, looked_at)
                terms[f"words_{view.size}"] = (phase.damsm_weight, words)
                terms[f"sentence_{view.size}"] = (phase.damsm_weight, whole)
            if phase.pose_weight and self.parts is not None and phase.patch == 1:
                terms[f"pose_{view.size}"] = (phase.pose_weight, self._pose_loss(batch, looked_at))
        if phase.consistency_weight:
            earlier = () if drawn.before is None else (drawn.before,)
            steps = list(pairwise((*earlier, *drawn.images)))
            # The first stage of all has none before it: both are counted from the last.
            for size, (small, large) in zip(phase.stages[::-1], steps[::-1], strict=False):
                loss = losses.consistency_loss(large, small.detach())
                terms[f"consistency_{size}"] = (phase.consistency_weight, loss)
        for position, size, image in zip(self.stages, phase.stages, drawn.images, strict=True):
            if position and phase.block_weight:
                terms[f"blocks_{size}"] = (phase.block_weight, losses.block_loss(image))
            if position and phase.checkerboard_weight:
                loss = losses.checkerboard_loss(image, position)
                terms[f"checkerboard_{size}"] = (phase.checkerboard_weight, loss)
            if phase.spectrum_weight:
                loss = losses.spectrum_loss(image, self._real(batch, size))
                terms[f"spectrum_{size}"] = (phase.spectrum_weight, loss)
        return terms

    def _pose_loss(self, batch: Batch, seen: Seen) -> Tensor:
        """How far the parts of drawings are from where they were told to be."""
        pose = batch.drawn.pose(batch.pose, self.phase.augment)
        told = batch.pose.visible.any(dim=1)
        assert self.parts is not None
        loss = part_loss(self.parts([each.float() for each in seen.maps]), pose, told)
        return loss * told.float().mean()  # of all birds: so parts of a batch can be averaged

    def _through_expert(self, view: View, seen: Seen) -> Seen:
        """What DAMSM and the part finder see of what a discriminator saw."""
        if seen.pooled is None:
            picture = resize(seen.picture, view.seen_at)
            maps, pooled = self.features(picture.to(self.precision))
            return Seen(picture, tuple(maps), pooled)
        if isinstance(self.features, PartFeatures):
            return replace(seen, pooled=self.features.with_parts(seen.maps, seen.pooled))
        return seen

    def _damsm_losses(self, batch: Batch, seen: Seen) -> tuple[Tensor, Tensor]:
        """DAMSM's word and sentence loss; wrong answers come from the batches of all processes."""
        assert seen.pooled is not None
        regions, whole = self.damsm.projection(seen.maps[REGION_MAP].float(), seen.pooled.float())
        wrong = batch.wrong
        loss = damsm_loss(
            distributed.gather(regions),
            distributed.gather(whole),
            batch.text.each(distributed.gather),
            distributed.gather(batch.species),
            self.damsm.config,
            wrong and wrong.each(distributed.gather),
        )
        return loss.words, loss.sentence

    def _draw_and_see(self, batch: Batch) -> tuple[Drawn, list[Seen]]:
        with self._autocast():
            drawn: Drawn = self.drawing(batch)
        return drawn, self._see(batch, batch.drawn, drawn.images)

    def _see(self, batch: Batch, movement: Movement, images: Sequence[Tensor]) -> list[Seen]:
        """Show pictures, one tensor a stage, as each view's discriminator sees them."""
        return [
            self._seen(view, batch, movement, images[view.number], each.needs_features)
            for view, each in zip(self.views, self.discriminators, strict=True)
        ]

    def _seen(
        self, view: View, batch: Batch, movement: Movement, images: Tensor, needs_features: bool
    ) -> Seen:
        if view.head:
            picture = cut_heads(images, batch.pose, view.seen_at, movement)
        else:
            size = view.seen_at if needs_features else images.shape[-1]
            picture = augment(images, size, self.phase.augment, movement)
        if not needs_features:
            return Seen(picture)
        maps, pooled = self.eye(picture.to(self.precision))
        return Seen(picture, tuple(maps), pooled)

    def _real(self, batch: Batch, size: int) -> Tensor:
        """Photographs for a stage of `size` px, cut to patches as the drawings are."""
        image = resize(batch.photographs, size)
        if self.phase.patch < 1:
            side = int(size * self.phase.patch)
            top, left = corner(size, side, batch.place)
            image = image[..., top : top + side, left : left + side]
        return image

    def _discriminator(self, view: View) -> Discriminator:
        width, sentence_size = self.phase.discriminator_width, self.config.text_feature_size
        if self.phase.discriminator == "paper":
            return PaperDiscriminator(view.size, sentence_size, width)
        return ProjectedDiscriminator(self.features.channels, sentence_size, width)

    def _freeze_other_stages(self) -> None:
        """Leave stages that are not trained exactly as they are, batch norm statistics too."""
        self.generator.train()
        for stage in range(len(self.config.stage_channels)):
            if stage not in self.stages:
                for module in self.generator.modules_of(stage):
                    module.eval().requires_grad_(False)

    def _autocast(self) -> torch.autocast:
        enabled = self.precision is torch.bfloat16
        return torch.autocast(self.device.type, torch.bfloat16, enabled=enabled)


class _Means:
    """Means of losses over the parts of a batch."""

    def __init__(self, parts: int) -> None:
        self._parts = parts
        self.means: dict[str, float] = {}

    def add(self, terms: Mapping[str, Tensor]) -> None:
        names, found = list(terms), torch.stack([loss.detach() for loss in terms.values()])
        for name, value in zip(names, found.tolist(), strict=True):  # one halt of a GPU, not many
            self.means[name] = self.means.get(name, 0.0) + value / self._parts


def _finite(values: _Means) -> None:
    if not all(math.isfinite(value) for value in values.means.values()):
        shown = ", ".join(f"{name} {value:.4g}" for name, value in values.means.items())
        raise FloatingPointError(f"a loss is not a number ({shown})")


def _require_gradients(parameters: Sequence[nn.Parameter], wanted: bool) -> None:
    for parameter in parameters:
        parameter.requires_grad_(wanted)
