"""Of the poses of photographs those stay that a generator draws whole birds in."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from models.checkpoints.checkpoint import Checkpoint, load_checkpoint
from models.sketches.pose_wish import FLYING, KINDS, SWIMMING, USUAL
from models.sketches.sketch_scorer import SketchScores
from models.training.sketches import drawn_poses
from models.training.sketches.drawn_poses import well_drawn
from tests.posed_weights import make_weights


@pytest.fixture
def checkpoint(tmp_path: Path) -> Checkpoint:
    return load_checkpoint(make_weights(tmp_path / "posed.safetensors"))


class Told:
    """A scorer that finds one sketch more whole than the one before it."""

    def __init__(self) -> None:
        self.sketches = 0

    def score(self, sketches: Tensor, sentences: Tensor) -> SketchScores:
        assert sketches.shape[1:] == (3, 64, 64) and len(sketches) == len(sentences)
        whole = torch.arange(self.sketches, self.sketches + len(sketches)) / 100
        self.sketches += len(sketches)
        return SketchScores(whole, torch.zeros(len(sketches)))


def test_the_best_poses_of_each_kind_stay(
    checkpoint: Checkpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drawn_poses, "LEAST", 5)
    monkeypatch.setattr(drawn_poses, "KEPT", 0.5)
    poses = checkpoint.poses
    assert poses is not None
    few = well_drawn(poses, checkpoint.generator, Told())  # type: ignore[arg-type]
    # Of 40 usual poses, of which the later half flies, the last 20; of the 20 fliers the last 10.
    assert few.of_kind.sum(0).tolist() == [20, 10, 0, 10]
    rows = torch.cat([torch.arange(20, 40), torch.arange(50, 60)])
    for name in ("places", "visible", "sentences"):
        assert torch.equal(few.get_buffer(name), poses.get_buffer(name)[rows])
    assert few.of_kind[:, KINDS.index(USUAL)].sum() == 20
    assert few.of_kind[10:20, KINDS.index(FLYING)].all() and SWIMMING not in few.wishes


def test_few_poses_all_stay(checkpoint: Checkpoint) -> None:
    poses, scorer = checkpoint.poses, checkpoint.sketch_scorer
    assert poses is not None and scorer is not None
    kept = well_drawn(poses, checkpoint.generator, scorer)
    assert len(kept) == len(poses) and torch.equal(kept.of_kind, poses.of_kind)
