"""Tiny data folders, coloured squares on grey named by their colours, and what runs need."""

import json
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageDraw

from models.networks.config import GeneratorConfig
from models.training.damsm.trainer import DamsmTraining, train_damsm
from models.training.data.examples import read_examples
from models.training.data.folder import DataFolder
from models.training.expert.trainer import ExpertTraining, train_expert

COLOURS = ("red", "blue", "yellow", "black")
PICTURES_PER_COLOUR = 4
SCORED_PICTURES = 40
SENTENCES = ("a {} bird", "this bird is {}", "the {} bird is small", "a bird that is {} all over")
CPU = torch.device("cpu")


def write_squares(folder: Path) -> Path:
    """Squashed pictures without boxes, as earlier versions prepared them."""
    folder.mkdir(parents=True)
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


def write_birds(folder: Path, count: int, species: str, captioned: bool = True) -> Path:
    """Squares with a box; beak, crown, eye and tail are marked in all but every fourth.

    Parameters
    ----------
    species : of which {} is the colour.
    """
    folder.mkdir(parents=True)
    lines = []
    for number in range(count):
        colour = COLOURS[number % len(COLOURS)]
        picture = Image.new("RGB", (96, 96), "grey")
        left = 16 + 2 * (number // len(COLOURS))
        ImageDraw.Draw(picture).rectangle((left, 24, left + 48, 64), fill=colour)
        picture.save(folder / f"{number}.png")
        entry: dict[str, object] = {
            "file_name": f"{number}.png",
            "species": species.format(colour),
            "box": [left / 96, 24 / 96, 48 / 96, 40 / 96],
        }
        if captioned:
            entry["captions"] = [f"a {colour} bird", f"this bird is {colour}"]
        if number % 4 < 3:
            head = {
                "2": [left / 96, 0.3],
                "5": [(left + 8) / 96, 0.26],
                "7": [(left + 8) / 96, 0.3],
            }
            entry["parts"] = head | {"14": [(left + 48) / 96, 0.6]}
        lines.append(json.dumps(entry) + "\n")
    (folder / "metadata.jsonl").write_text("".join(lines))
    return folder


def write_data(folder: Path) -> Path:
    """A folder as `prepare` writes it: ``train``, ``test`` and ``more``."""
    write_birds(folder / "train", 16, "{} wren")
    write_birds(folder / "test", 8, "{} owl")
    write_birds(folder / "more", 4, "{} wren", captioned=False)
    return folder


@pytest.fixture
def squares(tmp_path: Path) -> Path:
    return write_squares(tmp_path / "squares")


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """Sixteen photographs to train on, four without captions, eight of other species."""
    return DataFolder.read(write_data(tmp_path_factory.mktemp("data") / "birds"))


@pytest.fixture(scope="session")
def expert(data: DataFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``expert.pt`` of a run of one epoch; nobody changes it."""
    settings = ExpertTraining(epochs=1, batch_size=8, picture_sizes=(64,))
    return train_expert(data, tmp_path_factory.mktemp("expert"), settings, CPU)


@pytest.fixture(scope="session")
def damsm(data: DataFolder, expert: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``damsm.pt`` of a run of two epochs, through the expert; nobody changes it."""
    settings = DamsmTraining(epochs=2, batch_size=8, picture_sizes=(64,))
    return train_damsm(data, tmp_path_factory.mktemp("damsm"), settings, expert)


@pytest.fixture
def small() -> GeneratorConfig:
    """A generator narrow enough for tests."""
    return GeneratorConfig(
        condition_size=8,
        noise_size=8,
        seed_channels=32,
        stage_channels=(8, 6, 4, 4),
        pose_channels=4,
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


@pytest.fixture
def few_drawings(monkeypatch: pytest.MonkeyPatch) -> None:
    """As few as scores can be made of, for who does not ask what they are."""
    monkeypatch.setattr("models.training.evaluation.evaluator.DIVERSITY_SENTENCES", 10)
    monkeypatch.setattr("models.training.evaluation.evaluator.DIVERSITY_SEEDS", 2)
    monkeypatch.setattr("models.training.evaluation.evaluator.COLOUR_SEEDS", 2)


@pytest.fixture(scope="session")
def judge(data: DataFolder, birds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """``damsm.pt`` as the recipe `judge` makes it; it has seen such squares."""
    folder = tmp_path_factory.mktemp("judge")
    lite2 = ExpertTraining(
        features="efficientnet-lite2",
        features_rate=0.0,
        epochs=1,
        batch_size=8,
        picture_sizes=(64,),
    )
    expert = train_expert(data, folder / "expert", lite2, CPU)
    settings = DamsmTraining(
        epochs=10,
        batch_size=8,
        learning_rate=5e-3,
        picture_sizes=(64, 128),
        recoloured=0,
        counterfactual=False,
    )
    examples = read_examples(birds)
    squares = DataFolder(birds, examples, examples)
    return train_damsm(squares, folder / "damsm", settings, expert)
