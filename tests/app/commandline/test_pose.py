"""Poses on the command line: by name, as in a picture, for captions, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from app.commandline import cli
from app.pictures.picture_file import read_metadata, read_picture, save_picture
from models.request import SKETCHES
from models.sketches.pose import Pose
from tests.posed_weights import make_weights


@pytest.fixture(scope="module")
def weights(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_weights(tmp_path_factory.mktemp("weights") / "posing.safetensors")


@pytest.fixture(scope="module")
def told_none(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Weights that are told no poses."""
    return make_weights(tmp_path_factory.mktemp("weights") / "plain.safetensors", posed=False)


def draw(weights: Path, *arguments: object) -> int:
    return cli.main(["draw", *map(str, arguments), "--weights", str(weights), "--device", "cpu"])


def facing(picture: Path) -> float:
    pose = read_metadata(picture).drawn_pose
    assert pose is not None
    return float(Pose.of(pose).facing())


def test_a_bird_is_drawn_in_a_pose_and_others_as_in_its_picture(
    weights: Path, tmp_path: Path
) -> None:
    right, again, other = (tmp_path / name for name in ("right.png", "again.png", "other.jpg"))
    assert draw(weights, "a red bird", "-o", right, "--seed", 3, "--pose", "right") == 0
    assert facing(right) == 1 and "Pose: right" in read_metadata(right).parameters()
    assert draw(weights, "--from", right, "-o", again) == 0
    assert again.read_bytes()[-2000:] == right.read_bytes()[-2000:], "the pixels"
    assert read_metadata(again).request == read_metadata(right).request
    assert draw(weights, "a bird", "-o", other, "--seed", 9, "--pose", right) == 0
    assert read_metadata(other).drawn_pose == read_metadata(right).drawn_pose
    assert "Pose: as in another picture" in read_metadata(other).parameters()
    left = tmp_path / "left.png"
    assert draw(weights, "--from", right, "-o", left, "--pose", "Left") == 0
    assert facing(left) == -1 and read_metadata(left).seed == 3


def test_of_a_picture_of_another_model_the_sketch_is_chosen_anew(
    weights: Path, tmp_path: Path
) -> None:
    own, others, again = (tmp_path / f"{name}.png" for name in ("own", "others", "again"))
    assert draw(weights, "a red bird", "-o", own, "--seed", 3) == 0
    picture = read_picture(own)
    request = picture.metadata.request
    assert request.sketch is not None
    other = replace(request, sketch=(request.sketch + 1) % 8)
    metadata = replace(picture.metadata, request=other, model="other (00000000)")
    save_picture(picture.image, metadata, others)
    assert draw(weights, "--from", others, "-o", again) == 0
    assert read_metadata(again).request == request


def test_pictures_of_a_sentence_differ_in_their_poses(weights: Path, tmp_path: Path) -> None:
    assert draw(weights, "a red bird", "-o", tmp_path / "bird.png", "--seed", 3, "--count", 3) == 0
    poses = [read_metadata(tmp_path / f"bird-{number}.png").drawn_pose for number in (1, 2, 3)]
    assert len(set(poses)) == 3
    again = tmp_path / "again.png"
    assert draw(weights, "--from", tmp_path / "bird-3.png", "-o", again) == 0
    assert read_metadata(again).drawn_pose == poses[2]


