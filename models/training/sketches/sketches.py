"""Trains the scorer of sketches: the expert's first blocks, on photographs as small as sketches."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from models.networks.config import FIRST_STAGE_SIZE, setting
from models.networks.text_encoder import pad_ids
from models.sketches.sketch_scorer import SEEN_AT, SketchScorer
from models.training.damsm.model import Damsm
from models.training.damsm.similarity import contrastive_loss, sentence_scores
from models.training.data.augment import AugmentConfig, Movement, augment
from models.training.data.captions import Captions, CaptionSettings
from models.training.data.counterfactual import Counterfactual
from models.training.data.crops import Crop, CropSettings
from models.training.data.examples import Example
from models.training.data.photographs import Photographs, kept_side
from models.training.expert.parts import part_loss
from models.training.features.image_features import ImageFeatures
from models.training.features.part_features import PartFeatures
from models.training.runs.states import load_state, save_state

_GAMMA = 10.0
"""How sharply the right sentence is told from the others, as gamma3 of DAMSM."""


@dataclass(frozen=True)
class SketchTraining:
    """Settings of the scorer of sketches."""

    epochs: int = setting(4, "how often all photographs are seen")
    batch_size: int = setting(64, "photographs a step")
    learning_rate: float = setting(1e-3, "the highest one; a fifth of it for the expert's blocks")
    fit_weight: float = setting(0.5, "weight of telling the right sentence from others")
    captions: CaptionSettings = setting(
        CaptionSettings(of_species=0.1), "which sentence is said of a photograph"
    )
    crops: CropSettings = setting(CropSettings(), "how squares are cut round birds")
    augment: AugmentConfig = setting(
        AugmentConfig(shift=0.06, scale=0.1, cutout=0.15), "how they are moved and blanked"
    )


def train_sketch_scorer(
    examples: Sequence[Example],
    damsm: Damsm,
    path: Path,
    settings: SketchTraining,
    device: torch.device,
    seed: int = 0,
) -> None:
    """Train a scorer and write it; it takes minutes, and one that was stopped begins anew.

    Parameters
    ----------
    examples : photographs with parts; those without any teach the fit of sentences alone.
    damsm : whose picture network it begins with, an EfficientNet-Lite0.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(seed)
    photographs = Photographs(examples, kept_side(FIRST_STAGE_SIZE), device)
    vocabulary, encoder = damsm.vocabulary, damsm.text_encoder
    species, limit = photographs.species, encoder.config.max_words
    captions = Captions(photographs.examples, species, vocabulary, limit, settings.captions)
    scorer = SketchScorer(encoder.config.feature_size)
    begin_with(scorer, damsm.features)
    scorer.to(device)
    trainer = _Trainer(scorer, photographs, captions, damsm, settings, device)
    for _ in range(settings.epochs):
        trainer.epoch()
    save_state({"scorer": scorer.state_dict(), "seed": seed}, path)


def load_sketch_scorer(path: Path, sentence_size: int) -> SketchScorer:
    """Read what `train_sketch_scorer` wrote; errors as of `states.load_state`."""
    state = load_state(path, "scorer of sketches", ("scorer",))
    scorer = SketchScorer(sentence_size)
    try:
        scorer.load_state_dict(state["scorer"])
    except (AttributeError, TypeError, RuntimeError) as error:
        raise ValueError(
            f"{path} does not fit: it was trained beside another text encoder, or is damaged."
        ) from error
    return scorer.eval().requires_grad_(False)


def begin_with(scorer: SketchScorer, features: ImageFeatures | PartFeatures) -> None:
    """Take over the first blocks of an EfficientNet-Lite0, its batch norms folded."""
    if isinstance(features, PartFeatures):
        features = features.features
    own = [scorer.stem, *scorer.blocks]
    theirs = [features.stem, *list(features.blocks)[: len(scorer.blocks)]]
    for part, other in zip(own, theirs, strict=True):
        pairs = zip(_convolutions(part), _convolutions(other), strict=True)
        for mine, learned in pairs:
            mine.load_state_dict(learned.state_dict())


