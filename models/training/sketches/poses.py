"""The poses that a weights file draws in, from photographs and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import torch

from models.networks.text_encoder import pad_ids
from models.sketches.pose import PART_GROUPS, PARTS
from models.sketches.pose_bank import PoseBank
from models.training.damsm.model import Damsm
from models.training.data.captions import name_of
from models.training.data.crops import Crop
from models.training.data.examples import Example
from models.training.data.photographs import boxes_of, pose_of
from models.words.names import name_sentences

MOST = 6_000
"""Poses in a file: 512 bytes of text features each."""

NEEDED = ("beak", "eye", "crown", "tail")
"""What must be in the picture: a bird without head or tail is not what people ask for."""

_NAMES = 4
"""Sentences of the name that stand for what is said of a photograph without captions."""


@torch.inference_mode()
def make_pose_bank(examples: Sequence[Example], damsm: Damsm, seed: int = 0) -> PoseBank | None:
    """Choose poses at random among those of whole birds; None when nobody marked any."""
    pose = pose_of(examples)
    pose = Crop.centred(boxes_of(examples)).pose(pose)
    whole = torch.stack(
        [
            pose.seen[:, [PARTS.index(part) for part in PART_GROUPS[group]]].any(1)
            for group in NEEDED
        ]
    ).all(0)
    rows = whole.nonzero().flatten()
    if not len(rows):
        return None
    order = torch.randperm(len(rows), generator=torch.Generator().manual_seed(seed))
    rows = rows[order[:MOST]].sort().values
    bank = PoseBank(len(rows), damsm.text_encoder.config.feature_size)
    bank.places.copy_(pose.places[rows])
    bank.seen.copy_(pose.seen[rows].float())
    chance = Random(seed)
    for number, row in enumerate(rows.tolist()):
        ids = _ids(examples[row], damsm, chance)
        bank.sentences[number] = damsm.text_encoder(*pad_ids(ids)).sentence.mean(0)
    return bank


def _ids(example: Example, damsm: Damsm, chance: Random) -> list[Sequence[int]]:
    name = name_of(example.species)
    named = [name_sentences(name, chance) for _ in range(_NAMES)] if name else []
    said = example.captions or named
    most = damsm.text_encoder.config.max_words
    ids = [damsm.vocabulary.read(sentence, most).ids for sentence in said]
    return [each for each in ids if each] or [(1,)]
