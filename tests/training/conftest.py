"""A tiny data folder, coloured squares on grey named by their colours, and what runs need."""

import json
from pathlib import Path

import pytest
from PIL import Image, ImageDraw

from models.config import GeneratorConfig
from models.training.damsm.similarity import DamsmConfig
from models.training.damsm.trainer import DamsmTraining, train_damsm

COLOURS = ("red", "blue", "yellow", "black")
PICTURES_PER_COLOUR = 4
SCORED_PICTURES = 40
SENTENCES = ("a {} bird", "this bird is {}", "the {} bird is small", "a bird that is {} all over")


def write_squares(folder: Path) -> Path:
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


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return write_squares(tmp_path / "data")


@pytest.fixture(scope="session")
def damsm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``damsm.pt`` of a run of two epochs; nobody changes it."""
    folder = tmp_path_factory.mktemp("damsm")
    squares = write_squares(folder / "data")
    settings = DamsmTraining(epochs=2, batch_size=8, picture_sizes=(64,))
    return train_damsm(squares, squares, folder / "run", settings, DamsmConfig())


@pytest.fixture
def small() -> GeneratorConfig:
    """A generator narrow enough for tests."""
    return GeneratorConfig(
        condition_size=8, noise_size=8, seed_channels=32, stage_channels=(8, 6, 4, 4)
    )


@pytest.fixture(scope="session")
def birds(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty squares of four colours, which are their species, with four captions each."""
    folder = tmp_path_factory.mktemp("birds")
    lines = []
    for number in range(SCORED_PICTURES):
        colour = COLOURS[number % len(COLOURS)]
        picture = Image.new("RGB", (64, 64), "grey")
        ImageDraw.Draw(picture).rectangle((8 + number // 4, 16, 54, 48), fill=colour)
        picture.save(folder / f"{number}.png")
        captions = [sentence.format(colour) for sentence in SENTENCES]
        entry = {"file_name": f"{number}.png", "captions": captions, "species": colour}
        lines.append(json.dumps(entry))
    (folder / "metadata.jsonl").write_text("\n".join(lines))
    return folder


@pytest.fixture(scope="session")
def judge(birds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``damsm.pt`` that scores drawings of such squares."""
    settings = DamsmTraining(
        epochs=10,
        batch_size=8,
        learning_rate=5e-3,
        picture_sizes=(64, 128),
        features="efficientnet-lite2",
        recoloured=0,
        counterfactual=False,
    )
    run = tmp_path_factory.mktemp("judge")
    return train_damsm(birds, birds, run, settings, DamsmConfig())
