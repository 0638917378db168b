"""Several sketches of a picture: which is finished, and that it is the same one again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from models import Painter
from models.networks.generator import Canvas, Generator
from models.request import SKETCHES, Blend, DrawRequest
from models.sketches.pose import PART_GROUPS, PARTS
from models.sketches.sketch_scorer import SketchScorer, SketchScores, wholeness
from tests.posed_weights import make_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_weights(tmp_path_factory.mktemp("weights") / "sketching.safetensors")


@pytest.fixture
def third(monkeypatch: pytest.MonkeyPatch) -> None:
    """A scorer that likes the third sketch of each picture best."""

    def score(self: SketchScorer, sketches: Tensor, sentences: Tensor) -> SketchScores:
        assert sketches.shape[1:] == (3, 64, 64) and len(sentences) == len(sketches)
        whole = torch.zeros(len(sketches))
        whole[2::SKETCHES] = 1
        return SketchScores(whole, torch.zeros(len(sketches)))

    monkeypatch.setattr(SketchScorer, "score", score)


def difference(one: object, other: object) -> float:
    return float(np.abs(np.asarray(one, dtype=float) - np.asarray(other, dtype=float)).max())


def test_the_best_sketch_is_finished_and_told(weights: Path, third: None) -> None:
    several, plain = Painter.load(weights, "cpu"), Painter.load(weights, "cpu", sketches=1)
    drawing, first = several.draw("a red bird", seed=3), plain.draw("a red bird", seed=3)
    assert (drawing.sketch, drawing.sketches) == (2, SKETCHES)
    assert (first.sketch, first.sketches) == (0, 1)
    assert difference(drawing.image, first.image) > 3
    assert [stage.width for stage in drawing.stages] == [64, 128]
    again = several.draw_batch([DrawRequest("a bird", 9), DrawRequest("a red bird", 3)])[1]
    assert again.sketch == 2 and difference(again.image, drawing.image) <= 2
    repeated = plain.draw(drawing.request)  # which says how many sketches there were
    assert repeated.sketch == 2 and repeated.image.tobytes() == drawing.image.tobytes()
    single = several.draw(DrawRequest("a red bird", 3, sketches=1))
    assert single.image.tobytes() == first.image.tobytes()


def test_a_real_scorer_likes_the_same_sketch_again(weights: Path) -> None:
    painter = Painter.load(weights, "cpu")
    one, other = (painter.draw("a red bird", seed=5, size=size) for size in (64, 128))
    assert one.sketch == other.sketch and one.image.tobytes() == other.stages[0].tobytes()


def test_a_larger_picture_goes_on_from_the_sketch_that_was_chosen(
    weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    start = Generator.start

    def counted(self: Generator, *arguments: Any) -> Canvas:
        started.append(arguments)
        return start(self, *arguments)

    request = DrawRequest("a red bird", 5)
    expected = Painter.load(weights, "cpu").draw(request)
    monkeypatch.setattr(Generator, "start", counted)
    painter = Painter.load(weights, "cpu")
    small = painter.draw(replace(request, size=64))
    painter.draw(replace(request, sketches=1))  # which chooses nothing
    del started[:]
    for again in (painter.draw(request), painter.draw(request)):
        assert again.image.tobytes() == expected.image.tobytes()
        assert (again.request, again.pose) == (expected.request, small.pose)
    assert not started
    others = (
        replace(request, seed=6),
        replace(request, sentence="a blue bird"),
        replace(request, sketches=4),
        replace(request, sketch=1),
        replace(request, beside=(expected.pose or (),)),
        replace(request, pose=painter.poses[1]),
    )
    for number, other in enumerate(others, 1):
        painter.draw(other)
        assert len(started) == number


def test_blends_begin_and_end_with_the_sketches_that_were_finished(
    weights: Path, third: None
) -> None:
    painter = Painter.load(weights, "cpu")
    start = Blend("a red bird", "a bird", 0, 3, 4, 0)
    end = replace(start, share=1, seed_share=1)
    first, second = painter.draw("a red bird", 3), painter.draw("a bird", 4)
    assert painter.draw(DrawRequest(blend=start)).image.tobytes() == first.image.tobytes()
    assert painter.draw(DrawRequest(blend=end)).image.tobytes() == second.image.tobytes()
    between = painter.draw(DrawRequest(blend=replace(start, share=0.5, seed_share=0.5)))
    assert difference(between.image, first.image) > 2


def test_a_part_in_one_place_is_whole_and_one_in_two_is_not() -> None:
    side = 12
    once, twice, unseen = (torch.zeros(1, len(PART_GROUPS), side * side + 1) for _ in range(3))
    once[..., 30] = 1
    twice[..., 30] = twice[..., 110] = 0.5
    unseen[..., -1] = 1
    scores = [float(wholeness(probability)) for probability in (once, twice, unseen)]
    assert scores == pytest.approx([1, 0.5, 0], abs=1e-3)
    assert len(PARTS) == 15
