"""Trains the generator's stages against their discriminators; one reads it top to bottom."""

from __future__ import annotations

import math
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from tqdm import tqdm

from models.config import GeneratorConfig
from models.generator import Canvas, Generator, channels_last, enlarge
from models.text_encoder import TextFeatures, pad_ids
from models.training import losses
from models.training.augment import augment
from models.training.damsm import damsm_loss
from models.training.damsm_trainer import Damsm, load_damsm, read_captions
from models.training.data import Pictures, read_examples
from models.training.discriminators import ProjectedDiscriminator
from models.training.files import save_state
from models.training.gan_settings import GanTraining
from models.training.image_encoder import REGION_MAP, ImageFeatures
from models.training.metrics import MetricsLog
from models.training.samples import save_sample_grid


@dataclass(frozen=True)
class _Batch:
    """What one step works on.

    Attributes
    ----------
    rows : (B,) the photographs.
    sentence : (B, D) their sentence features, with noise.
    drawn_from : (B,) which of the captions each drawing has; the last `pairs` drawings have the
        captions of the first ones again, to be drawn with other noise.
    drawn_text, drawn_sentence : features of the drawings' captions; the latter with noise.
    """

    rows: Tensor
    species: Tensor
    sentence: Tensor
    drawn_from: Tensor
    drawn_text: TextFeatures
    drawn_sentence: Tensor
    pairs: int


