"""Frozen features of all pictures of a folder, computed once and kept in memory."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from models.painting.precision import bfloat16_is_faster
from models.training.data.photographs import Photographs
from models.training.features.image_features import REGION_MAP, ImageFeatures
from models.training.features.part_features import PartFeatures


@dataclass(frozen=True)
class CachedFeatures:
    """Features of N photographs at one size, in half precision: plain, then mirrored.

    Attributes
    ----------
    regions : (W, N, C, H, W) the map whose places are DAMSM's image regions; W ways to look.
    pooled : (W, N, P)
    """

    regions: Tensor
    pooled: Tensor

    def batch(self, rows: Tensor, mirrored: int) -> tuple[Tensor, Tensor]:
        """Map (B, C, H, W) and pooled features (B, P) of some pictures, in single precision."""
        return self.regions[mirrored, rows].float(), self.pooled[mirrored, rows].float()


@torch.inference_mode()
def cache_features(
    features: ImageFeatures | PartFeatures,
    photographs: Photographs,
    size: int,
    mirrored: bool = True,
) -> CachedFeatures:
    """Look at the square round each bird at `size` px, plain and, unless told not to, mirrored."""
    fast = bfloat16_is_faster(torch.device("cpu"))
    regions, pooled = [], []
    ways = (False, True) if mirrored else (False,)
    for mirror in ways:
        for rows in torch.arange(len(photographs)).split(128):
            images = photographs.centred(rows, size, mirror)
            with torch.autocast("cpu", torch.bfloat16, enabled=fast):
                maps, whole = features(images)
            regions.append(maps[REGION_MAP].half())
            pooled.append(whole.half())
    count = (len(ways), len(photographs))
    return CachedFeatures(
        torch.cat(regions).unflatten(0, count), torch.cat(pooled).unflatten(0, count)
    )
