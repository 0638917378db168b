"""A pose that is asked for: it is drawn, the rest stays, and the same pose comes again."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from models import Drawing, Painter
from models.checkpoints.checkpoint import text_identity
from models.errors import ModelError
from models.painting.backend import paint
from models.painting.chances import Chances
from models.request import Blend, DrawRequest
from models.sketches.pose import Pose
from models.sketches.pose_wish import ANY, CLOSE_UP, FLYING, LEFT, RIGHT, SWIMMING, PoseWish
from models.sketches.sketch_scorer import SketchScorer, SketchScores
from models.sound.listener import HeardSentence
from tests.posed_weights import make_weights

TAIL_NUMBER = 14
NAMED = (ANY, LEFT, RIGHT, FLYING, CLOSE_UP)


@pytest.fixture(scope="module")
def posing(tmp_path_factory: pytest.TempPathFactory) -> Painter:
    path = make_weights(tmp_path_factory.mktemp("weights") / "posing.safetensors")
    return Painter.load(path, "cpu")


@pytest.fixture
def painted(monkeypatch: pytest.MonkeyPatch) -> list[Chances]:
    """What each run of the stages is given."""
    given: list[Chances] = []

    def watch(place: Any, text: Any, chances: Chances, *others: Any) -> Any:
        given.append(chances)
        return paint(place, text, chances, *others)

    monkeypatch.setattr("models.painting.fallback.paint", watch)
    return given


def pixels(drawing: Drawing) -> np.ndarray:
    return np.asarray(drawing.image, dtype=float)


def facing(drawing: Drawing) -> float:
    assert drawing.pose is not None
    return float(Pose.of(drawing.pose).facing())


def test_each_pose_is_drawn_and_told(posing: Painter) -> None:
    assert posing.poses == NAMED
    drawings = [posing.draw(DrawRequest("a red bird", 3, pose=pose)) for pose in NAMED]
    assert [drawing.request.pose for drawing in drawings] == list(NAMED)
    assert [facing(drawing) for drawing in drawings[1:3]] == [-1, 1]
    tails = [any(place.part == TAIL_NUMBER for place in each.pose or ()) for each in drawings]
    assert tails == [True, True, True, True, False]
    pictures = {drawing.image.tobytes() for drawing in drawings}
    assert len(pictures) >= 4, "of any, left and right two may be the same"


@pytest.mark.parametrize("sketches", [1, 8])
def test_another_pose_keeps_the_noise(
    posing: Painter, painted: list[Chances], sketches: int
) -> None:
    request = DrawRequest("a red bird", 3, sketches=sketches)
    usual = posing.draw(request)
    noise, epsilon = painted[-1].noise, painted[-1].epsilon
    flying = posing.draw(replace(request, pose=FLYING))
    assert torch.equal(painted[-1].noise, noise) and torch.equal(painted[-1].epsilon, epsilon)
    assert flying.image.tobytes() != usual.image.tobytes()
    again = posing.draw(flying.request)
    assert again.image.tobytes() == flying.image.tobytes() and again.sketch == flying.sketch


@pytest.mark.parametrize("pose", [ANY, LEFT, FLYING])
def test_the_pose_of_a_picture_gives_that_picture_again(posing: Painter, pose: str) -> None:
    drawing = posing.draw(DrawRequest("a red bird", 8, pose=pose))
    again = posing.draw(replace(drawing.request, pose=drawing.pose or ANY))
    assert again.image.tobytes() == drawing.image.tobytes() and again.pose == drawing.pose
    other = posing.draw(DrawRequest("a bird", 9, pose=drawing.pose or ANY))
    assert other.pose == drawing.pose and other.image.tobytes() != drawing.image.tobytes()


def test_drawings_at_once_are_in_one_pose(posing: Painter) -> None:
    both = [DrawRequest("a red bird", seed, 64, pose=FLYING) for seed in (1, 2)]
    for drawing in posing.draw_batch(both):
        alone = posing.draw(drawing.request)
        assert alone.pose == drawing.pose
        assert np.abs(pixels(alone) - pixels(drawing)).max() <= 2, "only rounding may differ"
    with pytest.raises(ValueError, match="of one size and pose"):
        posing.draw_batch([both[0], replace(both[1], pose=LEFT)])


def test_a_sentence_that_says_the_pose_is_drawn_in_it(posing: Painter) -> None:
    said = {"a red bird facing left": LEFT, "a close-up of a red bird": CLOSE_UP, "a red bird": ANY}
    requests = [DrawRequest(sentence, 3, 64, sketches=1) for sentence in said]
    for drawing, wish in zip(posing.draw_batch(requests), said.values(), strict=True):
        assert drawing.words == ("a", "red", "bird") and drawing.notice is None
        wished = DrawRequest("a red bird", 3, 64, sketches=1, pose=wish)
        assert drawing.pose == posing.draw(wished).pose
        assert posing.draw(drawing.request).pose == drawing.pose
    right = posing.draw(replace(requests[0], pose=RIGHT))
    assert facing(right) == 1, "what is asked for counts more than what is said"


def test_a_pose_goes_with_the_way_between_two_birds(posing: Painter) -> None:
    def at(share: float, pose: PoseWish) -> Drawing:
        blend = Blend("a red bird", "a bird", share, 3, 4, share)
        return posing.draw(DrawRequest(blend=blend, pose=pose))

    ends = [
        posing.draw(DrawRequest(*each, pose=LEFT)) for each in (("a red bird", 3), ("a bird", 4))
    ]
    assert at(0, LEFT).image.tobytes() == ends[0].image.tobytes()
    assert at(1, LEFT).image.tobytes() == ends[1].image.tobytes()
    between, start, end = (at(share, LEFT).pose or () for share in (0.5, 0, 1))
    assert between[0].across == pytest.approx((start[0].across + end[0].across) / 2, abs=1e-6)
    held = [at(share, ends[0].pose or ANY).pose for share in (0, 0.5, 1)]
    assert held == [ends[0].pose] * 3


def test_what_was_heard_is_drawn_in_a_pose_too(posing: Painter) -> None:
    with torch.inference_mode():
        features = posing._encode([posing.check("a red bird").text])
    embeddings = posing._text_encoder.embedding.weight[1:4].detach()
    heard = HeardSentence(features, embeddings, (), text_identity(posing._text_encoder))
    for pose in (ANY, FLYING):
        drawn, said = (
            posing.draw(DrawRequest("a red bird", 6, pose=pose)),
            posing.draw(DrawRequest(seed=6, sound=heard, pose=pose)),
        )
        assert said.image.tobytes() == drawn.image.tobytes() and said.pose == drawn.pose


def test_a_pose_that_is_not_known_is_refused(posing: Painter, tmp_path: Path) -> None:
    known = "They know: any, left, right, flying, close-up."
    for ask in (posing.draw, posing.check):
        with pytest.raises(ModelError, match=f"know no pose “swimming”. {known}"):
            ask(DrawRequest("a red bird", pose=SWIMMING))
    drawn = posing.draw(DrawRequest("a bird", 1))
    told_none = Painter.load(make_weights(tmp_path / "plain.safetensors", posed=False), "cpu")
    assert told_none.poses == ()
    for pose in (LEFT, drawn.pose or ANY):
        with pytest.raises(ModelError, match="leave the pose at “any”"):
            told_none.draw(DrawRequest("a red bird", pose=pose))


def test_of_sketches_as_good_one_in_another_pose_than_beside_is_finished(
    posing: Painter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def score(self: SketchScorer, sketches: Tensor, sentences: Tensor) -> SketchScores:
        whole = torch.tensor([0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.2])
        return SketchScores(whole, torch.zeros(8))

    monkeypatch.setattr(SketchScorer, "score", score)
    request = DrawRequest("a red bird", 5, sketches=8)
    shown = [posing.draw(request)]
    while len(shown) < 4:
        beside = tuple(each.pose or () for each in shown)
        shown.append(posing.draw(replace(request, beside=beside)))
    taken = [each.sketch for each in shown]
    assert taken[0] == 0 and len(set(taken)) == 4 and 7 not in taken
    for drawing in shown:
        assert drawing.request.beside == ()
        again = posing.draw(drawing.request)
        assert again.image.tobytes() == drawing.image.tobytes() and again.sketch == drawing.sketch
    assert posing.draw(shown[3].request.anew(5)).sketch == 0, "the best one of itself"