def _convolutions(part: nn.Module) -> list[nn.Conv2d]:
    """A block's convolutions in the order in which they are computed."""
    named = ("_expand_conv", "_depthwise_conv", "_project_conv")
    if hasattr(part, "_project_conv"):
        parts = [getattr(part, name) for name in named if hasattr(part, name)]
        return [layer for each in parts for layer in _convolutions(each)]
    return [layer for layer in part.modules() if isinstance(layer, nn.Conv2d)]


class _Trainer:
    def __init__(
        self,
        scorer: SketchScorer,
        photographs: Photographs,
        captions: Captions,
        damsm: Damsm,
        settings: SketchTraining,
        device: torch.device,
    ) -> None:
        self.scorer, self.photographs, self.captions = scorer, photographs, captions
        self.encoder, self.settings, self.device = damsm.text_encoder, settings, device
        self._counterfactual = Counterfactual(damsm.vocabulary)
        self._steps = max(1, len(photographs) // settings.batch_size)
        begun = [*scorer.stem.parameters(), *scorer.blocks.parameters()]
        new = [*scorer.parts.parameters(), *scorer.fit.parameters(), *scorer.fitted.parameters()]
        rates = [settings.learning_rate / 5, settings.learning_rate]
        self._optimizer = torch.optim.AdamW(
            [{"params": part, "lr": rate} for part, rate in zip((begun, new), rates, strict=True)],
            weight_decay=0.02,
            fused=True,
        )
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer, rates, total_steps=self._steps * settings.epochs
        )

    def epoch(self) -> None:
        size = self.settings.batch_size
        order = torch.randperm(len(self.photographs))[: self._steps * size]
        losses = [self._step(rows) for rows in tqdm(order.split(size), "sketches", leave=False)]
        parts, fit = torch.tensor(losses).mean(0).tolist()
        if not math.isfinite(parts + fit):
            raise FloatingPointError(f"the scorer of sketches broke down ({parts}, {fit})")
        tqdm.write(f"scorer of sketches: parts {parts:.3f}, fit {fit:.3f}")

    def _step(self, rows: Tensor) -> tuple[float, float]:
        settings, photographs = self.settings, self.photographs
        pose = photographs.pose.rows(rows)
        crop = Crop.sample(photographs.boxes[rows], pose, settings.crops)
        movement = Movement.sample(len(rows), settings.augment)
        small = photographs.cut(rows, crop, FIRST_STAGE_SIZE)
        parts, whole = self.scorer(augment(small, SEEN_AT, settings.augment, movement))
        moved = movement.pose(crop.pose(pose), settings.augment).to(self.device)
        of_parts = part_loss(parts, moved, pose.visible.any(1).to(self.device))
        of_fit = self._fit_loss(rows, whole)
        self._optimizer.zero_grad()
        (of_parts + settings.fit_weight * of_fit).backward()
        self._optimizer.step()
        self._schedule.step()
        return of_parts.item(), of_fit.item()

    def _fit_loss(self, rows: Tensor, whole: Tensor) -> Tensor:
        """How surely each photograph's own sentence is told from others and from itself swapped."""
        captions = [self.captions.choose(row) for row in rows.tolist()]
        with torch.no_grad():
            sentences = self.encoder(*pad_ids(captions)).sentence.to(self.device)
            wrong = self._counterfactual.encode(captions, self.encoder).to(self.device)
        species = self.photographs.species[rows].to(self.device)
        same = species[:, None] == species[None, :]
        scores = sentence_scores(whole, sentences)
        swapped = F.cosine_similarity(whole, wrong.text.sentence, dim=1)
        swapped = swapped.masked_fill(~wrong.changed, float("-inf"))[:, None]
        return contrastive_loss(scores, same, _GAMMA, swapped)
