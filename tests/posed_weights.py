"""A small untrained model that is told poses and scores sketches, for tests of both."""

from __future__ import annotations

from pathlib import Path

import torch

from models.checkpoints.checkpoint import Checkpoint, save_checkpoint
from models.networks.config import GeneratorConfig, ModelConfig, TextEncoderConfig
from models.networks.generator import Generator
from models.networks.text_encoder import TextEncoder
from models.sketches.pose import PARTS
from models.sketches.pose_bank import PoseBank
from models.sketches.pose_wish import CLOSE_UP, FLYING, KINDS, USUAL
from models.sketches.sketch_scorer import SketchScorer
from models.words.vocabulary import Vocabulary

BEAK, EYE, TAIL = (PARTS.index(part) for part in ("beak", "left eye", "tail"))


def make_weights(path: Path, posed: bool = True) -> Path:
    """Write it. Of its 60 poses 20 are in flight and 20 from near, none swims; or it has none."""
    torch.manual_seed(0)
    poses = PoseBank(60, 8, KINDS)
    poses.places.uniform_(0.1, 0.9)
    poses.places[:, BEAK, 0], poses.places[:, EYE, 0], poses.places[:, TAIL, 0] = 0.2, 0.3, 0.8
    poses.visible.fill_(1)
    poses.visible[40:, TAIL] = 0
    poses.sentences.normal_()
    for kind, rows in ((USUAL, slice(0, 40)), (FLYING, slice(20, 40)), (CLOSE_UP, slice(40, 60))):
        poses.of_kind[rows, KINDS.index(kind)] = 1
    config = ModelConfig(
        TextEncoderConfig(vocabulary_size=4, embedding_size=6, feature_size=8),
        GeneratorConfig(8, 4, 4, seed_channels=16, stage_channels=(8, 6), pose_channels=4 * posed),
        poses=len(poses) * posed,
        pose_kinds=poses.kinds * posed,
        scores_sketches=True,
    )
    checkpoint = Checkpoint(
        config,
        Vocabulary(["a", "red", "bird"]),
        TextEncoder(config.text_encoder).eval(),
        Generator(config.generator).eval(),
        poses=poses if posed else None,
        sketch_scorer=SketchScorer(8),
    )
    save_checkpoint(checkpoint, path)
    return path
