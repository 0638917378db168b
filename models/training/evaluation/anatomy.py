"""Whether a drawn bird has an eye, a beak, a tail and one head, as a part finder sees it.

The part finder looks through a network that no training uses. A part that is there once has its
probability in one place; where there are two heads, it is shared out between them.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from models.sketches.part_head import PartHead, gathered
from models.sketches.pose import PART_GROUPS
from models.training.expert.expert import load_expert

ANATOMY = ("eye", "beak", "one head", "tail", "whole")
"""What is looked for; a bird is whole that has the first three."""

NEAR, NEAR_CROWN = 0.12, 0.15
"""How far from its most probable place a part's probability counts, as a share of the side."""

FOUND, ONE_HEAD = 0.6, 0.75
"""Shares of a part's probability that must lie there."""

MOST_UNSEEN = 0.5
"""Probability that a part is not to be seen, above which it counts as not found."""

_GROUPS = list(PART_GROUPS)


def load_part_finder(judge: Path, network: str) -> PartHead | None:
    """The part finder that was trained beside a judge by the recipe `judge`; None without one.

    Parameters
    ----------
    judge : ``damsm.pt`` in the folder of such a run.
    network : name of the picture network that it must look through.

    Raises
    ------
    ValueError
        It is damaged, or looks through another network.
    """
    path = judge.parent.parent / "expert" / "expert.pt"
    if not path.is_file():
        return None
    expert = load_expert(path)
    if expert.features.name != network:
        raise ValueError(f"The part finder {path} looks through {expert.features.name}.")
    return expert.parts


def examine(logits: Tensor) -> Tensor:
    """What is found in B pictures: (B, 5) of 0 and 1, in the order of `ANATOMY`.

    Parameters
    ----------
    logits : (B, 11, G * G + 1) from a `PartHead`.
    """
    probability = logits.softmax(2)
    visible = probability[..., -1] < MOST_UNSEEN
    found = (gathered(probability, NEAR) > FOUND) & visible
    once = (gathered(probability, NEAR_CROWN) > ONE_HEAD) & visible
    eye, beak, tail = (found[:, _GROUPS.index(part)] for part in ("eye", "beak", "tail"))
    head = once[:, _GROUPS.index("crown")]
    return torch.stack([eye, beak, head, tail, eye & beak & head], dim=1).float()
