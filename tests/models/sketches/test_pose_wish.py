"""Poses that are asked for, as they are kept in pictures, and as anybody may write them."""

import json
from typing import Any

import pytest

from models.request import DrawRequest
from models.sketches.pose_wish import POSES, PartPlace


@pytest.mark.parametrize("pose", [*POSES, (PartPlace(2, 0.25, 0.5), PartPlace(14, 1.0, 0.0, 0.5))])
def test_what_is_kept_of_a_wish_is_read_back(pose: Any) -> None:
    request = DrawRequest("a red bird", 3, 64, pose=pose)
    kept = json.loads(json.dumps(request.kept()))
    assert DrawRequest.from_kept(kept) == request
    del kept["pose"]
    assert DrawRequest.from_kept(kept).pose == "any", "as of earlier versions"


@pytest.mark.parametrize(
    "pose",
    [
        *("upside down", [], 7, [[2, 0.5]], [[0, 0.5, 0.5, 1]], [[16, 0.5, 0.5, 1]]),
        *([[2, 1.5, 0.5, 1]], [[2, float("nan"), 0.5, 1]], [[2, 0.5, 0.5, 0]], [["a", 0, 0, 1]]),
        *([[2, 0.5, 0.5, 1], [2, 0.5, 0.5, 1]], [[2, 0.5, 0.5, 1, 1]], {"beak": 1}),
    ],
)
def test_what_is_no_pose_is_refused(pose: Any) -> None:
    with pytest.raises((ValueError, TypeError)):
        DrawRequest.from_kept({"sentence": "a red bird", "pose": pose})
