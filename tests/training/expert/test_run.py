"""An expert's run: stopped and resumed it is the same; finished it is not trained again."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from models.training.data.folder import DataFolder
from models.training.expert.trainer import ExpertTrainer, ExpertTraining, train_expert
from tests.training.conftest import CPU, write_birds
from tests.training.states import same_tensors

SETTINGS = ExpertTraining(epochs=2, batch_size=8, picture_sizes=(64, 32))


def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(data: DataFolder, tmp_path: Path) -> None:
    whole = train_expert(data, tmp_path / "whole", SETTINGS, CPU)
    stopped = ExpertTrainer(data, tmp_path / "stopped", SETTINGS, CPU)
    stopped.epoch()
    half_way = torch.load(stopped.path, weights_only=True)
    torch.manual_seed(99)  # what another process would start with

    other = replace(SETTINGS, heads_rate=1e-3)
    with pytest.raises(ValueError, match="was made with other settings"):
        train_expert(data, tmp_path / "stopped", other, CPU)
    resumed = train_expert(data, tmp_path / "stopped", SETTINGS, CPU)
    one, two = (torch.load(path, weights_only=True) for path in (whole, resumed))
    assert same_tensors(one, two) and not same_tensors(one, half_way)
    logs = [(tmp_path / name / "expert.jsonl").read_text() for name in ("whole", "stopped")]
    assert logs[0] == logs[1]
    line = json.loads(logs[0].splitlines()[-1])
    assert set(line) == {"epoch", "parts", "species", "terms", "beak", "crown", "eye", "tail"}

    # What is finished has no state any more, and is left alone.
    assert sorted(path.name for path in (tmp_path / "whole").iterdir()) == [
        "expert.jsonl",
        "expert.pt",
    ]
    before = whole.stat().st_mtime_ns
    assert train_expert(data, tmp_path / "whole", SETTINGS, CPU) == whole
    assert whole.stat().st_mtime_ns == before


def test_other_photographs_are_refused(data: DataFolder, tmp_path: Path) -> None:
    ExpertTrainer(data, tmp_path / "run", SETTINGS, CPU).epoch()
    write_birds(tmp_path / "other" / "train", 16, "{} gull")
    write_birds(tmp_path / "other" / "test", 8, "{} owl")
    write_birds(tmp_path / "other" / "more", 4, "{} kite", captioned=False)
    other = DataFolder.read(tmp_path / "other")
    with pytest.raises(ValueError, match="was made with other photographs"):
        train_expert(other, tmp_path / "run", SETTINGS, CPU)


def test_captions_that_say_the_same_of_all_are_told(data: DataFolder, tmp_path: Path) -> None:
    alike = tuple(replace(example, captions=("a photo of a bird",)) for example in data.train)
    with pytest.raises(ValueError, match="all say the same"):
        ExpertTrainer(replace(data, train=alike), tmp_path, SETTINGS, CPU)


def test_a_loss_that_is_no_number_stops_the_run(data: DataFolder, tmp_path: Path) -> None:
    trainer = ExpertTrainer(data, tmp_path, replace(SETTINGS, heads_rate=1e30), CPU)
    with pytest.raises(FloatingPointError, match="broke down in epoch 0"):
        trainer.epoch()
    assert not trainer.path.exists()
