"""How well parts are found in photographs of species that were never seen."""

from __future__ import annotations

import torch

from models.sketches.pose import MEMBERS, PART_GROUPS
from models.training.data.crops import Crop
from models.training.data.photographs import Photographs
from models.training.expert.expert import BirdExpert
from models.training.expert.parts import found_pose

NEAR = 0.1
"""How far from where people marked it a part may be found, as a share of the side."""

ASKED = ("beak", "eye", "crown", "tail")


@torch.inference_mode()
def part_scores(expert: BirdExpert, photographs: Photographs) -> dict[str, float]:
    """Shares of parts that are found within `NEAR` of one of their places, where there is one."""
    device = next(expert.parameters()).device
    right = {name: 0 for name in ASKED}
    asked = {name: 0 for name in ASKED}
    for rows in torch.arange(len(photographs)).split(64):
        crop = Crop.centred(photographs.boxes[rows])
        images = photographs.cut(rows, crop, photographs.side).to(device)
        found = found_pose(expert(images)[0], least=0.0).to("cpu")
        pose = crop.pose(photographs.pose.rows(rows))
        for members, name in zip(MEMBERS, PART_GROUPS, strict=True):
            if name in ASKED:
                distance = (pose.places[:, members] - found.places[:, members[:1]]).norm(dim=2)
                near = ((distance < NEAR) & pose.visible[:, members]).any(1)
                right[name] += int(near.sum())
                asked[name] += int(pose.visible[:, members].any(1).sum())
    return {name: right[name] / asked[name] for name in ASKED if asked[name]}
