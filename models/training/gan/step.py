"""One step of GAN training: draw, teach the discriminators, teach the generator."""

from __future__ import annotations

import copy
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
from models.training.expert.part_head import PartHead, part_loss
from models.training.features.image_features import REGION_MAP, resize
from models.training.gan import losses
from models.training.gan.average import growing_average
from models.training.gan.batch import Batch
from models.training.gan.discriminators import Discriminator, Scores, Seen
from models.training.gan.paper_discriminator import PaperDiscriminator
from models.training.gan.passes import DrawingPass, Drawn, JudgingPass, corner
from models.training.gan.projected_discriminator import ProjectedDiscriminator
from models.training.gan.settings import Phase
from models.training.runs import distributed


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
        self.parts = parts and parts.to(device)
        damsm.projection.to(device).requires_grad_(False)
        self.generator = Generator(config).to(device)
        channels_last(self.generator)
        self._freeze_other_stages()
        self.ema = AveragedModel(
            self.generator, multi_avg_fn=growing_average(phase.ema_decay), use_buffers=True
        ).eval()
        self.judges = [self._discriminator(size).to(device) for size in phase.stages]
        learning = [value for judge in self.judges for value in judge.trainable()]
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
        self.discriminators = JudgingPass(self.judges)
        # What reads sentences has nothing to do on patches.
        self.judging = distributed.parallel(
            self.discriminators, device, some_unused=not phase.sees_sentences
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
        values = _Means(len(parts))
        self.discriminator_optimizer.zero_grad()
        for part in parts:
            with distributed.without_sync(self.judging, part is not parts[-1]):
                scores = self._judge(part, drawn and drawn[1])
                terms = {
                    f"discriminator_{size}": losses.discriminator_loss(
                        right, wrong, fake, self.phase.loss
                    )
                    for size, (right, wrong, fake) in zip(self.phase.stages, scores, strict=True)
                }
                values.add(terms)
                _finite(values)
                (torch.stack(list(terms.values())).sum() / len(parts)).backward()
        self.discriminator_optimizer.step()
        return values.means

    def _judge(
        self, batch: Batch, drawn: Sequence[Seen] | None = None
    ) -> list[tuple[Scores, Scores | None, Scores]]:
        """Scores of the photographs and of drawings, which are made unless they are given."""
        with torch.no_grad():
            seen = drawn or self._draw_and_see(batch)[1]
            real = [
                self._see(number, batch.seen, self._real(batch, size))
                for number, size in enumerate(self.phase.stages)
            ]
        with self._autocast():
            scores: list[tuple[Scores, Scores | None, Scores]] = self.judging(
                real, [view.detach() for view in seen], batch, self.phase.sees_sentences
            )
        return scores

    def _teach_generator(
        self, parts: Sequence[Batch], drawn: tuple[Drawn, list[Seen]] | None
    ) -> dict[str, float]:
        """Improve the drawings in the eyes of discriminators, DAMSM and the part finder."""
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
        phase = self.phase
        sentence = batch.sentence if phase.sees_sentences else None
        terms = {"condition": (1.0, drawn.condition_loss)}
        for number, (size, view) in enumerate(zip(phase.stages, seen, strict=True)):
            with self._autocast():
                (scores,) = self.judges[number](view, [sentence])
            terms[f"generator_{size}"] = (1.0, losses.generator_loss(scores, phase.loss))
            if size in phase.judged_by_damsm:
                words, whole = self._damsm_losses(batch, number, view)
                terms[f"words_{size}"] = (phase.damsm_weight, words)
                terms[f"sentence_{size}"] = (phase.damsm_weight, whole)
            if phase.pose_weight and self.parts is not None and phase.patch == 1:
                terms[f"pose_{size}"] = (phase.pose_weight, self._pose_loss(batch, view))
        if phase.consistency_weight:
            earlier = () if drawn.before is None else (drawn.before,)
            steps = list(pairwise((*earlier, *drawn.images)))
            # The first stage of all has none before it: both are counted from the last.
            for size, (small, large) in zip(phase.stages[::-1], steps[::-1], strict=False):
                loss = losses.consistency_loss(large, small.detach())
                terms[f"consistency_{size}"] = (phase.consistency_weight, loss)
        if phase.block_weight:
            for position, size, image in zip(self.stages, phase.stages, drawn.images, strict=True):
                if position:
                    terms[f"blocks_{size}"] = (phase.block_weight, losses.block_loss(image))
        return terms

    def _pose_loss(self, batch: Batch, view: Seen) -> Tensor:
        """How far the parts of drawings are from where they were told to be."""
        pose = batch.drawn.pose(batch.pose, self.phase.augment)
        told = batch.pose.seen.any(dim=1)
        assert self.parts is not None
        return part_loss(self.parts([each.float() for each in view.maps]), pose, told)

    def _damsm_losses(self, batch: Batch, number: int, view: Seen) -> tuple[Tensor, Tensor]:
        """DAMSM's word and sentence loss; wrong answers come from the batches of all processes."""
        maps, pooled = view.maps, view.pooled
        if pooled is None:
            picture = resize(view.picture, self.phase.judged_sizes[number])
            maps, pooled = self.features(picture.to(self.precision))
        regions, whole = self.damsm.projection(maps[REGION_MAP].float(), pooled.float())
        wrong = batch.wrong
        loss = damsm_loss(
            distributed.gather(regions),
            distributed.gather(whole),
            _gather(batch.text),
            distributed.gather(batch.species),
            self.damsm.config,
            wrong and WrongText(_gather(wrong.text), distributed.gather(wrong.changed)),
        )
        return loss.words, loss.sentence

    def _draw_and_see(self, batch: Batch) -> tuple[Drawn, list[Seen]]:
        with self._autocast():
            drawn: Drawn = self.drawing(batch)
        seen = [self._see(number, batch.drawn, image) for number, image in enumerate(drawn.images)]
        return drawn, seen

    def _see(self, number: int, movement: Movement, images: Tensor) -> Seen:
        """Show pictures as the discriminator of the phase's stage `number` sees them."""
        needs_features = self.judges[number].needs_features
        size = self.phase.judged_sizes[number] if needs_features else images.shape[-1]
        picture = augment(images, size, self.phase.augment, movement)
        if not needs_features:
            return Seen(picture)
        maps, pooled = self.features(picture.to(self.precision))
        return Seen(picture, tuple(maps), pooled)

    def _real(self, batch: Batch, size: int) -> Tensor:
        """Photographs for a stage of `size` px, cut to patches as the drawings are."""
        image = batch.photographs
        image = resize(image, min(size, image.shape[-1]))
        if self.phase.patch < 1:
            side = int(image.shape[-1] * self.phase.patch)
            top, left = corner(image.shape[-1], side, batch.place)
            image = image[..., top : top + side, left : left + side]
        while image.shape[-1] < round(size * self.phase.patch):
            image = enlarge(image).clamp(-1, 1)
        return image

    def _discriminator(self, size: int) -> Discriminator:
        width, sentence_size = self.phase.discriminator_width, self.config.text_feature_size
        if self.phase.discriminator == "paper":
            return PaperDiscriminator(size, sentence_size, width)
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
