"""Distances between two sets of pictures, and diversity within one, all from their features.

The statistics are torchmetrics', which expect a network; here the features are known already.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.inception import InceptionScore
from torchmetrics.image.kid import KernelInceptionDistance


class _Known(nn.Module):
    """Stands where torchmetrics wants a network: its pictures are features already."""

    def __init__(self, num_features: int) -> None:
        super().__init__()
        self.num_features = num_features

    def forward(self, features: Tensor) -> Tensor:
        return features


def frechet_distance(drawn: Tensor, real: Tensor) -> float:
    """FID of two sets of features (N, F) and (M, F); the fewer pictures, the larger it is."""
    drawn, real = drawn.double(), real.double()
    together = torch.cat([drawn, real])
    if len(together) < drawn.shape[1]:
        # In the space that few pictures span nothing changes, and eigenvalues are found sooner.
        axes = torch.linalg.qr(together.T).Q
        drawn, real = drawn @ axes, real @ axes
    metric = FrechetInceptionDistance(feature=_Known(drawn.shape[1]))
    metric.update(drawn, real=False)
    metric.update(real, real=True)
    return float(metric.compute())


def kernel_distance(drawn: Tensor, real: Tensor) -> float:
    """KID of two sets of N features (N, F), all of them at once: unbiased at any N."""
    with _quiet():
        metric = KernelInceptionDistance(
            feature=_Known(drawn.shape[1]), subsets=1, subset_size=len(drawn)
        )
        metric.update(drawn.double(), real=False)
        metric.update(real.double(), real=True)
        return float(metric.compute()[0])


def class_score(logits: Tensor) -> float:
    """Inception Score's formula exp(E KL(p(y|x) || p(y))) for class scores (N, C) before softmax.

    It is 1 when all pictures look the same to the classifier, and grows with clear, varied ones.
    """
    with _quiet():
        metric = InceptionScore(feature=nn.Identity(), splits=1)
        metric.update(logits.double())
        return float(metric.compute()[0])


def spread(features: Tensor) -> float:
    """Mean distance between two different pictures by their features (N, F), N at least 2.

    Features are brought to unit length first: theirs changes with the side and the softness of a
    picture, which would pass for diversity.
    """
    return float(torch.pdist(F.normalize(features.double(), dim=1)).mean())


def species_spread(features: Tensor, species: list[str]) -> float | None:
    """`spread` of the photographs of one species, averaged over species of two or more.

    None means that no species has two: pictures that were prepared without species, for example,
    are each a kind of its own.
    """
    names = sorted({name for name in species if species.count(name) > 1})
    if not names:
        return None
    rows = {name: [row for row, other in enumerate(species) if other == name] for name in names}
    return sum(spread(features[rows[name]]) for name in names) / len(names)


@contextmanager
def _quiet() -> Iterator[None]:
    """Without torchmetrics' warning that it keeps features, and without luck.

    It shuffles its rows before it sums them; a fixed order makes the last digits repeatable.
    """
    with warnings.catch_warnings(), torch.random.fork_rng(devices=[]):
        warnings.simplefilter("ignore", UserWarning)
        torch.manual_seed(0)
        yield
