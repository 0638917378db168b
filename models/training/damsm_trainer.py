"""Trains DAMSM: the text encoder and the projections of frozen picture features."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from models.checkpoint import load_checkpoint
from models.config import TextEncoderConfig
from models.text_encoder import TextEncoder, pad_ids
from models.training.cached_features import cache_features
from models.training.counterfactual import Counterfactual
from models.training.damsm import DamsmConfig, ImageProjection, damsm_loss
from models.training.damsm_model import MODEL_KEYS, load_damsm, read_captions
from models.training.damsm_scores import retrieval, swaps_told
from models.training.data import Pictures, read_examples
from models.training.files import load_state, save_state
from models.training.image_encoder import REGION_MAP, ImageFeatures
from models.training.recolour import Recolourer, Recolouring
from models.vocabulary import Vocabulary

_RUN_KEYS = ("settings", "optimizer", "schedule", "random", "lines", *MODEL_KEYS)


@dataclass(frozen=True)
class DamsmTraining:
    """Settings of a DAMSM run.

    Attributes
    ----------
    picture_sizes : sides in pixels at which pictures are shown; several, since the generator's
        pictures will be judged small and large. The last is the one retrieval is measured at.
    features : name of the frozen picture network.
    recoloured : share of the pictures whose colour a caption names that are shown in another one,
        with the caption changed to say so (see `recolour`).
    counterfactual : whether each sentence is also contrasted with itself, its colours exchanged
        (see `counterfactual`); the paper's is not.
    train_text_encoder : whether the text encoder learns; otherwise it is left as it was in the run
        or weights begun with, so that generators and listeners made for it go on fitting.
    """

    epochs: int = 20
    batch_size: int = 64
    learning_rate: float = 2e-3
    picture_sizes: tuple[int, ...] = (96, 128)
    features: str = "efficientnet-lite0"
    recoloured: float = 0.5
    counterfactual: bool = True
    train_text_encoder: bool = True
    seed: int = 0


def train_damsm(
    train: Path,
    test: Path,
    run: Path,
    settings: DamsmTraining,
    config: DamsmConfig,
    resume: bool = False,
    start_from: Path | None = None,
) -> Path:
    """Train on one folder, choose the epoch by retrieval on the other, and save that epoch.

    Parameters
    ----------
    start_from : ``damsm.pt`` of a run on the same captions, whose networks are trained further; or
        a weights file, whose text encoder is.
    resume : go on after the last whole epoch of the run in the folder `run`, if there is one.

    Returns
    -------
    The path of the saved model, ``run/damsm.pt``; ``run/damsm.jsonl`` has a line an epoch.

    Raises
    ------
    FloatingPointError
        The loss is not a number; the last good epoch is named.
    ValueError
        The run to go on with had other settings or other pictures, or an untrained text encoder
        was to be left as it is.
    """
    if not (settings.train_text_encoder or start_from or resume):
        raise ValueError(
            "a text encoder that is not trained has to come from somewhere: start_from"
        )
    run.mkdir(parents=True, exist_ok=True)
    trainer = DamsmTrainer(train, test, run, settings, config)
    if resume and trainer.state_path.exists():
        trainer.resume()
    elif start_from:
        trainer.start_from(start_from)
    first = len(trainer.lines)
    for _ in tqdm(range(first, settings.epochs), "DAMSM", settings.epochs, initial=first):
        trainer.epoch()
        tqdm.write(json.dumps(trainer.lines[-1]))
    return trainer.model_path


class DamsmTrainer:
    """The state of a run: networks, optimiser, random state, and a line for each epoch so far."""

    def __init__(
        self, train: Path, test: Path, run: Path, settings: DamsmTraining, config: DamsmConfig
    ) -> None:
        torch.manual_seed(settings.seed)
        self.settings, self.config = settings, config
        self.model_path, self.state_path = run / "damsm.pt", run / "damsm-run.pt"
        self._log_path = run / "damsm.jsonl"
        self.lines: list[dict[str, float]] = []
        self.pictures = Pictures(read_examples(train), settings.picture_sizes)
        self.steps = len(self.pictures) // settings.batch_size
        if not self.steps:
            raise ValueError(
                f"{train} has {len(self.pictures)} pictures, less than one batch of "
                f"{settings.batch_size}: choose a smaller --batch-size."
            )
        self.vocabulary = Vocabulary.from_captions(
            caption for example in self.pictures.examples for caption in example.captions
        )
        self._features = features = ImageFeatures(settings.features)
        self._caches = [
            cache_features(features, self.pictures, size) for size in settings.picture_sizes
        ]
        self._recolourer, self._counterfactual = None, None
        if settings.recoloured:
            self._recolourer = Recolourer(self.vocabulary, self.pictures)
        if settings.counterfactual:
            self._counterfactual = Counterfactual(self.vocabulary)
        self._unseen = Pictures(read_examples(test), settings.picture_sizes[-1:])
        if len(self._unseen.species.unique()) < 2:
            raise ValueError(f"{test} needs pictures of two species: the epoch is chosen by them.")
        self._unseen_cache = cache_features(features, self._unseen, settings.picture_sizes[-1])

        self.encoder = TextEncoder(
            TextEncoderConfig(len(self.vocabulary), feature_size=config.feature_size)
        )
        self.projection = ImageProjection(features, config)
        self._captions = read_captions(
            self.pictures, self.vocabulary, self.encoder.config.max_words
        )
        self.encoder.requires_grad_(settings.train_text_encoder)
        learning = [*self.encoder.parameters(), *self.projection.parameters()]
        self._parameters = [weights for weights in learning if weights.requires_grad]
        self._optimizer = torch.optim.AdamW(
            self._parameters, settings.learning_rate, weight_decay=1e-3
        )
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer, settings.learning_rate, total_steps=self.steps * settings.epochs
        )

    def epoch(self) -> None:
        """Train on all pictures once, measure retrieval on unseen species, and save."""
        self.encoder.train(self.settings.train_text_encoder)
        order = torch.randperm(len(self.pictures))[: self.steps * self.settings.batch_size]
        losses = [self._step(rows) for rows in order.split(self.settings.batch_size)]
        loss = sum(losses) / len(losses)
        if not math.isfinite(loss):
            kept = f"{self.model_path} keeps the best epoch so far" if self.lines else "none saved"
            raise FloatingPointError(
                f"training broke down in epoch {len(self.lines)} (loss {loss}; {kept}): "
                "try a lower --learning-rate."
            )
        unseen = (self.encoder, self.projection, self._unseen_cache, self._unseen, self.vocabulary)
        score, told = retrieval(*unseen), swaps_told(*unseen)
        best = max((line["r_at_1"] for line in self.lines), default=-1.0)
        self.lines.append({"epoch": len(self.lines), "loss": loss, "r_at_1": score})
        if told is not None:
            self.lines[-1]["swaps_told"] = told
        # The model first: a run killed in between repeats the epoch, and saves the same model.
        if score > best:
            save_state(self._model() | {"scores": self.lines[-1]}, self.model_path)
        self._save()

    def _step(self, rows: Tensor) -> float:
        chosen = int(torch.randint(len(self._caches), ()))
        mirrored = int(torch.randint(2, ()))
        captions = [self._caption(row) for row in rows.tolist()]
        recolouring = Recolouring.of_none(len(rows))
        if self._recolourer:
            captions, recolouring = self._recolourer.exchange_some(
                rows.tolist(), captions, self.settings.recoloured
            )
        region_map, pooled = self._see(rows, chosen, mirrored, recolouring)
        regions, whole = self.projection(region_map, pooled)
        text = self.encoder(*pad_ids(captions))
        wrong = None
        if self._counterfactual:
            wrong = self._counterfactual.encode(captions, self.encoder)
        loss = damsm_loss(regions, whole, text, self.pictures.species[rows], self.config, wrong)
        total = loss.words + loss.sentence
        self._optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self._parameters, 1.0)
        self._optimizer.step()
        self._schedule.step()
        return total.item()

    def _caption(self, row: int) -> Sequence[int]:
        captions = self._captions[row]
        return captions[int(torch.randint(len(captions), ()))]

    def _see(
        self, rows: Tensor, chosen: int, mirrored: int, recolouring: Recolouring
    ) -> tuple[Tensor, Tensor]:
        """Features of pictures: remembered ones, but of those in another colour new ones."""
        region_map, pooled = self._caches[chosen].batch(rows, mirrored)
        changed = recolouring.reach.nonzero().flatten()
        if len(changed):
            flips = torch.full((len(changed),), bool(mirrored))
            images = self.pictures.batch(rows[changed], self.settings.picture_sizes[chosen], flips)
            with torch.no_grad():
                maps, whole = self._features(recolouring.rows(changed).apply(images))
            region_map[changed], pooled[changed] = maps[REGION_MAP], whole
        return region_map, pooled

    def _model(self) -> dict[str, Any]:
        """What `load_damsm` needs."""
        return {
            "vocabulary": list(self.vocabulary.words),
            "text_encoder_config": asdict(self.encoder.config),
            "damsm_config": asdict(self.config),
            "features": self.settings.features,
            "picture_size": self.settings.picture_sizes[-1],
            "text_encoder": self.encoder.state_dict(),
            "projection": self.projection.state_dict(),
        }

    def _save(self) -> None:
        """Save everything needed to go on after this epoch, and write the log anew."""
        state = {
            "settings": asdict(self.settings),
            "optimizer": self._optimizer.state_dict(),
            "schedule": self._schedule.state_dict(),
            "random": torch.get_rng_state(),
            "lines": self.lines,
        }
        save_state(self._model() | state, self.state_path)
        self._write_log()

    def _write_log(self) -> None:
        text = "".join(json.dumps(line) + "\n" for line in self.lines)
        self._log_path.write_text(text, encoding="utf-8")

    def start_from(self, path: Path) -> None:
        """Begin with the networks of another run, or with the text encoder of a weights file.

        Raises
        ------
        CheckpointError, FileNotFoundError, ValueError
            There is no such file, or it is of other captions or another shape.
        """
        if path.suffix == ".safetensors":
            weights = load_checkpoint(path)
            if weights.vocabulary.words != self.vocabulary.words:
                raise ValueError(f"{path} was made with other captions.")
            if weights.text_encoder.config != self.encoder.config:
                raise ValueError(f"{path} has a text encoder of another shape.")
            self.encoder.load_state_dict(weights.text_encoder.state_dict())
            return
        earlier = load_damsm(path)
        if earlier.vocabulary.words != self.vocabulary.words:
            raise ValueError(f"{path} was made with other captions.")
        if (earlier.config, earlier.features) != (self.config, self.settings.features):
            raise ValueError(f"{path} has another shape, or looks through another network.")
        self.encoder.load_state_dict(earlier.text_encoder.state_dict())
        self.projection.load_state_dict(earlier.projection.state_dict())

    def resume(self) -> None:
        """Go on after the last whole epoch that was saved, as if nothing had happened."""
        state = load_state(self.state_path, "DAMSM run", _RUN_KEYS)
        now = (asdict(self.settings), asdict(self.config))
        if (state["settings"], state["damsm_config"]) != now:
            raise ValueError(
                f"{self.state_path} was made with other settings; to resume, repeat them: "
                f"{state['settings']}"
            )
        if state["vocabulary"] != list(self.vocabulary.words):
            raise ValueError(f"{self.state_path} was made with other training pictures.")
        self.encoder.load_state_dict(state["text_encoder"])
        self.projection.load_state_dict(state["projection"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self.lines = state["lines"]
        torch.set_rng_state(state["random"])
