"""Trains DAMSM: the text encoder and the projections of frozen picture features."""

from __future__ import annotations

import json
import logging
import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from tqdm import tqdm

from models.checkpoint import load_checkpoint
from models.config import TextEncoderConfig
from models.text_encoder import TextEncoder, pad_ids
from models.training.damsm.model import MODEL_KEYS, Damsm, load_damsm, read_captions
from models.training.damsm.scores import retrieval, swaps_told
from models.training.damsm.similarity import DamsmConfig, ImageProjection, damsm_loss
from models.training.data.counterfactual import Counterfactual
from models.training.data.examples import METADATA, Example, Pictures, read_examples
from models.training.data.recolour import Recolourer, Recolouring
from models.training.features.cached_features import cache_features
from models.training.features.image_features import REGION_MAP, ImageFeatures
from models.training.runs.files import load_state, save_state
from models.training.runs.whole_files import write_whole
from models.vocabulary import Vocabulary

_log = logging.getLogger(__name__)

STATE_NAME = "damsm-run.pt"
"""What a run needs to go on, beside ``damsm.pt``, its best epoch."""

_RUN_KEYS = ("settings", "optimizer", "schedule", "random", "lines", *MODEL_KEYS)


@dataclass(frozen=True)
class DamsmTraining:
    """Settings of a DAMSM run.

    Attributes
    ----------
    epochs : how often all training pictures are seen.
    batch_size : pictures a step; each is a wrong answer for the sentences of the others.
    learning_rate : the highest one; it rises to that first, and falls to nothing at the end.
    picture_sizes : sides in pixels at which pictures are shown; several, since the generator's
        pictures will be judged small and large. The last is the one retrieval is measured at.
    features : name of the frozen picture network.
    recoloured : share of the pictures whose colour a caption names that are shown in another one,
        with the caption changed to say so (see `recolour`).
    counterfactual : whether each sentence is also contrasted with itself, its colours exchanged
        (see `counterfactual`); the paper's is not.
    train_text_encoder : whether the text encoder learns; otherwise it is left as it was in the run
        or weights begun with, so that generators and listeners made for it go on fitting.
    seed : of all random numbers.
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
    start_from : ``damsm.pt`` of a run, whose networks are trained further; or a weights file,
        whose text encoder is. Its words are the words of the new run: what else the captions say
        is not read.
    resume : go on after the last whole epoch of the run in the folder `run`, if there is one.

    Returns
    -------
    The path of the saved model, ``run/damsm.pt``; ``run/damsm.jsonl`` has a line an epoch.

    Raises
    ------
    FloatingPointError
        The loss is not a number; the last good epoch is named.
    ValueError
        There is a run that is not to be gone on with; or it had other settings or other pictures;
        or an untrained text encoder was to be left as it is; or a data folder cannot be used.
    """
    state = run / STATE_NAME
    if state.exists() and not resume:
        raise ValueError(f"{run} holds a run already: name --resume, or another folder")
    resume = state.exists()
    if not (settings.train_text_encoder or start_from or resume):
        raise ValueError(
            "a text encoder that is not trained has to come from somewhere: name --start-from"
        )
    run.mkdir(parents=True, exist_ok=True)
    trainer = DamsmTrainer(train, test, run, settings, config, state if resume else start_from)
    if resume:
        trainer.resume()
    first = len(trainer.lines)
    for _ in tqdm(range(first, settings.epochs), "DAMSM", settings.epochs, initial=first):
        trainer.epoch()
        tqdm.write(json.dumps(trainer.lines[-1]))
    return trainer.model_path


