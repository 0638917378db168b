"""Finding parts: what is told is found again, and what the head learned marks other photographs."""

from pathlib import Path

import pytest
import torch

from models.sketches.part_head import PartHead
from models.sketches.pose import MEMBERS, PARTS, Pose
from models.training.data.crops import Crop
from models.training.data.folder import DataFolder
from models.training.data.photographs import Photographs
from models.training.expert.described import described, described_terms, terms_of
from models.training.expert.expert import Expert, load_expert
from models.training.expert.mark import SIZE, mark_parts
from models.training.expert.parts import found_pose, part_loss
from models.training.features.image_features import ImageFeatures
from tests.training.conftest import CPU

BEAK, TAIL = PARTS.index("beak"), PARTS.index("tail")
GRID = 12


def some_pose(count: int = 20) -> Pose:
    """The first part of each group somewhere, two thirds of them to be seen."""
    torch.manual_seed(0)
    first = torch.zeros(len(PARTS)).bool()
    first[[members[0] for members in MEMBERS]] = True
    return Pose(
        0.1 + 0.8 * torch.rand(count, len(PARTS), 2), first & (torch.rand(count, 15) < 0.66)
    )


def perfect_logits(pose: Pose) -> torch.Tensor:
    """What a head says that knows everything."""
    bumps = pose.maps(GRID, 0.8 / GRID).flatten(2)
    unseen = 1 - bumps.sum(2, keepdim=True).clamp_max(1)
    return torch.cat([bumps, unseen], dim=2).clamp_min(1e-6).log()


def test_what_is_told_is_found_again() -> None:
    pose = some_pose()
    found = found_pose(perfect_logits(pose))
    assert torch.equal(found.visible, pose.visible)
    assert (found.places - pose.places)[pose.visible].norm(dim=1).max() < 0.35 / GRID


def test_the_loss_is_least_for_what_is_true() -> None:
    pose = some_pose()
    logits = perfect_logits(pose)
    true = part_loss(logits, pose)
    assert true < 0.7 * part_loss(torch.zeros_like(logits), pose)
    assert true < 0.3 * part_loss(logits.roll(1, 0), pose)
    # Pictures whose parts nobody knows do not count.
    known = torch.arange(len(pose)) < 5
    spoiled = torch.where(known[:, None, None], logits, logits.flip(0))
    expected = part_loss(logits[:5], pose.rows(slice(0, 5)))
    torch.testing.assert_close(part_loss(spoiled, pose, known), expected)
    assert part_loss(logits, pose, torch.zeros(len(pose)).bool()) == 0


def test_a_head_that_learned_parts_marks_other_photographs(data: DataFolder) -> None:
    torch.manual_seed(0)
    examples = [*data.train, *data.more]
    features, photographs = ImageFeatures(), Photographs(examples, 96)
    head = PartHead(features.channels, width=32)
    marked = photographs.pose.visible.any(1).nonzero().flatten()
    unmarked = (~photographs.pose.visible.any(1)).nonzero().flatten()
    assert len(marked) == 15 and len(unmarked) == 5
    crop = Crop.centred(photographs.boxes[marked])
    pose = crop.pose(photographs.pose.rows(marked))
    maps, _ = features(photographs.cut(marked, crop, SIZE))
    optimizer = torch.optim.Adam(head.parameters(), 3e-3)
    for _ in range(60):
        loss = part_loss(head(maps), pose)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    after = mark_parts(examples, Expert(features, head.eval()), CPU)
    assert [after[row] for row in marked] == [examples[row] for row in marked], "people's stay"
    for row in unmarked:
        found = {number: (across, down) for number, across, down in after[row].parts}
        left, _, width, _ = after[row].box
        assert {BEAK + 1, TAIL + 1} <= set(found) <= {BEAK + 1, 5, 7, TAIL + 1}
        assert found[BEAK + 1][0] == pytest.approx(left, abs=0.08)
        assert found[TAIL + 1][0] == pytest.approx(left + width, abs=0.08)
    assert mark_parts(after, Expert(features, head), CPU) == after


def test_what_people_say_becomes_terms(data: DataFolder) -> None:
    assert terms_of("a red bird with a black wing") >= {"red bird", "black wing", "wing"}
    assert "bird with" not in terms_of("a red bird with a black wing"), "only colours have pairs"
    terms = described_terms(data.train)
    assert "red" in terms and "red bird" in terms
    assert "bird" not in terms, "it is said of all"
    shares = described([*data.train[:2], *data.more[:1]], terms)
    assert shares[:, terms.index("red")].tolist() == [1, 0, 0]
    assert shares[:, terms.index("red bird")].tolist() == [0.5, 0, 0]


def test_a_file_holds_features_and_head(expert: Path, tmp_path: Path) -> None:
    loaded = load_expert(expert)
    maps, _ = loaded.features(torch.zeros(1, 3, 64, 64))
    assert loaded.parts(maps).shape == (1, 11, 8 * 8 + 1)
    assert not any(value.requires_grad for value in loaded.parts.parameters())
    assert loaded.features.stem.weight.device == CPU
    kernel = "blocks.0._depthwise_conv.weight"
    plain = ImageFeatures().state_dict()[kernel].half().float()
    assert not torch.equal(loaded.features.state_dict()[kernel], plain), "it has learned"
    (tmp_path / "x.pt").write_bytes(expert.read_bytes()[:5000])
    with pytest.raises(ValueError, match=r"x\.pt cannot be read as a bird expert"):
        load_expert(tmp_path / "x.pt")
