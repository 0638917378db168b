"""Trains DAMSM: the text encoder and the projections of frozen picture features."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from models.networks.config import TextEncoderConfig, setting
from models.networks.text_encoder import TextEncoder, pad_ids
from models.painting.precision import chosen_precision
from models.training.damsm.model import Damsm
from models.training.damsm.scores import retrieval, swaps_told
from models.training.damsm.similarity import DamsmConfig, ImageProjection, damsm_loss
from models.training.data.augment import AugmentConfig, Movement, augment
from models.training.data.captions import Captions, CaptionSettings, name_of
from models.training.data.counterfactual import Counterfactual
from models.training.data.crops import Crop, CropSettings
from models.training.data.folder import DataFolder
from models.training.data.photographs import Photographs, kept_side
from models.training.data.recolour import Recolourer, Recolouring
from models.training.expert.expert import load_expert
from models.training.features.cached_features import cache_features
from models.training.features.image_features import REGION_MAP, ImageFeatures
from models.training.features.part_features import PartFeatures
from models.training.runs.epochs import EpochTrainer, train_epochs
from models.training.runs.states import save_state
from models.words.names import name_sentences
from models.words.vocabulary import Vocabulary

NAME = "damsm"
"""Of its files; ``damsm.pt`` is the best epoch."""

_NAME_SENTENCES = 60
"""Sentences of each name that the vocabulary is collected from, beside the captions."""


@dataclass(frozen=True)
class DamsmTraining:
    """Settings of DAMSM's training."""

    epochs: int = setting(16, "how often all photographs are seen")
    batch_size: int = setting(
        160, "photographs a step; each is a wrong answer for the others' sentences"
    )
    words_of: int = setting(
        48, "how many of them the word loss is about: its time grows with their square"
    )
    learning_rate: float = setting(3e-3, "the highest one; it rises to that, and falls to nothing")
    picture_sizes: tuple[int, ...] = setting(
        (96, 128),
        "sides in pixels at which pictures are shown, one by chance a step: those at which "
        "drawings will be judged. Retrieval is measured at the last",
    )
    gamma3: float = setting(
        20.0, "how sharply a picture's sentence is told from others; the paper's is 10"
    )
    exchanged_weight: float = setting(
        1.5, "of telling each sentence from itself with its colours exchanged"
    )
    features: str = setting(
        "expert", "what it looks through: 'expert', or the name of an ImageNet network"
    )
    dropout: float = setting(0.5, "of the text encoder's embeddings")
    feature_size: int = setting(256, "size of word and sentence features")
    recoloured: float = setting(
        0.5,
        "share of the photographs whose colour a caption names that are shown in another one, "
        "with the caption changed to say so",
    )
    counterfactual: bool = setting(
        True,
        "whether each sentence is contrasted with itself, its colours exchanged; the paper's is "
        "not",
    )
    captions: CaptionSettings = setting(
        CaptionSettings(of_species=0.1), "which sentence is said of a photograph"
    )
    crops: CropSettings = setting(CropSettings(), "how squares are cut round birds")
    augment: AugmentConfig = setting(
        AugmentConfig(), "how they are moved and blanked, like drawings"
    )


