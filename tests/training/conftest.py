"""A tiny data folder: coloured squares on grey, named by their colours."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

COLOURS = ("red", "blue", "yellow", "black")
PICTURES_PER_COLOUR = 4


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    with (folder / "metadata.jsonl").open("w") as metadata:
        for number in range(len(COLOURS) * PICTURES_PER_COLOUR):
            colour = COLOURS[number % len(COLOURS)]
            picture = Image.new("RGB", (227, 227), "grey")
            ImageDraw.Draw(picture).rectangle((40 + number, 60, 190, 170), fill=colour)
            picture.save(folder / f"{number}.png")
            entry = {
                "file_name": f"{number}.png",
                "captions": [f"a {colour} bird", f"this bird is {colour}"],
                "species": colour,
                "aspect": 1.3,
            }
            metadata.write(json.dumps(entry) + "\n")
    return folder