class GanTrainer:
    """The state of a run: networks, optimisers, random states and position."""

    def __init__(
        self,
        settings: GanTraining,
        config: GeneratorConfig,
        damsm: Damsm,
        data: Path,
        run: Path,
        device: torch.device,
    ) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.config, self.damsm = settings, config, damsm
        self.run, self.device = run, device
        self.pictures_seen, self.seconds = 0, 0.0
        run.mkdir(parents=True, exist_ok=True)

        # 512 px targets are enlarged from 256: that is all the detail the photographs have.
        self.sizes = [min(config.sizes[stage], 256) for stage in settings.stages]
        self.pictures = Pictures(read_examples(data), sorted(set(self.sizes)))
        self.captions = read_captions(
            self.pictures, damsm.vocabulary, damsm.text_encoder.config.max_words
        )
        self.features = ImageFeatures(damsm.features).to(device)
        self.damsm.projection.to(device)
        self.generator = Generator(config).to(device)
        channels_last(self.generator)
        self._freeze_other_stages()
        self.ema = AveragedModel(
            self.generator,
            multi_avg_fn=get_ema_multi_avg_fn(settings.ema_decay),
            use_buffers=True,
        ).eval()
        self.judges = [
            ProjectedDiscriminator(
                self.features.channels, config.text_feature_size, settings.discriminator_width
            )
            for _ in settings.stages
        ]
        self.discriminators = nn.ModuleList(self.judges).to(device)
        self.generator_optimizer = torch.optim.Adam(
            [p for p in self.generator.parameters() if p.requires_grad],
            settings.generator_learning_rate,
            settings.betas,
        )
        self.discriminator_optimizer = torch.optim.Adam(
            [p for p in self.discriminators.parameters() if p.requires_grad],
            settings.discriminator_learning_rate,
            settings.betas,
        )

    def _freeze_other_stages(self) -> None:
        """Leave stages that are not trained exactly as they are, batch norm statistics too."""
        self.generator.train()
        for stage in range(len(self.config.stage_channels)):
            if stage not in self.settings.stages:
                for module in self._modules_of(stage):
                    module.eval().requires_grad_(False)

    def _modules_of(self, stage: int) -> list[nn.Module]:
        generator = self.generator
        if stage == 0:
            return [generator.conditioning, generator.initial, generator.to_image[0]]
        return [generator.refinements[stage - 1], generator.to_image[stage]]

    def train(self, minutes: float = math.inf, pictures: float = math.inf) -> None:
        """Train until the budget is spent or the run is asked to stop, then save.

        Parameters
        ----------
        minutes, pictures : budget of this call in minutes of training and in real pictures seen.

        Raises
        ------
        FloatingPointError
            A loss is not a number; the last good checkpoint is named.
        """
        started, first_picture = self.seconds, self.pictures_seen
        saved = self.seconds
        rows_left: list[Tensor] = []
        with (
            _stop_when_asked() as asked,
            MetricsLog(self.run / "gan.jsonl") as log,
            tqdm(desc="gan", unit=" pictures", initial=self.pictures_seen) as progress,
        ):
            while not asked:
                if self.seconds - started >= 60 * minutes:
                    break
                if self.pictures_seen - first_picture >= pictures:
                    break
                before = time.perf_counter()
                if not rows_left:
                    order = torch.randperm(len(self.pictures))
                    rows_left = list(order.split(self.settings.batch_size)[:-1])
                values = self.step(rows_left.pop())
                if not all(math.isfinite(value) for value in values.values()):
                    raise FloatingPointError(
                        f"training broke down after {self.pictures_seen} pictures: {values}; "
                        f"the last good checkpoint is {self.run / 'gan.pt'}"
                    )
                self.seconds += time.perf_counter() - before
                self.pictures_seen += self.settings.batch_size
                progress.update(self.settings.batch_size)
                log.add(self.pictures_seen, self.seconds, values)
                if self.seconds - saved > 60 * self.settings.checkpoint_minutes:
                    self.save()
                    saved = self.seconds
        self.save()

    def step(self, rows: Tensor) -> dict[str, float]:
        """One update of the discriminators and one of the generator on the same drawings."""
        batch = self._batch(rows)
        with self._autocast():
            before, canvases, condition_loss = self._draw(batch)
        images = [canvas.image.float() for canvas in canvases]
        # Seen once: the discriminators learn from these maps, then the generator through them.
        seen = [
            self.features(augment(image, self._judged(stage), self.settings.augment))
            for stage, image in zip(self.settings.stages, images, strict=True)
        ]
        values = self._update_discriminators(batch, [maps for maps, _ in seen])
        earlier = [] if before is None else [before.image.float()]
        values |= self._update_generator(batch, seen, earlier + images, condition_loss)
        self.ema.update_parameters(self.generator)
        return values

    def _update_discriminators(
        self, batch: _Batch, drawn_maps: Sequence[Sequence[Tensor]]
    ) -> dict[str, float]:
        """Teach each discriminator photographs from drawings, and sentences that fit."""
        values: dict[str, float] = {}
        total = torch.zeros((), device=self.device)
        real = self._real(batch.rows)
        for place, (stage, judge) in enumerate(zip(self.settings.stages, self.judges, strict=True)):
            with torch.no_grad():
                real_maps, _ = self.features(
                    augment(real[place], self._judged(stage), self.settings.augment)
                )
            drawn = [feature_map.detach() for feature_map in drawn_maps[place]]
            if self._sees_sentences:
                right, wrong = judge(real_maps, [batch.sentence, batch.sentence.roll(1, 0)])
                (scores,) = judge(drawn, [batch.drawn_sentence])
                loss = losses.discriminator_loss(right, wrong, scores)
            else:
                (right,), (scores,) = judge(real_maps, [None]), judge(drawn, [None])
                loss = losses.discriminator_loss(right, None, scores)
            total = total + loss
            values[f"d{stage}"] = loss.item()
        self.discriminator_optimizer.zero_grad()
        total.backward()
        self.discriminator_optimizer.step()
        return values

    def _update_generator(
        self,
        batch: _Batch,
        seen: Sequence[tuple[list[Tensor], Tensor]],
        images: Sequence[Tensor],
        condition_loss: Tensor,
    ) -> dict[str, float]:
        """Improve the drawings in the eyes of the discriminators and of DAMSM.

        Parameters
        ----------
        seen : maps and pooled features of the trained stages' pictures.
        images : their pictures, behind that of the stage before them if there is one.
        """
        settings = self.settings
        terms: dict[str, tuple[float, Tensor]] = {
            "condition": (settings.condition_weight, condition_loss)
        }
        self.discriminators.requires_grad_(False)
        for stage, judge, (maps, pooled) in zip(settings.stages, self.judges, seen, strict=True):
            (scores,) = judge(maps, [batch.drawn_sentence if self._sees_sentences else None])
            terms[f"g{stage}"] = (1.0, losses.generator_loss(scores))
            if self._sees_sentences:
                regions, whole = self.damsm.projection(maps[REGION_MAP], pooled)
                species = batch.species[batch.drawn_from]
                damsm = damsm_loss(regions, whole, batch.drawn_text, species, self.damsm.config)
                terms[f"words{stage}"] = (settings.damsm_weight, damsm.words)
                terms[f"sentence{stage}"] = (settings.damsm_weight, damsm.sentence)
        # The first stage of all has none before it: stages and steps are counted from the last.
        steps = list(pairwise(images))
        for stage, (smaller, picture) in zip(settings.stages[::-1], steps[::-1], strict=False):
            loss = losses.consistency_loss(picture, smaller.detach())
            terms[f"consistency{stage}"] = (settings.consistency_weight, loss)
        if 0 in settings.stages and batch.pairs:
            first = images[0]
            seeking = losses.mode_seeking_loss(
                first[-batch.pairs :], first[: batch.pairs], settings.mode_seeking_target
            )
            terms["mode_seeking"] = (settings.mode_seeking_weight, seeking)
        self.generator_optimizer.zero_grad()
        torch.stack([weight * loss for weight, loss in terms.values()]).sum().backward()
        self.generator_optimizer.step()
        for judge in self.judges:
            judge.train_heads()
        return {name: loss.item() for name, (_, loss) in terms.items()}

    @property
    def _sees_sentences(self) -> bool:
        return self.settings.patch == 1

    def _judged(self, stage: int) -> int:
        return self.settings.judged_sizes[stage]

    def _batch(self, rows: Tensor) -> _Batch:
        """Choose a caption for each picture, and which captions are drawn."""
        pairs = int(len(rows) * self.settings.pair_share)
        count = len(rows) - pairs
        drawn_from = torch.cat([torch.arange(count), torch.arange(pairs)])
        text = self._read(rows)
        sentence = self._with_noise(text.sentence)
        return _Batch(
            rows=rows,
            species=self.pictures.species[rows].to(self.device),
            sentence=sentence,
            drawn_from=drawn_from,
            drawn_text=TextFeatures(
                text.words[drawn_from], text.sentence[drawn_from], text.mask[drawn_from]
            ),
            drawn_sentence=sentence[drawn_from],
            pairs=pairs,
        )

    def _draw(self, batch: _Batch) -> tuple[Canvas | None, list[Canvas], Tensor]:
        """Draw the trained stages; also give the canvas before them, cut to the patch."""
        count, config, text = len(batch.rows), self.config, batch.drawn_text
        noise = torch.randn(count, config.noise_size).to(self.device)
        epsilon = torch.randn(count, config.condition_size).to(self.device)
        condition, mean, log_variance = self.generator.conditioning(batch.drawn_sentence, epsilon)
        condition_loss = losses.condition_loss(mean, log_variance)
        first, last = min(self.settings.stages), max(self.settings.stages)
        if first == 0:
            canvases = list(self.generator.stages(noise, condition, text, last + 1))
            return None, canvases, condition_loss
        with torch.no_grad():
            *_, before = self.generator.stages(noise, condition, text, first)
        if self.settings.patch < 1:
            side = before.drawn.shape[-1]
            size = int(side * self.settings.patch)
            top, left = torch.randint(side - size + 1, (2,)).tolist()
            before = before.crop(top, left, size)
        canvases = [before]
        for stage in range(first, last + 1):
            canvases.append(self.generator.refine(canvases[-1], stage, text))
        return before, canvases[1:], condition_loss.detach()

    def _real(self, rows: Tensor) -> list[Tensor]:
        """Photographs for each trained stage, cut to patches of the size of the drawn ones."""
        flip = torch.rand(len(rows)) < 0.5
        place = torch.rand(2)
        images = []
        for stage, size in zip(self.settings.stages, self.sizes, strict=True):
            image = self.pictures.batch(rows, size, flip)
            if self.settings.patch < 1:
                side = int(size * self.settings.patch)
                top, left = (place * (size - side + 1)).int().tolist()
                image = image[..., top : top + side, left : left + side]
            if size < self.config.sizes[stage]:
                image = enlarge(image).clamp(-1, 1)
            images.append(image.to(self.device))
        return images

    def _read(self, rows: Tensor) -> TextFeatures:
        """Encode one caption, chosen at random, of each picture."""
        chosen = []
        for row in rows.tolist():
            captions = self.captions[row]
            chosen.append(captions[int(torch.randint(len(captions), ()))])
        with torch.no_grad():
            text: TextFeatures = self.damsm.text_encoder(*pad_ids(chosen))
        return text.to(self.device)

    def _with_noise(self, sentence: Tensor) -> Tensor:
        noise = torch.randn(sentence.shape).to(self.device) * sentence.std()
        length = sentence.norm(dim=1, keepdim=True)
        return F.normalize(sentence + self.settings.sentence_noise * noise, dim=1) * length

    def _autocast(self) -> torch.autocast:
        return torch.autocast(self.device.type, torch.bfloat16)

    def save(self) -> None:
        """Save everything needed to go on, and a grid of pictures to look at."""
        state = {
            "settings": asdict(self.settings),
            "generator_config": asdict(self.config),
            "generator": self.generator.state_dict(),
            "ema": self.ema.state_dict(),
            "discriminators": self.discriminators.state_dict(),
            "generator_optimizer": self.generator_optimizer.state_dict(),
            "discriminator_optimizer": self.discriminator_optimizer.state_dict(),
            "random": torch.get_rng_state(),
            "pictures_seen": self.pictures_seen,
            "seconds": self.seconds,
        }
        save_state(state, self.run / "gan.pt")
        averaged = self.ema.module
        assert isinstance(averaged, Generator)
        path = self.run / f"samples-{self.pictures_seen:07d}.jpg"
        save_sample_grid(averaged, self.damsm, path)

    def resume(self, path: Path) -> None:
        """Go on where a saved run of the same settings stopped."""
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.start_from(path)
        self.discriminators.load_state_dict(state["discriminators"])
        self.generator_optimizer.load_state_dict(state["generator_optimizer"])
        self.discriminator_optimizer.load_state_dict(state["discriminator_optimizer"])
        torch.set_rng_state(state["random"].cpu())
        self.pictures_seen, self.seconds = state["pictures_seen"], state["seconds"]

    def start_from(self, path: Path) -> None:
        """Take over the generator of an earlier run: its EMA below the trained stages.

        A frozen stage draws with its averaged weights, since those are what is exported.
        """
        state = torch.load(path, map_location=self.device, weights_only=True)
        self.ema.load_state_dict(state["ema"])
        averaged = self.ema.module.state_dict()
        weights: dict[str, Any] = {}
        trained_before = state["settings"]["stages"]
        trained = tuple(trained_before) == self.settings.stages
        for name, value in state["generator"].items():
            weights[name] = value if trained and self._is_trained(name) else averaged[name]
        self.generator.load_state_dict(weights)

    def _is_trained(self, name: str) -> bool:
        for stage in self.settings.stages:
            prefixes = (
                ("conditioning.", "initial.", "to_image.0.")
                if stage == 0
                else (f"refinements.{stage - 1}.", f"to_image.{stage}.")
            )
            if name.startswith(prefixes):
                return True
        return False


@contextmanager
def _stop_when_asked() -> Iterator[list[int]]:
    """Collect SIGINT and SIGTERM in a list instead of dying of them in the middle of a step."""
    asked: list[int] = []
    previous = {
        number: signal.signal(number, lambda received, _: asked.append(received))
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield asked
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def load_trainer(
    settings: GanTraining, config: GeneratorConfig, damsm: Path, data: Path, run: Path
) -> GanTrainer:
    """Build a trainer on the GPU when there is one, otherwise on the CPU."""
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    loaded = load_damsm(damsm)
    config = replace(config, text_feature_size=loaded.config.feature_size)
    return GanTrainer(settings, config, loaded, data, run, device)
