"""What a bird expert sees: features of the whole picture, and of each part of the bird."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.sketches.part_head import GRID_MAP, PartHead
from models.sketches.pose import MEMBERS
from models.training.features.image_features import ImageFeatures


class PartFeatures(nn.Module):
    """Frozen features whose pooled ones say, beside what is in the picture, what is at each part.

    Pooled over a whole picture, features tell a red bird with black wings badly from a black bird
    with red wings.

    Attributes
    ----------
    name, channels, pooled_size : as of `ImageFeatures`.
    """

    def __init__(self, features: ImageFeatures, parts: PartHead) -> None:
        super().__init__()
        self.features, self.parts = features, parts
        self.name, self.channels = features.name, features.channels
        of_part = sum(features.channels[GRID_MAP:]) + 1
        self.pooled_size = features.pooled_size + len(MEMBERS) * of_part
        self.requires_grad_(False).eval()

    def forward(self, images: Tensor) -> tuple[list[Tensor], Tensor]:
        """As `ImageFeatures`; behind the pooled features, those at each group of parts."""
        maps, pooled = self.features(images)
        return maps, self.with_parts(maps, pooled)

    def with_parts(self, maps: Sequence[Tensor], pooled: Tensor) -> Tensor:
        """Add to pooled features (B, 1280) those at each group of parts.

        They are weighed by where the part may be, and followed by how likely it is to be seen.
        """
        places = self.parts(maps).softmax(2)[..., :-1]
        side = maps[GRID_MAP].shape[-1]
        on_grid = torch.cat([_on_grid(each, side) for each in maps[GRID_MAP:]], dim=1)
        at_parts = places @ on_grid.flatten(2).transpose(1, 2).float()
        of_parts = torch.cat([at_parts, places.sum(2, keepdim=True)], dim=2).flatten(1)
        return torch.cat([pooled, of_parts.to(pooled.dtype)], dim=1)

    def train(self, mode: bool = True) -> PartFeatures:
        """Stay in evaluation mode: the features are frozen."""
        return super().train(False)


def _on_grid(feature_map: Tensor, side: int) -> Tensor:
    if feature_map.shape[-1] == side:
        return feature_map
    return F.interpolate(feature_map, (side, side), mode="bilinear", align_corners=False)
