"""Photographs in one tensor: squares, species, boxes and parts; and as evaluation sees them."""

import json
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from models.sketches.pose import PARTS
from models.training.data.crops import Crop
from models.training.data.examples import Example, load_square
from models.training.data.folder import DataFolder
from models.training.data.photographs import MOST_DETAIL, Photographs, bird_square, kept_side
from tests.training.conftest import write_birds, write_data


@pytest.mark.parametrize("size", [64, 256])
def test_training_shows_the_detail_that_evaluation_shows(tmp_path: Path, size: int) -> None:
    side, random = MOST_DETAIL, np.random.default_rng(0)
    noise = random.integers(64, 192, (side, side, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / "noise.png")
    example = Example(tmp_path / "noise.png", (), "", box=(0.2, 0.25, 0.6, 0.5))
    photographs = Photographs([example], MOST_DETAIL)
    shown = (photographs.centred(torch.tensor([0]), size)[0].permute(1, 2, 0) + 1) * 127.5
    evaluated = np.asarray(bird_square(example, size), dtype=np.float32)
    assert evaluated.std() > 5
    np.testing.assert_allclose(shown.numpy(), evaluated, atol=2, rtol=0)


def test_squares_are_signed_and_lie_round_the_birds(data: DataFolder) -> None:
    photographs = Photographs(data.train, 96)
    assert len(photographs) == 16
    rows = torch.tensor([0, 5])  # a red one, and a blue one further to the right
    squares = photographs.centred(rows, 32)
    assert squares.shape == (2, 3, 32, 32) and -1 <= squares.min() < squares.max() <= 1
    torch.testing.assert_close(
        squares[0, :, 16, 16], torch.tensor([1.0, -1, -1]), atol=1e-3, rtol=0
    )
    torch.testing.assert_close(
        squares[1, :, 16, 16], torch.tensor([-1.0, -1, 1]), atol=1e-3, rtol=0
    )
    share = (squares[0, 0] > 0.9).float().mean()
    assert share == pytest.approx(40 / 48 / 1.25**2, abs=0.05), "the bird fills its square"
    mirrored = photographs.centred(rows, 32, mirrored=True)
    torch.testing.assert_close(mirrored, squares.flip(3), atol=1e-4, rtol=0)
    crop = Crop.centred(photographs.boxes[rows])
    assert torch.equal(photographs.cut(rows, crop, 32), squares)


def test_species_boxes_and_parts(data: DataFolder) -> None:
    photographs = Photographs([*data.train, *data.more], 16)
    assert photographs.species_names == ["black wren", "blue wren", "red wren", "yellow wren"]
    assert photographs.species.tolist()[:4] == [2, 1, 3, 0] == photographs.species.tolist()[16:]
    assert photographs.boxes[4].tolist() == pytest.approx([18 / 96, 0.25, 0.5, 40 / 96])
    seen = photographs.pose.visible
    assert seen[:4].sum(1).tolist() == [4, 4, 4, 0], "every fourth has none"
    beak = photographs.pose.places[0, PARTS.index("beak")]
    assert beak.tolist() == pytest.approx([16 / 96, 0.3])


def test_one_species_written_differently_is_one(tmp_path: Path) -> None:
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png")
    examples = [
        Example(tmp_path / "a.png", (), species)
        for species in ("Barn_Swallow", "barn swallow", "Barn-Swallow", "Tree_Swallow")
    ]
    assert Photographs(examples, 8).species.tolist() == [0, 0, 0, 1]


def test_photographs_are_kept_larger_than_shown() -> None:
    assert [kept_side(shown) for shown in (64, 128, 256)] == [96, 192, 320]


def test_evaluation_sees_the_square_round_a_bird(data: DataFolder) -> None:
    example = data.test[4]
    seen = np.asarray(bird_square(example, 64), dtype=float) / 127.5 - 1
    photographs = Photographs([example], 320)
    expected = photographs.centred(torch.tensor([0]), 64)[0].permute(1, 2, 0).numpy()
    assert np.abs(seen - expected).mean() < 0.02


def test_without_a_box_it_sees_the_whole_picture(squares: Path) -> None:
    example = Example(squares / "3.png", (), "x", aspect=1.3)
    assert np.array_equal(
        np.asarray(bird_square(example, 64)), np.asarray(load_square(example, 64))
    )


def test_a_folder_tells_who_is_in_both_parts(tmp_path: Path) -> None:
    folder = write_data(tmp_path / "birds")
    before = DataFolder.read(folder)
    assert [len(part) for part in (before.train, before.test, before.more)] == [16, 8, 4]
    same = DataFolder.read(write_data(tmp_path / "again"))
    assert same.digest == before.digest
    metadata = folder / "more" / "metadata.jsonl"
    lines = [json.loads(line) for line in metadata.read_text().splitlines()]
    lines[0]["species"] = "red owl"
    metadata.write_text("\n".join(map(json.dumps, lines)))
    with pytest.raises(ValueError, match="species that training knows: red owl"):
        DataFolder.read(folder)
    metadata.unlink()
    with pytest.raises(FileNotFoundError, match=r"more is no data folder"):
        DataFolder.read(folder)


def test_the_digest_knows_what_is_said(tmp_path: Path) -> None:
    for name, species in (("one", "{} owl"), ("other", "{} gull")):
        write_birds(tmp_path / name / "train", 4, "{} wren")
        write_birds(tmp_path / name / "test", 4, species)
    one, other = (DataFolder.read(tmp_path / name) for name in ("one", "other"))
    assert one.digest != other.digest and one.more == []
