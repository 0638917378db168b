"""Trains the bird expert: one picture network, asked three things of every photograph."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from tqdm import tqdm

from models.networks.config import setting
from models.painting.precision import chosen_precision
from models.training.data.augment import AugmentConfig, Movement, augment
from models.training.data.crops import Crop, CropSettings
from models.training.data.folder import DataFolder
from models.training.data.photographs import Photographs, kept_side
from models.training.expert.described import described, described_terms
from models.training.expert.expert import BirdExpert, parameter_groups, save_expert
from models.training.expert.parts import part_loss
from models.training.expert.scores import part_scores
from models.training.runs.epochs import EpochTrainer, state_path, train_epochs

NAME = "expert"
"""Of its files."""


@dataclass(frozen=True)
class ExpertTraining:
    """Settings of the expert's training."""

    features: str = setting("efficientnet-lite0", "name of the picture network")
    epochs: int = setting(8, "how often all photographs are seen")
    batch_size: int = setting(48, "photographs a step")
    picture_sizes: tuple[int, ...] = setting(
        (96, 96, 128), "sides in pixels of what it sees, one by chance a step"
    )
    features_rate: float = setting(
        3e-4, "highest learning rate of the picture network; 0 leaves it ImageNet's"
    )
    heads_rate: float = setting(2e-3, "highest learning rate of the rest")
    species_weight: float = setting(0.5, "weight of the species' loss")
    terms_weight: float = setting(20.0, "weight of what captions say")
    crops: CropSettings = setting(
        CropSettings(closest=1.05, farthest=1.6), "how squares are cut round birds"
    )
    augment: AugmentConfig = setting(AugmentConfig(), "how they are moved and blanked")


class ExpertTrainer(EpochTrainer):
    """Keeps the last epoch."""

    def __init__(
        self,
        data: DataFolder,
        run: Path,
        settings: ExpertTraining,
        device: torch.device,
        seed: int = 0,
    ) -> None:
        super().__init__(run, NAME, "run of the bird expert", settings)
        torch.manual_seed(seed)
        self.device = device
        examples = [*data.train, *data.more]
        if not (settings.species_weight or settings.terms_weight):
            examples = [example for example in examples if example.parts]
        self.photographs = Photographs(examples, kept_side(max(settings.picture_sizes)), device)
        self.unseen = Photographs(data.test, settings.picture_sizes[-1])
        terms = described_terms(data.train)
        if not terms:
            raise ValueError(
                f"the captions in {data.path} all say the same: nothing tells one picture from "
                "another; say of each what is seen in it"
            )
        self._described = described(examples, terms)
        self._captioned = torch.tensor([bool(example.captions) for example in examples])
        self._marked = self.photographs.pose.visible.any(dim=1)
        said = self._described[self._captioned].mean(0)
        species = len(self.photographs.species_names)
        self.expert = BirdExpert(settings.features, species, said).to(device)
        if not settings.features_rate:
            precision = chosen_precision("auto", device)
            self.expert.features.requires_grad_(False).to(precision)
        groups = parameter_groups(self.expert, settings.features_rate, settings.heads_rate)
        self._optimizer = torch.optim.AdamW(groups, weight_decay=0.02, fused=True)
        self._steps = max(1, len(examples) // settings.batch_size)
        self._schedule = torch.optim.lr_scheduler.OneCycleLR(
            self._optimizer,
            [group["lr"] for group in groups],
            total_steps=self._steps * settings.epochs,
            pct_start=0.15,
        )

    def parts(self) -> Mapping[str, Any]:
        optimizer, schedule = self._optimizer, self._schedule
        return {"expert": self.expert, "optimizer": optimizer, "schedule": schedule}

    def epoch(self) -> None:
        """Look at all photographs once, measure, and save."""
        rows = torch.randperm(len(self.photographs))[: self._steps * self.settings.batch_size]
        sums: dict[str, float] = {}
        for chosen in tqdm(rows.split(self.settings.batch_size), "expert", leave=False):
            for name, value in self._step(chosen).items():
                sums[name] = sums.get(name, 0.0) + value / self._steps
        if not math.isfinite(sum(sums.values())):
            raise FloatingPointError(
                f"the expert's training broke down in epoch {len(self.lines)}: {sums}; the last "
                f"good state is {state_path(self.run, NAME)}"
            )
        scores = part_scores(self.expert, self.unseen)
        self.lines.append({"epoch": len(self.lines), **sums, **scores})
        save_expert(self.expert, self.settings.features, scores, self.path)
        self.save()

    def _step(self, rows: Tensor) -> dict[str, float]:
        settings, photographs = self.settings, self.photographs
        size = settings.picture_sizes[int(torch.randint(len(settings.picture_sizes), ()))]
        pose = photographs.pose.rows(rows)
        crop = Crop.sample(photographs.boxes[rows], pose, settings.crops)
        movement = Movement.sample(len(rows), settings.augment)
        images = augment(photographs.cut(rows, crop, size), size, settings.augment, movement)
        parts, species, terms = self.expert(images)
        moved = movement.pose(crop.pose(pose), settings.augment).to(self.device)
        captioned = self._captioned[rows].to(self.device)
        said = self._described[rows].to(self.device)
        of_terms = F.binary_cross_entropy_with_logits(terms, said, reduction="none").mean(1)
        losses = {
            "parts": part_loss(parts, moved, self._marked[rows].to(self.device)),
            "species": F.cross_entropy(
                species, photographs.species[rows].to(self.device), label_smoothing=0.1
            ),
            "terms": (of_terms * captioned).sum() / captioned.sum().clamp_min(1),
        }
        total = (
            losses["parts"]
            + settings.species_weight * losses["species"]
            + settings.terms_weight * losses["terms"]
        )
        self._optimizer.zero_grad()
        total.backward()
        torch.nn.utils.clip_grad_norm_(self.expert.parameters(), 5.0)
        self._optimizer.step()
        self._schedule.step()
        return {name: value.item() for name, value in losses.items()}


def train_expert(
    data: DataFolder, run: Path, settings: ExpertTraining, device: torch.device, seed: int = 0
) -> Path:
    """Train an expert, or what is left of its epochs, and return the path of ``expert.pt``."""
    return train_epochs(run, NAME, lambda: ExpertTrainer(data, run, settings, device, seed))
