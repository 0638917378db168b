"""A whole run in miniature: DAMSM, stage 1, stage 2 on top of it, export, and a drawing."""

from pathlib import Path

import pytest
import torch

from models import Painter
from models.config import GeneratorConfig
from models.training import __main__ as command
from models.training.damsm import DamsmConfig
from models.training.damsm_trainer import DamsmTraining, train_damsm
from models.training.export import export
from models.training.gan_settings import GanTraining
from models.training.gan_trainer import GanTrainer, load_trainer

SMALL = GeneratorConfig(
    condition_size=8, noise_size=8, seed_channels=32, stage_channels=(8, 6, 4, 4)
)


@pytest.fixture
def damsm(data: Path, tmp_path: Path) -> Path:
    settings = DamsmTraining(epochs=2, batch_size=8, picture_sizes=(64,))
    return train_damsm(data, data, tmp_path / "damsm", settings, DamsmConfig())


def trainer(damsm: Path, data: Path, run: Path, stages: tuple[int, ...]) -> GanTrainer:
    settings = GanTraining(stages=stages, batch_size=4, judged_sizes=(64, 64, 64, 64))
    return load_trainer(settings, SMALL, damsm, data, run)


def test_from_pictures_to_a_drawing(damsm: Path, data: Path, tmp_path: Path) -> None:
    first = trainer(damsm, data, tmp_path / "first", (0,))
    first.train(pictures=8)
    assert first.pictures_seen == 8
    assert list((tmp_path / "first").glob("samples-*.jpg"))

    second = trainer(damsm, data, tmp_path / "second", (1,))
    second.start_from(tmp_path / "first" / "gan.pt")
    stage_one = {
        name: value.clone()
        for name, value in second.generator.state_dict().items()
        if name.startswith("initial.")
    }
    second.train(pictures=4)
    after = second.generator.state_dict()
    assert all(torch.equal(after[name], value) for name, value in stage_one.items())

    weights = tmp_path / "bird.safetensors"
    export(damsm, tmp_path / "second" / "gan.pt", weights, "tiny", {"data": "squares"})
    drawing = Painter.load(weights, device="cpu").draw("a red bird", seed=1)
    assert drawing.image.size == (512, 512)
    assert drawing.model_name.startswith("tiny (")


def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(
    damsm: Path, data: Path, tmp_path: Path
) -> None:
    rows = torch.arange(4)
    whole = trainer(damsm, data, tmp_path / "whole", (0,))
    whole.step(rows)
    whole.save()
    whole.step(rows)

    resumed = trainer(damsm, data, tmp_path / "resumed", (0,))
    resumed.resume(tmp_path / "whole" / "gan.pt")
    resumed.step(rows)
    for name, value in whole.generator.state_dict().items():
        assert torch.equal(resumed.generator.state_dict()[name], value), name


def test_patches_of_upper_stages(damsm: Path, data: Path, tmp_path: Path) -> None:
    settings = GanTraining(stages=(2, 3), batch_size=2, patch=0.25, judged_sizes=(64,) * 4)
    upper = load_trainer(settings, SMALL, damsm, data, tmp_path / "upper")
    values = upper.step(torch.arange(2))
    assert set(values) >= {"d2", "d3", "g2", "g3", "consistency2", "consistency3"}
    assert "words2" not in values, "a patch is not asked whether it fits its sentence"


def test_a_missing_folder_is_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nowhere = str(tmp_path / "nowhere")
    arguments = ["damsm", "--train", nowhere, "--test", nowhere, "--out", str(tmp_path / "run")]
    assert command.main(arguments) == 1
    assert "nowhere" in capsys.readouterr().err