class DamsmTrainer:
    """The state of a run: networks, optimiser, random state, and a line for each epoch so far.

    Parameters
    ----------
    start_from : see `train_damsm`; the state of the run itself, too, before it is resumed.
    """

    def __init__(
        self,
        train: Path,
        test: Path,
        run: Path,
        settings: DamsmTraining,
        config: DamsmConfig,
        start_from: Path | None = None,
    ) -> None:
        torch.manual_seed(settings.seed)
        self.model_path, self.state_path = run / "damsm.pt", run / STATE_NAME
        self._log_path = run / "damsm.jsonl"
        self.lines: list[dict[str, float]] = []
        # What is wrong with species and captions is told before pictures are looked at for minutes.
        examples, unseen = read_examples(train), read_examples(test)
        _check_species(examples, unseen, test)
        self.steps = len(examples) // settings.batch_size
        if not self.steps:
            raise ValueError(
                f"{train} has {len(examples)} pictures, less than one batch of "
                f"{settings.batch_size}: choose a smaller --batch-size."
            )
        begun = _read_start(start_from) if start_from else None
        if begun:
            self.vocabulary, text_config = begun.vocabulary, begun.text_encoder.config
            config = replace(config, feature_size=text_config.feature_size)
        else:
            self.vocabulary = Vocabulary.from_captions(
                caption for example in examples for caption in example.captions
            )
            text_config = TextEncoderConfig(len(self.vocabulary), feature_size=config.feature_size)
        self.settings, self.config = settings, config
        self._trained_on = sha256((train / METADATA).read_bytes()).hexdigest()
        self.pictures = Pictures(examples, settings.picture_sizes)
        self._unseen = Pictures(unseen, settings.picture_sizes[-1:])
        self._captions, self._unseen_captions = (
            read_captions(pictures, self.vocabulary, text_config.max_words)
            for pictures in (self.pictures, self._unseen)
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
        self._unseen_cache = cache_features(features, self._unseen, settings.picture_sizes[-1])

        self.encoder = TextEncoder(text_config)
        self.projection = ImageProjection(features, config)
        if begun:
            self._begin_with(begun)
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
        networks = (self.encoder, self.projection, self._unseen_cache, self._unseen_captions)
        score = retrieval(*networks, self._unseen.species)
        told = swaps_told(*networks, self.vocabulary)
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
            "trained_on": self._trained_on,
        }
        save_state(self._model() | state, self.state_path)
        write_whole(self._log_path, "".join(json.dumps(line) + "\n" for line in self.lines))

    def _begin_with(self, begun: _Start) -> None:
        self.encoder.load_state_dict(begun.text_encoder.state_dict())
        if begun.damsm:
            if (begun.damsm.config, begun.damsm.features) != (self.config, self.settings.features):
                raise ValueError(
                    f"{begun.path} has another shape, or looks through another network: "
                    f"--features {begun.damsm.features}."
                )
            self.projection.load_state_dict(begun.damsm.projection.state_dict())

    def resume(self) -> None:
        """Go on after the last whole epoch that was saved, as if nothing had happened."""
        state = load_state(self.state_path, "DAMSM run", _RUN_KEYS)
        now = (asdict(self.settings), asdict(self.config))
        if (state["settings"], state["damsm_config"]) != now:
            raise ValueError(
                f"{self.state_path} was made with other settings; to resume, repeat them: "
                f"{state['settings']}"
            )
        if state.get("trained_on", self._trained_on) != self._trained_on:
            raise ValueError(
                f"{self.state_path} was made with other training pictures or captions: name the "
                "same --train, or begin another run with --start-from."
            )
        self.encoder.load_state_dict(state["text_encoder"])
        self.projection.load_state_dict(state["projection"])
        self._optimizer.load_state_dict(state["optimizer"])
        self._schedule.load_state_dict(state["schedule"])
        self.lines = state["lines"]
        torch.set_rng_state(state["random"])


@dataclass(frozen=True)
class _Start:
    """What a run begins with; `damsm` when there is more than a text encoder."""

    path: Path
    vocabulary: Vocabulary
    text_encoder: TextEncoder
    damsm: Damsm | None = None


def _read_start(path: Path) -> _Start:
    """Read the networks of another run, or the text encoder of a weights file.

    Raises
    ------
    CheckpointError, FileNotFoundError, ValueError
        There is no such file, or it is damaged or foreign.
    """
    if path.suffix == ".safetensors":
        weights = load_checkpoint(path)
        return _Start(path, weights.vocabulary, weights.text_encoder)
    damsm = load_damsm(path)
    return _Start(path, damsm.vocabulary, damsm.text_encoder, damsm)


def _check_species(examples: Sequence[Example], unseen: Sequence[Example], test: Path) -> None:
    """See that there is something to choose an epoch by."""
    trained, tested = ({example.species for example in part} for part in (examples, unseen))
    if len(tested) < 2:
        raise ValueError(
            f"{test} needs pictures of two species, since the epoch is chosen by them: "
            "`prepare --test-species 2` keeps two for it."
        )
    if both := sorted(trained & tested):
        _log.warning(
            "%d species are in both folders (%s): scores will tell how well they are known by "
            "heart, not how well sentences are understood.",
            len(both),
            ", ".join(both[:3]) + (", …" if len(both) > 3 else ""),
        )