class DamsmTrainer(EpochTrainer):
    """Keeps the epoch that retrieves best on species that were never seen.

    Parameters
    ----------
    expert : ``expert.pt``, if that is what is looked through.
    """

    def __init__(
        self,
        data: DataFolder,
        run: Path,
        settings: DamsmTraining,
        expert: Path | None = None,
        seed: int = 0,
    ) -> None:
        super().__init__(run, NAME, "DAMSM run", settings, data.digest)
        torch.manual_seed(seed)
        self.config = DamsmConfig(
            feature_size=settings.feature_size,
            gamma3_sentence=settings.gamma3,
            exchanged_weight=settings.exchanged_weight,
        )
        examples = [*data.train, *data.more]
        self._steps = len(examples) // settings.batch_size
        if not self._steps:
            raise ValueError(
                f"{data.path} has {len(examples)} photographs to train on, less than one batch of "
                f"{settings.batch_size}: choose a smaller batch_size."
            )
        self.vocabulary = Vocabulary.from_captions(_sentences(data))
        text_config = TextEncoderConfig(
            len(self.vocabulary), feature_size=settings.feature_size, dropout=settings.dropout
        )
        self.photographs = Photographs(examples, kept_side(max(settings.picture_sizes)))
        unseen = Photographs(data.test, kept_side(settings.picture_sizes[-1]))
        words, limit, chosen = self.vocabulary, text_config.max_words, settings.captions
        self._captions, unseen_captions = (
            Captions(part.examples, part.species, words, limit, chosen)
            for part in (self.photographs, unseen)
        )
        self._recolourer = Recolourer(self.vocabulary, self.photographs)
        self._counterfactual = Counterfactual(self.vocabulary) if settings.counterfactual else None
        self._features = _features(settings, expert)
        self._precision = chosen_precision("auto", torch.device("cpu"))
        cache = cache_features(self._features, unseen, settings.picture_sizes[-1], mirrored=False)
        captions = [unseen_captions.own(row) for row in range(len(unseen))]
        self._unseen = (cache, captions, unseen.species)
        self.encoder = TextEncoder(text_config)
        self.projection = ImageProjection(self._features, self.config)
        self._fast_features = _features(settings, expert).to(self._precision)
        self._parameters = [*self.encoder.parameters(), *self.projection.parameters()]
        self._optimizer = torch.optim.AdamW(
            self._parameters, settings.learning_rate, weight_decay=1e-3, fused=True
        )
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer, settings.learning_rate, total_steps=self._steps * settings.epochs
        )

    def parts(self) -> Mapping[str, Any]:
        return {
            "encoder": self.encoder,
            "projection": self.projection,
            "optimizer": self._optimizer,
            "schedule": self._schedule,
        }

    def epoch(self) -> None:
        """Train on all photographs once, measure retrieval on unseen species, and save."""
        self.encoder.train()
        order = torch.randperm(len(self.photographs))[: self._steps * self.settings.batch_size]
        batches = tqdm(order.split(self.settings.batch_size), "DAMSM", leave=False)
        losses = [self._step(rows) for rows in batches]
        loss = sum(losses) / len(losses)
        if not math.isfinite(loss):
            kept = f"{self.path} keeps the best epoch so far" if self.lines else "none saved"
            raise FloatingPointError(
                f"training broke down in epoch {len(self.lines)} (loss {loss}; {kept}): "
                "try a lower damsm.learning_rate."
            )
        cache, captions, species = self._unseen
        score = retrieval(self.encoder, self.projection, cache, captions, species)
        told = swaps_told(self.encoder, self.projection, cache, captions, self.vocabulary)
        best = max((line["r_at_1"] for line in self.lines), default=-1.0)
        self.lines.append({"epoch": len(self.lines), "loss": loss, "r_at_1": score})
        if told is not None:
            self.lines[-1]["swaps_told"] = told
        # The model first: a run killed in between repeats the epoch, and saves the same model.
        if score > best:
            damsm = Damsm(
                self.config,
                self._features,
                self.vocabulary,
                self.encoder,
                self.projection,
                self.settings.picture_sizes[-1],
            )
            save_state(damsm.state() | {"scores": self.lines[-1]}, self.path)
        self.save()

    def _step(self, rows: Tensor) -> float:
        settings, photographs = self.settings, self.photographs
        size = settings.picture_sizes[int(torch.randint(len(settings.picture_sizes), ()))]
        captions = [self._captions.choose(row) for row in rows.tolist()]
        captions, recolouring = self._recolourer.exchange_some(
            rows.tolist(), captions, settings.recoloured
        )
        regions, whole = self.projection(*self._see(rows, size, recolouring))
        text = self.encoder(*pad_ids(captions))
        wrong = None
        if self._counterfactual:
            wrong = self._counterfactual.encode(captions, self.encoder)
        species = photographs.species[rows]
        loss = damsm_loss(regions, whole, text, species, self.config, wrong, settings.words_of)
        total = loss.words + loss.sentence
        self._optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimizer.step()
        self._schedule.step()
        return total.item()

    @torch.no_grad()
    def _see(self, rows: Tensor, size: int, recolouring: Recolouring) -> tuple[Tensor, Tensor]:
        """Features of squares cut at random, moved and blanked as drawings will be."""
        settings, photographs = self.settings, self.photographs
        pose = photographs.pose.rows(rows)
        crop = Crop.sample(photographs.boxes[rows], pose, settings.crops)
        movement = Movement.sample(len(rows), settings.augment)
        images = recolouring.apply(photographs.cut(rows, crop, size))
        moved = augment(images, size, settings.augment, movement)
        maps, pooled = self._fast_features(moved.to(self._precision))
        return maps[REGION_MAP].float(), pooled.float()


def train_damsm(
    data: DataFolder,
    run: Path,
    settings: DamsmTraining,
    expert: Path | None = None,
    seed: int = 0,
) -> Path:
    """Train a DAMSM, or what is left of its epochs, and return the path of ``damsm.pt``."""
    return train_epochs(run, NAME, lambda: DamsmTrainer(data, run, settings, expert, seed))


def _features(settings: DamsmTraining, expert: Path | None) -> ImageFeatures | PartFeatures:
    if settings.features != "expert":
        return ImageFeatures(settings.features)
    if expert is None:
        raise ValueError("damsm.features is 'expert', and there is none: name another network")
    loaded = load_expert(expert)
    return PartFeatures(loaded.features, loaded.parts)


def _sentences(data: DataFolder) -> Iterator[str]:
    """What the vocabulary is collected from: captions, and sentences of all species' names."""
    chance = Random(0)
    for example in data.train:
        yield from example.captions
    for species in sorted({example.species for example in [*data.train, *data.more]}):
        if name := name_of(species):
            for _ in range(_NAME_SENTENCES):
                yield name_sentences(name, chance)
