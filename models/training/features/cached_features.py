"""Frozen features of all pictures of a folder, computed once and kept in memory."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.precision import bfloat16_is_faster
from models.training.data.examples import Pictures
from models.training.features.image_features import REGION_MAP, ImageFeatures


@dataclass(frozen=True)
class CachedFeatures:
    """Features of N pictures at one size, plain and mirrored, in half precision.

    Attributes
    ----------
    regions : (2, N, C, H, W) the map whose places are DAMSM's image regions.
    pooled : (2, N, P)
    """

    regions: Tensor
    pooled: Tensor

    def batch(self, rows: Tensor, mirrored: int) -> tuple[Tensor, Tensor]:
        """Map (B, C, H, W) and pooled features (B, P) of some pictures, in single precision."""
        return self.regions[mirrored, rows].float(), self.pooled[mirrored, rows].float()


@torch.inference_mode()
def cache_features(features: ImageFeatures, pictures: Pictures, size: int) -> CachedFeatures:
    """Look at each picture at `size` px, plain and mirrored."""
    fast = bfloat16_is_faster(torch.device("cpu"))
    regions, pooled = [], []
    for mirrored in (False, True):
        for rows in torch.arange(len(pictures)).split(128):
            images = pictures.batch(rows, size, torch.full((len(rows),), mirrored))
            with torch.autocast("cpu", torch.bfloat16, enabled=fast):
                maps, whole = features(images)
            regions.append(maps[REGION_MAP].half())
            pooled.append(whole.half())
    count = (2, len(pictures))
    return CachedFeatures(
        torch.cat(regions).unflatten(0, count), torch.cat(pooled).unflatten(0, count)
    )
