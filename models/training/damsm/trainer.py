"""Trains DAMSM: the text encoder and the projections of frozen picture features."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from models.networks.config import TextEncoderConfig
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
from models.training.runs.files import load_state, save_state
from models.training.runs.whole_files import write_whole
from models.words.names import name_sentences
from models.words.vocabulary import Vocabulary

DAMSM_NAME, STATE_NAME = "damsm.pt", "damsm-run.pt"
"""The best epoch, and what a run needs to go on; there is none any more when it is complete."""

_RUN_KEYS = ("settings", "encoder", "projection", "optimizer", "schedule", "random", "lines")
_NAME_SENTENCES = 60
"""Sentences of each name that the vocabulary is collected from, beside the captions."""


@dataclass(frozen=True)
class DamsmTraining:
    """Settings of DAMSM's training."""

    epochs: int = field(default=16, metadata={"help": "how often all photographs are seen"})
    batch_size: int = field(
        default=160,
        metadata={"help": "photographs a step; each is a wrong answer for the others' sentences"},
    )
    words_of: int = field(
        default=48,
        metadata={
            "help": "how many of them the word loss is about: its time grows with their square"
        },
    )
    learning_rate: float = field(
        default=3e-3, metadata={"help": "the highest one; it rises to that, and falls to nothing"}
    )
    picture_sizes: tuple[int, ...] = field(
        default=(96, 128),
        metadata={
            "help": "sides in pixels at which pictures are shown, one by chance a step: those at "
            "which drawings will be judged. Retrieval is measured at the last"
        },
    )
    features: str = field(
        default="expert",
        metadata={"help": "what it looks through: 'expert', or the name of an ImageNet network"},
    )
    dropout: float = field(default=0.5, metadata={"help": "of the text encoder's embeddings"})
    feature_size: int = field(default=256, metadata={"help": "size of word and sentence features"})
    recoloured: float = field(
        default=0.5,
        metadata={
            "help": "share of the photographs whose colour a caption names that are shown in "
            "another one, with the caption changed to say so"
        },
    )
    counterfactual: bool = field(
        default=True,
        metadata={
            "help": "whether each sentence is contrasted with itself, its colours exchanged; the "
            "paper's is not"
        },
    )
    captions: CaptionSettings = field(
        default=CaptionSettings(of_species=0.1),
        metadata={"help": "which sentence is said of a photograph"},
    )
    crops: CropSettings = field(
        default=CropSettings(), metadata={"help": "how squares are cut round birds"}
    )
    augment: AugmentConfig = field(
        default=AugmentConfig(),
        metadata={"help": "how they are moved and blanked, like drawings"},
    )


class DamsmTrainer:
    """The state of a run: networks, optimiser, random state, and a line for each epoch so far.

    Parameters
    ----------
    run : folder for ``damsm.pt`` (the epoch that retrieves best on species that were never seen),
        ``damsm-run.pt`` and ``damsm.jsonl`` (a line an epoch).
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
        run.mkdir(parents=True, exist_ok=True)
        torch.manual_seed(seed)
        self.run, self.settings, self._digest = run, settings, data.digest
        self.config = DamsmConfig(feature_size=settings.feature_size)
        self.lines: list[dict[str, float]] = []
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
        self._captions, unseen_captions = (
            Captions(
                part.examples,
                part.species,
                self.vocabulary,
                text_config.max_words,
                settings.captions,
            )
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

    @property
    def path(self) -> Path:
        return self.run / DAMSM_NAME

    @property
    def complete(self) -> bool:
        return len(self.lines) >= self.settings.epochs

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
                self._features.name,
                self._features,
                self.vocabulary,
                self.encoder,
                self.projection,
                self.settings.picture_sizes[-1],
            )
            state = damsm.state(expert=self.settings.features == "expert")
            save_state(state | {"scores": self.lines[-1]}, self.path)
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

    def save(self) -> None:
        """Save everything needed to go on after this epoch, and write the log anew."""
        state: dict[str, Any] = {
            "settings": asdict(self.settings),
            "data": self._digest,
            "encoder": self.encoder.state_dict(),
            "projection": self.projection.state_dict(),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "random": torch.get_rng_state(),
            "lines": self.lines,
        }
        save_state(state, self.run / STATE_NAME)
        lines = "".join(json.dumps(line) + "\n" for line in self.lines)
        write_whole(self.run / "damsm.jsonl", lines)

    def resume(self) -> None:
        """Go on after the last whole epoch that was saved, as if nothing had happened.

        Raises
        ------
        FileNotFoundError, ValueError
            There is no such run, it is damaged, or it had other settings or other data.
        """
        path = self.run / STATE_NAME
        state = load_state(path, "DAMSM run", _RUN_KEYS)
        if state["settings"] != asdict(self.settings):
            raise ValueError(
                f"{path} was made with other settings; to resume, repeat them: {state['settings']}"
            )
        if state["data"] != self._digest:
            raise ValueError(f"{path} was made with other photographs or captions.")
        self.encoder.load_state_dict(state["encoder"])
        self.projection.load_state_dict(state["projection"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self.lines = state["lines"]
        torch.set_rng_state(state["random"])


def train_damsm(
    data: DataFolder,
    run: Path,
    settings: DamsmTraining,
    expert: Path | None = None,
    seed: int = 0,
) -> Path:
    """Train a DAMSM, or what is left of its epochs, and return the path of ``damsm.pt``."""
    state, path = run / STATE_NAME, run / DAMSM_NAME
    if path.exists() and not state.exists():
        return path
    trainer = DamsmTrainer(data, run, settings, expert, seed)
    if state.exists():
        trainer.resume()
    else:
        trainer.save()  # before there is a model: one without a state counts as complete
    while not trainer.complete:
        trainer.epoch()
        tqdm.write(json.dumps(trainer.lines[-1]))
    state.unlink()
    return path


def _features(settings: DamsmTraining, expert: Path | None) -> ImageFeatures:
    if settings.features != "expert":
        return ImageFeatures(settings.features)
    if expert is None:
        raise ValueError("damsm.features is 'expert', and there is none: name another network")
    return load_expert(expert).features


def _sentences(data: DataFolder) -> Iterator[str]:
    """What the vocabulary is collected from: captions, and sentences of all species' names."""
    chance = Random(0)
    for example in data.train:
        yield from example.captions
    for species in sorted({example.species for example in [*data.train, *data.more]}):
        if name := name_of(species):
            for _ in range(_NAME_SENTENCES):
                yield name_sentences(name, chance)