def test_captions_are_drawn_in_one_pose(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    captions, folder = tmp_path / "captions.txt", tmp_path / "pictures"
    captions.write_text("a red bird\na bird\n")
    command = ("--captions", captions, "-o", folder, "--seed", 1)
    assert draw(weights, *command, "--pose", "left") == 0
    assert [facing(folder / f"00000{line}.png") for line in (0, 1)] == [-1, -1]
    assert draw(weights, *command, "--pose", "left") == 0, "gone on with"
    capsys.readouterr()
    assert draw(weights, *command) == 1
    assert "its pose is 'left', here it would be 'any'" in capsys.readouterr().err


def test_captions_are_gone_on_with_among_as_many_sketches(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    captions, folder = tmp_path / "captions.txt", tmp_path / "pictures"
    captions.write_text("a red bird\na bird\n")
    command = ("--captions", captions, "-o", folder, "--seed", 1)
    assert draw(weights, *command) == 0
    (folder / "000001.png").unlink()
    capsys.readouterr()
    assert draw(weights, *command, "--sketches", 3) == 1
    assert f"sketches is {SKETCHES}, here it would be 3" in capsys.readouterr().err
    assert draw(weights, *command, "--sketches", SKETCHES) == 0, "as many as without the option"
    assert read_metadata(folder / "000001.png").request.sketches == SKETCHES


@pytest.mark.parametrize(
    ("pose", "told"),
    [
        ("upside down", "'upside down' is no pose, and no picture: give any, left, right, flying"),
        ("swimming", "These weights know no pose “swimming”."),
    ],
)
def test_a_pose_that_is_not_there_is_told(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], pose: str, told: str
) -> None:
    assert draw(weights, "a red bird", "-o", tmp_path / "bird.png", "--pose", pose) > 0
    assert told in capsys.readouterr().err and not (tmp_path / "bird.png").exists()


def test_a_picture_without_a_pose_is_told(
    weights: Path, told_none: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plain, bird = tmp_path / "plain.png", tmp_path / "bird.png"
    assert draw(told_none, "a red bird", "-o", plain) == 0
    assert draw(weights, "a red bird", "-o", bird, "--pose", plain) == 1
    assert "does not say in which pose its bird was drawn" in capsys.readouterr().err


@pytest.mark.parametrize("suffix", [".png", ".jpg"])
def test_the_pose_of_a_picture_that_was_changed_is_not_taken(
    weights: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], suffix: str
) -> None:
    drawn, changed = tmp_path / f"drawn{suffix}", tmp_path / f"changed{suffix}"
    assert draw(weights, "a red bird", "-o", drawn, "--seed", 3, "--pose", "right") == 0
    picture = read_picture(drawn)
    pose, image = picture.metadata.drawn_pose, picture.image
    brighter = image.point(lambda level: level // 2 + 100)
    for same in (image, brighter, image.resize((50, 50))):
        save_picture(same, picture.metadata, changed)
        assert read_metadata(changed).drawn_pose == pose
    cut = image.crop((0, 0, image.width, image.height - 9))
    for other in (*map(image.transpose, Image.Transpose), cut):
        save_picture(other, picture.metadata, changed)
        assert draw(weights, "a bird", "-o", tmp_path / "bird.png", "--pose", changed) == 1
        assert "it was mirrored, turned or cut since" in capsys.readouterr().err
    assert draw(weights, "--from", changed, "-o", tmp_path / "again.png") == 0
    assert read_metadata(tmp_path / "again.png").drawn_pose == pose, "the drawn one is drawn again"


@pytest.mark.parametrize("command", [["draw", "a red bird"], ["listen", "--seconds", "1"]])
def test_a_pose_that_cannot_be_asked_for_is_told_before_any_work(
    told_none: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], command: list[str]
) -> None:
    path, weights = tmp_path / "bird.png", ("--weights", str(told_none))
    assert cli.main([*command, "-o", str(path), "--pose", "left", *weights]) == 1
    told = capsys.readouterr().err
    assert "leave the pose at “any”" in told and "Recording" not in told and not path.exists()


def test_so_many_sketches_are_drawn_as_are_asked_for(weights: Path, tmp_path: Path) -> None:
    bird, plain, again = (tmp_path / f"{name}.png" for name in ("bird", "plain", "again"))
    command = ("a red bird", "--seed", 4, "-o")
    assert draw(weights, *command, bird, "--sketches", 5) == 0
    assert draw(weights, *command, plain, "--sketches", 1) == 0
    kept = read_metadata(bird).request
    assert kept.sketches == 5 and kept.sketch in range(5)
    assert draw(weights, "--from", bird, "--sketches", 1, "-o", again) == 0
    assert read_metadata(again).request == read_metadata(plain).request
    assert read_metadata(again).drawn_pose == read_metadata(plain).drawn_pose
