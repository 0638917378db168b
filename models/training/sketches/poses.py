"""The poses that a weights file draws in, from photographs and what is said of them."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

import torch

from models.networks.text_encoder import pad_ids
from models.sketches.pose_bank import PoseBank
from models.sketches.pose_wish import KINDS, USUAL
from models.training.damsm.model import Damsm
from models.training.data.captions import name_of
from models.training.data.crops import Crop
from models.training.data.examples import Example
from models.training.data.photographs import boxes_of, pose_of
from models.training.sketches.pose_kinds import kinds_of
from models.words.names import name_sentences

MOST, MOST_OF_A_KIND = 6_000, 500
"""Poses in a file, and those of each kind that can be asked for; each is 512 bytes of text
features."""

_NAMES = 4
"""Sentences of the name that stand for what is said of a photograph without captions."""


@torch.inference_mode()
def make_pose_bank(examples: Sequence[Example], damsm: Damsm, seed: int = 0) -> PoseBank | None:
    """Choose poses at random among those of whole birds, and of each kind that can be asked for.

    None when nobody marked a whole bird.
    """
    pose = pose_of(examples)
    pose = Crop.centred(boxes_of(examples)).pose(pose)
    of_kind = kinds_of(examples, pose)
    order = torch.randperm(len(examples), generator=torch.Generator().manual_seed(seed))
    for column, kind in enumerate(KINDS):
        some = order[of_kind[order, column]][: MOST if kind == USUAL else MOST_OF_A_KIND]
        of_kind[:, column] = False
        of_kind[some, column] = True
    if not of_kind[:, KINDS.index(USUAL)].any():
        return None
    rows = of_kind.any(1).nonzero().flatten()
    bank = PoseBank(len(rows), damsm.text_encoder.config.feature_size, KINDS)
    bank.places.copy_(pose.places[rows])
    bank.visible.copy_(pose.visible[rows].float())
    bank.of_kind.copy_(of_kind[rows].float())
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
