"""A DAMSM run: chosen by retrieval, stopped and resumed, and its file read with care."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from models.training.damsm.model import load_damsm
from models.training.damsm.trainer import DamsmTrainer, DamsmTraining, train_damsm
from models.training.data.folder import DataFolder
from models.training.data.recolour import LEFT_ALONE, Recolouring
from models.training.expert.expert import load_expert
from models.training.features.part_features import PartFeatures
from models.training.runs.states import save_state
from tests.training.conftest import write_birds
from tests.training.states import same_tensors

SETTINGS = DamsmTraining(
    epochs=3, batch_size=8, learning_rate=0.01, picture_sizes=(64,), features="efficientnet-lite0"
)


def run_lines(run: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (run / "damsm.jsonl").read_text().splitlines()]


def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(data: DataFolder, tmp_path: Path) -> None:
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    train_damsm(data, whole, SETTINGS)
    trainer = DamsmTrainer(data, stopped, SETTINGS)
    trainer.epoch()
    torch.manual_seed(99)  # what another process would start with

    with pytest.raises(ValueError, match="was made with other settings"):
        train_damsm(data, stopped, replace(SETTINGS, batch_size=4))
    train_damsm(data, stopped, SETTINGS)
    one, other = (torch.load(run / "damsm.pt", weights_only=True) for run in (whole, stopped))
    assert same_tensors(one, other)
    assert run_lines(whole) == run_lines(stopped) and len(run_lines(whole)) == 3

    # What is finished has no state any more, and is left alone.
    before = (whole / "damsm.pt").stat().st_mtime_ns
    assert sorted(path.name for path in whole.iterdir()) == ["damsm.jsonl", "damsm.pt"]
    assert train_damsm(data, whole, SETTINGS) == whole / "damsm.pt"
    assert (whole / "damsm.pt").stat().st_mtime_ns == before


def test_the_epoch_that_retrieves_best_is_kept(
    data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter([0.2, 0.5, 0.3, 0.5])
    monkeypatch.setattr("models.training.damsm.trainer.retrieval", lambda *_: next(scores))
    kept = []
    trainer = DamsmTrainer(data, tmp_path, replace(SETTINGS, epochs=4))
    for _ in range(4):
        trainer.epoch()
        kept.append(torch.load(tmp_path / "damsm.pt", weights_only=True)["scores"]["epoch"])
    assert kept == [0, 1, 1, 1]
    assert [line["r_at_1"] for line in run_lines(tmp_path)] == [0.2, 0.5, 0.3, 0.5]


def test_other_captions_are_refused(data: DataFolder, tmp_path: Path) -> None:
    DamsmTrainer(data, tmp_path / "run", SETTINGS).save()
    write_birds(tmp_path / "other" / "train", 20, "{} wren")
    write_birds(tmp_path / "other" / "test", 8, "{} owl")
    with pytest.raises(ValueError, match="other photographs or captions"):
        train_damsm(DataFolder.read(tmp_path / "other"), tmp_path / "run", SETTINGS)


def test_a_full_disk_leaves_the_log_of_earlier_epochs(
    data: DataFolder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = DamsmTrainer(data, tmp_path, SETTINGS)
    trainer.epoch()
    write_text = Path.write_text

    def half(path: Path, text: str, **rest: Any) -> int:
        write_text(path, text[: len(text) // 2], **rest)
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(OSError, match="no space"):
        trainer.epoch()
    assert [line["epoch"] for line in run_lines(tmp_path)] == [0]


def test_pictures_in_another_colour_are_looked_at_anew(data: DataFolder, tmp_path: Path) -> None:
    trainer = DamsmTrainer(data, tmp_path, SETTINGS)
    rows = torch.tensor([0, 3])  # a red square, and a black one
    exchange = trainer._recolourer.exchange(0, trainer._captions.own(0)[0])
    assert exchange is not None

    def seen(recolouring: Recolouring) -> torch.Tensor:
        torch.manual_seed(0)
        return trainer._see(rows, 64, recolouring)[0]

    as_it_was = seen(Recolouring.of_none(2))
    changed = seen(Recolouring.of([exchange.change, LEFT_ALONE]))
    assert not torch.allclose(changed[0], as_it_was[0], atol=0.1)
    assert torch.equal(changed[1], as_it_was[1])


def test_squares_are_cut_anew_each_time(data: DataFolder, tmp_path: Path) -> None:
    trainer, rows = DamsmTrainer(data, tmp_path, SETTINGS), torch.tensor([0, 3])
    first, second = (trainer._see(rows, 64, Recolouring.of_none(2))[0] for _ in range(2))
    assert not torch.allclose(first, second, atol=0.1)


def test_names_are_words_of_the_vocabulary(damsm: Path, expert: Path) -> None:
    loaded = load_damsm(damsm)
    assert {"wren", "red", "bird"} <= set(loaded.vocabulary.words)
    assert "owl" not in loaded.vocabulary, "nobody trains on it"
    # It looks through the expert, which comes along in half precision.
    seen, known = loaded.features, load_expert(expert)
    assert isinstance(seen, PartFeatures)
    for own, experts in ((seen.features, known.features), (seen.parts, known.parts)):
        state = own.state_dict()
        for name, value in experts.state_dict().items():
            assert torch.equal(state[name].half(), value.half())
    assert loaded.features.name == "efficientnet-lite0" and loaded.picture_size == 64


def test_without_an_expert_another_network_is_named(data: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="there is none: name another network"):
        train_damsm(data, tmp_path, replace(SETTINGS, features="expert"))


def test_a_loss_that_is_no_number_stops_the_run(data: DataFolder, tmp_path: Path) -> None:
    trainer = DamsmTrainer(data, tmp_path, replace(SETTINGS, learning_rate=1e38))
    with pytest.raises(FloatingPointError, match=r"damsm\.learning_rate"):
        trainer.epoch()
    assert not (tmp_path / "damsm.pt").exists()


def test_fewer_pictures_than_a_batch_are_refused(data: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="20 photographs to train on, less than one batch of 64"):
        train_damsm(data, tmp_path, replace(SETTINGS, batch_size=64))


def test_what_is_no_damsm_is_told_in_one_sentence(damsm: Path, tmp_path: Path) -> None:
    path = tmp_path / "judge.pt"
    with pytest.raises(FileNotFoundError, match=r"judge\.pt"):
        load_damsm(path)

    save_state({"generator": {}, "seconds": 1.0}, path)
    with pytest.raises(ValueError, match=r"judge\.pt is not a DAMSM model"):
        load_damsm(path)

    good = damsm.read_bytes()
    path.write_bytes(good[: len(good) // 2])
    with pytest.raises(ValueError, match=r"judge\.pt cannot be read as a DAMSM model"):
        load_damsm(path)

    state = torch.load(damsm, weights_only=True)
    save_state(state | {"text_encoder": {}}, path)
    with pytest.raises(ValueError, match=r"judge\.pt is not a usable DAMSM model") as caught:
        load_damsm(path)
    assert "\n" not in str(caught.value)

    save_state(state | {"features": "inception"}, path)
    with pytest.raises(ValueError, match="inception, a network that is not known"):
        load_damsm(path)
