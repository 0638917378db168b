"""Where the parts of birds are, from feature maps of a picture network."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.sketches.pose import MEMBERS

GRID_MAP = 1
"""Position among the tapped maps of the one whose places parts are looked for at (1/8)."""


class PartHead(nn.Module):
    """Says for each group of parts at which place it is, or that it is not to be seen.

    Parameters
    ----------
    channels : of the tapped maps, finest first.
    width : channels inside.
    """

    def __init__(self, channels: Sequence[int], width: int = 96) -> None:
        super().__init__()
        self.bring = nn.ModuleList(nn.Conv2d(count, width, 1) for count in channels)
        self.body = nn.Sequential(
            nn.ReLU(),
            nn.Conv2d(width, width, 3, padding=1),
            nn.ReLU(),
            nn.Conv2d(width, width, 5, padding=2, groups=width),
            nn.Conv2d(width, width, 1),
            nn.ReLU(),
        )
        self.place = nn.Conv2d(width, len(MEMBERS), 1)
        self.unseen = nn.Linear(width, len(MEMBERS))

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Look for parts in maps of B pictures.

        Returns
        -------
        (B, 11, G * G + 1) logits: one a place of the grid, row by row, and the last for a part
        that is not to be seen.
        """
        side = maps[GRID_MAP].shape[-1]
        hidden = torch.stack(
            [_brought(bring, each, side) for bring, each in zip(self.bring, maps, strict=True)]
        ).sum(0)
        hidden = self.body(hidden)
        unseen = self.unseen(hidden.mean(dim=(2, 3)))
        return torch.cat([self.place(hidden).flatten(2), unseen[:, :, None]], dim=2).float()


def _brought(bring: nn.Module, feature_map: Tensor, side: int) -> Tensor:
    """Bring a map to the grid's channels and side; a finer one is shrunk first: it costs less."""
    if feature_map.shape[-1] >= side:
        brought: Tensor = bring(F.adaptive_avg_pool2d(feature_map, side))
        return brought
    return F.interpolate(bring(feature_map), (side, side), mode="bilinear", align_corners=False)


def gathered(probability: Tensor, near: float) -> Tensor:
    """How much of each part's probability, given that it is to be seen, lies near its peak.

    Parameters
    ----------
    probability : (B, P, G * G + 1), the last for a part that is not to be seen.
    near : distance as a share of the side.

    Returns
    -------
    (B, P)
    """
    side = round((probability.shape[2] - 1) ** 0.5)
    places = probability[..., :-1]
    places = places / places.sum(2, keepdim=True).clamp_min(1e-9)
    best = places.argmax(2)
    centres = (torch.arange(side) + 0.5) / side
    grid = torch.stack(torch.meshgrid(centres, centres, indexing="ij"), dim=2).flatten(0, 1)
    close = torch.cdist(grid, grid) < near
    return (places * close[best]).sum(2)
