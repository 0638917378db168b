"""Data folders are read or refused with the line at fault; squashed pictures are put right."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from models.training.data.examples import read_examples, unsquash
from models.training.data.photographs import Photographs


def test_examples_are_read(squares: Path) -> None:
    examples = read_examples(squares)
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
        (f'{{{GOOD}, "box": [0, 0, 1]}}', r"line 17: 0.png has the box \[0, 0, 1\]: left, top"),
        (f'{{{GOOD}, "box": [0, 0, 0, 1]}}', "line 17: 0.png has the box"),
        (f'{{{GOOD}, "box": [0, 0, NaN, 1]}}', "line 17: 0.png has the box"),
        (f'{{{GOOD}, "parts": {{"16": [0, 0]}}}}', "line 17: 0.png has the part '16'"),
        (f'{{{GOOD}, "parts": {{"2": [0]}}}}', r"line 17: 0.png has the part '2' at \[0\]"),
        (f'{{{GOOD}, "parts": [2]}}', "line 17: 0.png has the part ''"),
    ],
)
def test_a_bad_line_is_named(squares: Path, line: str, reason: str) -> None:
    with (squares / "metadata.jsonl").open("a") as metadata:
        metadata.write(line + "\n")
    with pytest.raises(ValueError, match=reason):
        read_examples(squares)


def test_boxes_and_parts_are_read_and_captions_may_be_missing(squares: Path) -> None:
    line = '"box": [-0.1, 0.2, 0.5, 0.6], "parts": {"2": [0.4, 0.5], "14": [1.2, 0]}'
    with (squares / "metadata.jsonl").open("a") as metadata:
        metadata.write(f'{{"file_name": "0.png", "species": "x", {line}}}\n')
    with pytest.raises(ValueError, match="line 17: without captions"):
        read_examples(squares)
    *others, last = read_examples(squares, captioned=False)
    assert others[0].box == (0, 0, 1, 1) and others[0].parts == ()
    assert (last.captions, last.box) == ((), (-0.1, 0.2, 0.5, 0.6))
    assert last.parts == ((2, 0.4, 0.5), (14, 1.2, 0.0))


def test_a_line_that_is_not_utf8_is_named(squares: Path) -> None:
    with (squares / "metadata.jsonl").open("ab") as metadata:
        metadata.write(b'{"file_name": "0.png", "species": "caf\xe9", "captions": ["a"]}\n')
    with pytest.raises(ValueError, match="line 17: not UTF-8"):
        read_examples(squares)


def test_all_that_is_broken_is_told_at_once(squares: Path) -> None:
    with (squares / "metadata.jsonl").open("a") as metadata:
        metadata.write("{broken\n")
    (squares / "3.png").unlink()
    (squares / "5.png").write_text("no picture")
    whole = (squares / "7.png").read_bytes()
    (squares / "7.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match="the data has 4 faults") as caught:
        read_examples(squares)
    lines = str(caught.value).splitlines()[1:]
    for name, reason in (
        ("line 4", "3.png"),
        ("line 17", "not JSON"),
        ("5.png", "is not a picture"),
        ("7.png", "is damaged"),
    ):
        assert any(name in line and reason in line for line in lines), name


def test_broken_pictures_are_all_named(squares: Path) -> None:
    examples = read_examples(squares)
    (squares / "5.png").write_text("no picture")
    whole = (squares / "7.png").read_bytes()
    (squares / "7.png").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ValueError, match=r"5\.png is not a picture\n.*7\.png is damaged"):
        Photographs(examples, 32)


def test_an_empty_folder(squares: Path) -> None:
    (squares / "metadata.jsonl").write_text("\n")
    with pytest.raises(ValueError, match="names no pictures"):
        read_examples(squares)
    (squares / "metadata.jsonl").unlink()
    with pytest.raises(FileNotFoundError, match=r"no metadata\.jsonl.*prepare"):
        read_examples(squares)


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
