"""Where the parts of birds are that nobody marked, as the expert finds them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from models.training.data.crops import Crop
from models.training.data.examples import Example
from models.training.data.photographs import Photographs, kept_side
from models.training.expert.expert import Expert
from models.training.expert.parts import found_pose

SIZE = 128
"""Side in pixels at which birds are looked at."""

LEAST = 0.6
"""How sure the expert must be that a part is to be seen."""


@torch.inference_mode()
def mark_parts(examples: Sequence[Example], expert: Expert, device: torch.device) -> list[Example]:
    """The examples, with parts for those that have none; what people marked stays as it is."""
    unmarked = [row for row, example in enumerate(examples) if not example.parts]
    marked = list(examples)
    if not unmarked:
        return marked
    photographs = Photographs([examples[row] for row in unmarked], kept_side(SIZE), device)
    features, parts = expert.features.to(device, torch.float32), expert.parts.to(device)
    for chosen in torch.arange(len(unmarked)).split(64):
        crop = Crop.centred(photographs.boxes[chosen])
        maps, _ = features(photographs.cut(chosen, crop, SIZE))
        found = found_pose(parts(maps), LEAST).to("cpu")
        # From shares of the square to shares of the photograph.
        places = crop.corner[:, None] + found.places * crop.side[:, None, None]
        for number, row in enumerate(chosen.tolist()):
            visible = found.visible[number].nonzero().flatten().tolist()
            at = places[number].tolist()
            marked[unmarked[row]] = replace(
                examples[unmarked[row]], parts=tuple((part + 1, *at[part]) for part in visible)
            )
    return marked
