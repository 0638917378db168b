"""Where the parts of birds are that nobody marked, as the expert finds them."""

from __future__ import annotations

import torch

from models.pose import Pose
from models.training.data.crops import Crop
from models.training.data.photographs import Photographs
from models.training.expert.expert import Expert
from models.training.expert.part_head import found_pose

SIZE = 128
"""Side in pixels at which birds are looked at."""

LEAST = 0.6
"""How sure the expert must be that a part is to be seen."""


@torch.inference_mode()
def mark_parts(photographs: Photographs, expert: Expert) -> None:
    """Mark parts in photographs that have none; those that people marked stay as they are."""
    unmarked = (~photographs.pose.seen.any(dim=1)).nonzero().flatten()
    places, seen = photographs.pose.places.clone(), photographs.pose.seen.clone()
    features = expert.features.to(photographs.device, torch.float32)
    parts = expert.parts.to(photographs.device)
    for rows in unmarked.split(64):
        crop = Crop.centred(photographs.boxes[rows])
        maps, _ = features(photographs.cut(rows, crop, SIZE))
        found = found_pose(parts(maps), LEAST).to("cpu")
        # From shares of the square to shares of the photograph.
        places[rows] = crop.corner[:, None] + found.places * crop.side[:, None, None]
        seen[rows] = found.seen
    photographs.pose = Pose(places, seen)
