"""The bird expert as a network, and as a file that others look through."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from torch import Tensor, nn

from models.sketches.part_head import PartHead
from models.training.features.image_features import REGION_MAP, ImageFeatures
from models.training.runs.states import load_state, save_state

_KEYS = ("features_name", "features", "parts")


class BirdExpert(nn.Module):
    """A picture network that learns birds, and what it is asked while it does.

    Parameters
    ----------
    name : of the picture network, see `ImageFeatures`.
    species : how many there are to tell apart.
    terms : (T,) how often each is said, as a share: what is thought of a picture at first.
    """

    def __init__(self, name: str, species: int, terms: Tensor) -> None:
        super().__init__()
        self.features = ImageFeatures(name).requires_grad_(True)
        self.parts = PartHead(self.features.channels)
        self.species = nn.Linear(self.features.pooled_size, species)
        self.terms = nn.Linear(self.features.pooled_size, len(terms))
        self.terms.bias.data.copy_(terms.clamp(1e-4, 1 - 1e-4).logit())
        self.terms_at_places = nn.Conv2d(self.features.channels[REGION_MAP], len(terms), 1)

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Look at pictures (B, 3, S, S), frozen features in the precision that they are in.

        Returns
        -------
        parts : logits as of `PartHead`.
        species : (B, species) logits.
        terms : (B, terms) logits; a term may be seen in the whole or at a place.
        """
        precision = next(self.features.parameters()).dtype
        seen, whole = self.features(images.to(precision))
        maps, pooled = [each.float() for each in seen], whole.float()
        at_places = self.terms_at_places(maps[REGION_MAP]).flatten(2)
        terms = self.terms(pooled) + at_places.logsumexp(2) - math.log(at_places.shape[2])
        return self.parts(maps), self.species(pooled), terms


@dataclass(frozen=True)
class Expert:
    """A trained expert: frozen features, and a frozen part finder on them."""

    features: ImageFeatures
    parts: PartHead


def save_expert(expert: BirdExpert, name: str, scores: dict[str, float], path: Path) -> None:
    """Write what `load_expert` reads, in half precision."""
    state: dict[str, Any] = {
        "features_name": name,
        "features": {key: value.half() for key, value in expert.features.state_dict().items()},
        "parts": {key: value.half() for key, value in expert.parts.state_dict().items()},
        "scores": scores,
    }
    save_state(state, path)


def load_expert(path: Path) -> Expert:
    """Read an expert; errors as of `states.load_state`."""
    state = load_state(path, "bird expert", _KEYS)
    features = ImageFeatures(state["features_name"], state["features"])
    parts = PartHead(features.channels)
    parts.load_state_dict(state["parts"])
    return Expert(features, parts.eval().requires_grad_(False))


def parameter_groups(
    expert: BirdExpert, features_rate: float, heads_rate: float
) -> Sequence[dict[str, Any]]:
    """What knows ImageNet already learns more slowly than what begins with nothing."""
    of_features = {id(value) for value in expert.features.parameters()}
    heads = [value for value in expert.parameters() if id(value) not in of_features]
    groups = [{"params": heads, "lr": heads_rate}]
    if features_rate:
        groups.insert(0, {"params": list(expert.features.parameters()), "lr": features_rate})
    return groups
