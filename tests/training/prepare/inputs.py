"""Small inputs for ``prepare``: a CUB folder with captions of both kinds, and whoever breaks it."""

from __future__ import annotations

import json
import pickle
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from models.training import __main__ as command

CLASSES = ("001.Black_footed_Albatross", "010.Red_winged_Blackbird", "013.Bobolink")
PICTURES_PER_CLASS = 2
WIDTH, HEIGHT = 160, 120
BOX = (40.0, 30.0, 60.0, 40.0)
SEEN_PARTS = {2: (100.0, 41.0), 14: (43.0, 59.0)}
CAPTION = "This bird's wings are RED-brown."
NORMALISED = "this bird s wings are red brown"
ENCODED_NAMES = [
    f"{name}/{name[4:]}_{number}" for name in CLASSES for number in range(PICTURES_PER_CLASS)
]


def make_picture(seed: int = 0, size: tuple[int, int] = (WIDTH, HEIGHT)) -> Image.Image:
    """Smooth colours, different for each seed, that lossy formats keep well."""
    small = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return Image.fromarray(small).resize(size, Image.Resampling.BICUBIC)


def write_lines(path: Path, lines: list[str]) -> None:
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def make_cub(root: Path) -> Path:
    """Write ``CUB_200_2011`` with two pictures of each class, and ``text_c10`` beside it."""
    folder = root / "CUB_200_2011"
    names = [f"{name}.jpg" for name in ENCODED_NAMES]
    for number, name in enumerate(names, start=1):
        path = folder / "images" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        make_picture(number).save(path, quality=95)
        text = root / "text_c10" / Path(name).with_suffix(".txt")
        text.parent.mkdir(parents=True, exist_ok=True)
        write_lines(text, [CAPTION, f"a bird, number {number}"])
    ids = range(1, len(names) + 1)
    labels = [CLASSES.index(name.partition("/")[0]) + 1 for name in names]
    write_lines(folder / "images.txt", [f"{i} {name}" for i, name in zip(ids, names, strict=True)])
    write_lines(
        folder / "image_class_labels.txt", [f"{i} {c}" for i, c in zip(ids, labels, strict=True)]
    )
    write_lines(folder / "classes.txt", [f"{i} {name}" for i, name in enumerate(CLASSES, start=1)])
    write_lines(folder / "bounding_boxes.txt", [f"{i} {' '.join(map(str, BOX))}" for i in ids])
    (folder / "parts").mkdir()
    lines = []
    for i in ids:
        for part in range(1, 16):
            across, down = SEEN_PARTS.get(part, (0.0, 0.0))
            lines.append(f"{i} {part} {across} {down} {int(part in SEEN_PARTS)}")
    write_lines(folder / "parts" / "part_locs.txt", lines)
    return folder


def make_pickles(root: Path, protocol: int = 2) -> Path:
    """Write AttnGAN's ``captions.pickle`` with its two lists of file names: one test species."""
    folder = root / "attngan"
    test, train = ENCODED_NAMES[:PICTURES_PER_CLASS], ENCODED_NAMES[PICTURES_PER_CLASS:]
    words = {0: "<end>", 1: "a", 2: "red", 3: "bird", 4: "blue"}
    captions: list[Any] = [
        [[1, 2, 3], [np.int64(1), 4, 3]] * 5 * len(train),
        [np.array([1, 4, 3])] * 10 * len(test),
        words,
        {word: key for key, word in words.items()},
    ]
    for part, names in (("train", train), ("test", test)):
        (folder / part).mkdir(parents=True, exist_ok=True)
        dump(names, folder / part / "filenames.pickle", protocol)
    dump(captions, folder / "captions.pickle", protocol)
    return folder


def dump(content: object, path: Path, protocol: int = 2) -> None:
    path.write_bytes(pickle.dumps(content, protocol=protocol))


def read_metadata(folder: Path) -> list[dict[str, Any]]:
    lines = (folder / "metadata.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def prepare(*arguments: object) -> int:
    """Run the command as a person does."""
    return command.main(["prepare", *map(str, arguments)])


def refuse(capsys: pytest.CaptureFixture[str], out: Path, *arguments: object) -> str:
    """Run the command, which must refuse and write nothing; what it said."""
    assert prepare(*arguments, "--out", out) == 1
    assert not out.exists()
    said = capsys.readouterr().err
    assert "Traceback" not in said
    return said[said.index("error:") :]
