"""Trains the generator's stages against their discriminators; one reads it top to bottom."""

from __future__ import annotations

import json
import math
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
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
from models.training.augment import AugmentConfig, augment
from models.training.damsm import damsm_loss
from models.training.damsm_trainer import Damsm, load_damsm, read_captions
from models.training.data import Pictures, read_examples
from models.training.discriminators import ProjectedDiscriminator
from models.training.files import save_state
from models.training.image_encoder import REGION_MAP, ImageFeatures
from models.training.samples import save_sample_grid


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
        progress = tqdm(desc="gan", unit=" pictures", initial=self.pictures_seen)
        with _stop_when_asked() as asked, (self.run / "gan.jsonl").open("a") as log:
            rows_left: list[Tensor] = []
            totals: dict[str, float] = {}
            steps = 0
            while not asked:
                before = time.perf_counter()
                if not rows_left:
                    rows_left = list(
                        torch.randperm(len(self.pictures)).split(self.settings.batch_size)[:-1]
                    )
                values = self.step(rows_left.pop())
                if not all(math.isfinite(value) for value in values.values()):
                    raise FloatingPointError(
                        f"training broke down after {self.pictures_seen} pictures: {values}; "
                        f"the last good checkpoint is {self.run / 'gan.pt'}"
                    )
                self.seconds += time.perf_counter() - before
                self.pictures_seen += self.settings.batch_size
                progress.update(self.settings.batch_size)
                steps += 1
                totals = {name: totals.get(name, 0.0) + value for name, value in values.items()}
                if steps == 50:
                    line: dict[str, float] = {
                        "pictures": self.pictures_seen,
                        "minutes": round(self.seconds / 60, 2),
                    }
                    line |= {name: round(total / steps, 4) for name, total in totals.items()}
                    log.write(json.dumps(line) + "\n")
                    log.flush()
                    totals, steps = {}, 0
                if self.seconds - saved > 60 * self.settings.checkpoint_minutes:
                    self.save()
                    saved = self.seconds
                if (
                    self.seconds - started > 60 * minutes
                    or self.pictures_seen - first_picture >= pictures
                ):
                    break
        progress.close()
        self.save()

    def step(self, rows: Tensor) -> dict[str, float]:
        """One update of the discriminators and one of the generator on the same drawings."""
        settings = self.settings
        text = self._read(rows)
        count = len(rows) - int(len(rows) * settings.pair_share)
        paired = torch.cat([torch.arange(count), torch.arange(len(rows) - count)])
        drawn_text = TextFeatures(text.words[paired], text.sentence[paired], text.mask[paired])
        sentence = self._with_noise(text.sentence)
        drawn_sentence = sentence[paired]

        with self._autocast():
            before, canvases, condition_loss = self._draw(drawn_text, drawn_sentence, rows)
        images = [canvas.image.float() for canvas in canvases]
        real = self._real(rows, before)

        values: dict[str, float] = {}
        sentences = None if settings.patch < 1 else sentence
        discriminator_total = torch.zeros((), device=self.device)
        seen = []
        for place, (stage, judge) in enumerate(zip(settings.stages, self.judges, strict=True)):
            size = settings.judged_sizes[stage]
            with torch.no_grad():
                real_maps, _ = self.features(augment(real[place], size, settings.augment))
            maps, pooled = self.features(augment(images[place], size, settings.augment))
            seen.append((maps, pooled))
            asked = [None] if sentences is None else [sentences, sentences.roll(1, 0)]
            real_scores = judge(real_maps, asked)
            (drawn_scores,) = judge(
                [feature_map.detach() for feature_map in maps],
                [None if sentences is None else drawn_sentence],
            )
            loss = losses.discriminator_loss(
                real_scores[0], None if sentences is None else real_scores[1], drawn_scores
            )
            discriminator_total = discriminator_total + loss
            values[f"d{stage}"] = loss.item()
        self.discriminator_optimizer.zero_grad()
        discriminator_total.backward()
        self.discriminator_optimizer.step()

        generator_total = settings.condition_weight * condition_loss
        values["condition"] = condition_loss.item()
        self.discriminators.requires_grad_(False)
        for place, (stage, judge) in enumerate(zip(settings.stages, self.judges, strict=True)):
            maps, pooled = seen[place]
            (scores,) = judge(maps, [None if sentences is None else drawn_sentence])
            loss = losses.generator_loss(scores)
            values[f"g{stage}"] = loss.item()
            generator_total = generator_total + loss
            if sentences is not None:
                regions, whole = self.damsm.projection(maps[REGION_MAP], pooled)
                species = self.pictures.species[rows][paired].to(self.device)
                damsm = damsm_loss(regions, whole, drawn_text, species, self.damsm.config)
                values |= {
                    f"words{stage}": damsm.words.item(),
                    f"sentence{stage}": damsm.sentence.item(),
                }
                generator_total = generator_total + settings.damsm_weight * (
                    damsm.words + damsm.sentence
                )
        if 0 in settings.stages:
            first = images[0]
            seeking = losses.mode_seeking_loss(
                first[count:], first[: len(rows) - count], settings.mode_seeking_target
            )
            values["mode_seeking"] = seeking.item()
            generator_total = generator_total + settings.mode_seeking_weight * seeking
        earlier = ([] if before is None else [before.image.float()]) + images
        for picture, smaller in zip(earlier[1:], earlier, strict=False):
            consistency = losses.consistency_loss(picture, smaller.detach())
            values["consistency"] = values.get("consistency", 0.0) + consistency.item()
            generator_total = generator_total + settings.consistency_weight * consistency
        self.generator_optimizer.zero_grad()
        generator_total.backward()
        self.generator_optimizer.step()
        for judge in self.judges:
            judge.train_heads()
        self.ema.update_parameters(self.generator)
        return values

    def _draw(
        self, text: TextFeatures, sentence: Tensor, rows: Tensor
    ) -> tuple[Canvas | None, list[Canvas], Tensor]:
        """Draw the trained stages; also give the canvas before them, cut to the patch."""
        batch, config = len(rows), self.config
        noise = torch.randn(batch, config.noise_size).to(self.device)
        epsilon = torch.randn(batch, config.condition_size).to(self.device)
        condition, mean, log_variance = self.generator.conditioning(sentence, epsilon)
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
        canvases = []
        canvas = before
        for stage in range(first, last + 1):
            canvas = self.generator.refine(canvas, stage, text)
            canvases.append(canvas)
        return before, canvases, condition_loss.detach()

    def _real(self, rows: Tensor, before: Canvas | None) -> list[Tensor]:
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
