"""Data folders are read or refused with the line at fault; squashed pictures are put right."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from models.training.data.examples import Pictures, read_examples, unsquash


def test_examples_are_read(data: Path) -> None:
    examples = read_examples(data)
    assert len(examples) == 16
    assert examples[0].captions == ("a red bird", "this bird is red")
    assert examples[0].aspect == 1.3


GOOD = '"file_name": "0.png", "species": "x", "captions": ["a"]'


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{broken", "line 17: not JSON"),
        ("[1]", "line 17: not a JSON object"),
        ('{"file_name": "0.png", "species": "x"}', "line 17: without captions"),
        ('{"file_name": "0.png", "species": "x", "captions": []}', "line 17.*without a caption"),
        ('{"file_name": "0.png", "species": "x", "captions": "a"}', "line 17.*not a list"),
        ('{"file_name": "0.png", "species": "x", "captions": ["?"]}', "line 17.*without a word"),
        ('{"file_name": 0, "species": "x", "captions": ["a"]}', "line 17: file_name"),
        ('{"file_name": "gone.png", "species": "x", "captions": ["a"]}', "line 17.*gone.png"),
        (f'{{{GOOD}, "aspect": NaN}}', "line 17: 0.png has the aspect nan"),
        (f'{{{GOOD}, "aspect": Infinity}}', "line 17: 0.png has the aspect inf"),
        (f'{{{GOOD}, "aspect": 0}}', "line 17: 0.png has the aspect 0"),
        (f'{{{GOOD}, "aspect": "wide"}}', "line 17: 0.png has the aspect 'wide'"),
    ],
)
def test_a_bad_line_is_named(data: Path, line: str, reason: str) -> None:
    with (data / "metadata.jsonl").open("a") as metadata:
        metadata.write(line + "\n")
    with pytest.raises(ValueError, match=reason):
        read_examples(data)


def test_a_line_that_is_not_utf8_is_named(data: Path) -> None:
    with (data / "metadata.jsonl").open("ab") as metadata:
        metadata.write(b'{"file_name": "0.png", "species": "caf\xe9", "captions": ["a"]}\n')
    with pytest.raises(ValueError, match="line 17: not UTF-8"):
        read_examples(data)


def test_all_that_is_broken_is_told_at_once(data: Path) -> None:
    with (data / "metadata.jsonl").open("a") as metadata:
        metadata.write("{broken\n")
    (data / "3.png").unlink()
    (data / "5.png").write_text("no picture")
    whole = (data / "7.png").read_bytes()
    (data / "7.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="the data has 4 faults") as caught:
        read_examples(data)
    lines = str(caught.value).splitlines()[1:]
    for name, reason in (
        ("line 4", "3.png"),
        ("line 17", "not JSON"),
        ("5.png", "is not a picture"),
        ("7.png", "is damaged"),
    ):
        assert any(name in line and reason in line for line in lines), name


def test_broken_pictures_are_all_named(data: Path) -> None:
    examples = read_examples(data)
    (data / "5.png").write_text("no picture")
    whole = (data / "7.png").read_bytes()
    (data / "7.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"5\.png is not a picture\n.*7\.png is damaged"):
        Pictures(examples, sizes=(32,))


def test_an_empty_folder(data: Path) -> None:
    (data / "metadata.jsonl").write_text("\n")
    with pytest.raises(ValueError, match="names no pictures"):
        read_examples(data)
    (data / "metadata.jsonl").unlink()
    with pytest.raises(FileNotFoundError, match=r"no metadata\.jsonl.*prepare"):
        read_examples(data)


@pytest.mark.parametrize("aspect", [0.8, 1.0, 1.25])
def test_a_squashed_circle_is_round_again(aspect: float) -> None:
    size = 227
    whole = Image.new("RGB", (round(size * max(aspect, 1)), round(size * max(1 / aspect, 1))))
    x, y = whole.width // 2, whole.height // 2
    ImageDraw.Draw(whole).ellipse((x - 60, y - 60, x + 60, y + 60), fill="white")
    restored = unsquash(whole.resize((size, size)), aspect, 256)

    assert restored.size == (256, 256)
    bright = np.asarray(restored)[:, :, 0] > 127
    width, height = bright.any(axis=0).sum(), bright.any(axis=1).sum()
    assert abs(width / height - 1) < 0.04


def test_batches_are_signed_and_mirrored_where_asked(data: Path) -> None:
    pictures = Pictures(read_examples(data), sizes=(32, 64))
    rows = torch.tensor([0, 0])
    batch = pictures.batch(rows, 64, flip=torch.tensor([False, True]))
    assert batch.shape == (2, 3, 64, 64)
    assert -1 <= batch.min() < batch.max() <= 1
    torch.testing.assert_close(batch[1], batch[0].flip(2))
    assert not torch.equal(batch[1], batch[0])
    assert pictures.species.tolist()[:4] == [2, 1, 3, 0]
