"""A DAMSM run: chosen by retrieval, stopped and resumed, and its file read with care."""

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from models.checkpoint import Checkpoint, save_checkpoint, text_identity
from models.config import GeneratorConfig, ModelConfig
from models.generator import Generator
from models.training import __main__ as command
from models.training.damsm.model import load_damsm
from models.training.damsm.similarity import DamsmConfig
from models.training.damsm.trainer import DamsmTrainer, DamsmTraining, train_damsm
from models.training.data.recolour import LEFT_ALONE, Recolouring
from models.training.runs.files import save_state

SETTINGS = DamsmTraining(epochs=4, batch_size=8, learning_rate=0.01, picture_sizes=(64,))


def run_lines(run: Path) -> list[dict[str, float]]:
    return [json.loads(line) for line in (run / "damsm.jsonl").read_text().splitlines()]


def same_tensors(one: object, other: object) -> bool:
    """Whether two saved states are equal, bit for bit."""
    if isinstance(one, torch.Tensor) and isinstance(other, torch.Tensor):
        return torch.equal(one, other)
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same_tensors(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same_tensors, one, other))
    return one == other


def test_a_resumed_run_goes_on_as_if_it_had_not_stopped(data: Path, tmp_path: Path) -> None:
    whole, stopped = tmp_path / "whole", tmp_path / "stopped"
    stopped.mkdir()
    train_damsm(data, data, whole, SETTINGS, DamsmConfig())
    trainer = DamsmTrainer(data, data, stopped, SETTINGS, DamsmConfig())
    trainer.epoch()
    trainer.epoch()
    half_way = torch.load(stopped / "damsm-run.pt", weights_only=True)
    torch.manual_seed(99)  # what another process would start with

    train_damsm(data, data, stopped, SETTINGS, DamsmConfig(), resume=True)
    for name in ("damsm-run.pt", "damsm.pt"):
        one = torch.load(whole / name, weights_only=True)
        other = torch.load(stopped / name, weights_only=True)
        assert same_tensors(one, other), name
    assert run_lines(whole) == run_lines(stopped)
    assert not same_tensors(half_way, torch.load(stopped / "damsm-run.pt", weights_only=True))


def test_the_epoch_that_retrieves_best_is_kept(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    scores = iter([0.2, 0.5, 0.3, 0.5])
    monkeypatch.setattr("models.training.damsm.trainer.retrieval", lambda *_: next(scores))
    kept = []
    trainer = DamsmTrainer(data, data, tmp_path, SETTINGS, DamsmConfig())
    for _ in range(SETTINGS.epochs):
        trainer.epoch()
        kept.append(torch.load(tmp_path / "damsm.pt", weights_only=True)["scores"]["epoch"])
    assert kept == [0, 1, 1, 1]
    assert [line["r_at_1"] for line in run_lines(tmp_path)] == [0.2, 0.5, 0.3, 0.5]


def test_resuming_with_other_settings_is_refused(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    DamsmTrainer(data, data, tmp_path, SETTINGS, DamsmConfig()).epoch()
    folders = ["--train", str(data), "--test", str(data), "--out", str(tmp_path)]
    settings = ["--batch-size", "4", "--picture-sizes", "64"]
    assert command.main(["damsm", *folders, *settings, "--resume"]) == 1
    assert "was made with other settings" in capsys.readouterr().err


def test_a_run_can_begin_where_another_ended(data: Path, tmp_path: Path) -> None:
    earlier = train_damsm(data, data, tmp_path / "earlier", SETTINGS, DamsmConfig())
    (tmp_path / "later").mkdir()
    trainer = DamsmTrainer(data, data, tmp_path / "later", SETTINGS, DamsmConfig(), earlier)
    kept = load_damsm(earlier)
    for now, before in (
        (trainer.encoder, kept.text_encoder),
        (trainer.projection, kept.projection),
    ):
        assert same_tensors(now.state_dict(), before.state_dict())

    other = replace(SETTINGS, features="efficientnet-lite2")
    with pytest.raises(ValueError, match="looks through another network"):
        DamsmTrainer(data, data, tmp_path / "later", other, DamsmConfig(), earlier)


def describe(data: Path, folder: Path, *captions: str, species: str = "{}") -> Path:
    """The same pictures, otherwise described; {} stands for their colour."""
    shutil.copytree(data, folder)
    lines = [json.loads(line) for line in (folder / "metadata.jsonl").read_text().splitlines()]
    for entry in lines:
        entry["captions"] = [caption.format(entry["species"]) for caption in captions]
        entry["species"] = species.format(entry["species"])
    (folder / "metadata.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


def write_weights(damsm: Path, path: Path) -> Path:
    text = load_damsm(damsm)
    config = ModelConfig(text.text_encoder.config, GeneratorConfig(stage_channels=(8,)), "tiny")
    generator = Generator(config.generator)
    save_checkpoint(Checkpoint(config, text.vocabulary, text.text_encoder, generator), path)
    return path


@pytest.mark.parametrize("kind", ["damsm.pt", "weights"])
@pytest.mark.parametrize("fixed", [True, False])
def test_own_captions_go_on_from_the_words_of_the_file_begun_with(
    damsm: Path, data: Path, tmp_path: Path, kind: str, fixed: bool
) -> None:
    own = describe(
        data, tmp_path / "own", "un oiseau {}", "one {} bird on a twig", "a twig, a twig"
    )
    start = damsm if kind == "damsm.pt" else write_weights(damsm, tmp_path / "bird.safetensors")
    settings = replace(SETTINGS, epochs=2, train_text_encoder=not fixed)
    run, earlier = tmp_path / "run", load_damsm(damsm)
    later = load_damsm(train_damsm(own, own, run, settings, DamsmConfig(), start_from=start))
    assert later.vocabulary.words == earlier.vocabulary.words
    same = text_identity(later.text_encoder) == text_identity(earlier.text_encoder)
    assert same == fixed
    assert not same_tensors(later.projection.state_dict(), earlier.projection.state_dict())

    # Stopped and resumed, also without naming the file again, it has the same words.
    longer = replace(settings, epochs=2)
    resumed = load_damsm(train_damsm(own, own, run, longer, DamsmConfig(), resume=True))
    assert resumed.vocabulary.words == earlier.vocabulary.words

    other = describe(data, tmp_path / "other", "a {} bird")
    with pytest.raises(ValueError, match="other training pictures or captions"):
        train_damsm(other, own, run, settings, DamsmConfig(), resume=True)


def test_a_finished_run_is_not_overwritten(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    short = replace(SETTINGS, epochs=1)
    finished = train_damsm(data, data, tmp_path / "run", short, DamsmConfig())
    before = finished.read_bytes()
    arguments = ["--train", str(data), "--test", str(data), "--out", str(tmp_path / "run")]
    assert command.main(["damsm", *arguments, "--batch-size", "8"]) == 1
    assert "holds a run already: name --resume, or another folder" in capsys.readouterr().err
    assert finished.read_bytes() == before


def test_a_full_disk_leaves_the_log_of_earlier_epochs(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trainer = DamsmTrainer(data, data, tmp_path, SETTINGS, DamsmConfig())
    trainer.epoch()
    write_text = Path.write_text

    def half(path: Path, text: str, **rest: Any) -> int:
        write_text(path, text[: len(text) // 2], **rest)
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "write_text", half)
    with pytest.raises(OSError, match="no space"):
        trainer.epoch()
    assert [line["epoch"] for line in run_lines(tmp_path)] == [0]


def test_without_a_run_to_resume_an_untrained_text_encoder_is_refused(
    data: Path, tmp_path: Path
) -> None:
    fixed = replace(SETTINGS, train_text_encoder=False)
    with pytest.raises(ValueError, match="name --start-from"):
        train_damsm(data, data, tmp_path, fixed, DamsmConfig(), resume=True)


def no_looking(*_: object) -> None:
    raise AssertionError("features were computed before the faults were told")


def test_what_is_wrong_with_the_test_folder_is_told_at_once(
    data: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr("models.training.damsm.trainer.cache_features", no_looking)
    one = describe(data, tmp_path / "one", "a {} bird", species="gull")
    with pytest.raises(ValueError, match="prepare --test-species 2"):
        train_damsm(data, one, tmp_path / "run", SETTINGS, DamsmConfig())
    assert not caplog.records

    foreign = describe(data, tmp_path / "foreign", "oiseau", species="the {}")
    with pytest.raises(ValueError, match=r"has a word that the text encoder knows.*other words"):
        train_damsm(data, foreign, tmp_path / "run", SETTINGS, DamsmConfig())
    assert not caplog.records
    with pytest.raises(AssertionError):
        train_damsm(data, data, tmp_path / "run", SETTINGS, DamsmConfig())
    (record,) = caplog.records
    assert "4 species are in both folders (black, blue, red, …)" in record.getMessage()


def test_the_text_encoder_of_a_weights_file_can_be_left_as_it_is(
    data: Path, tmp_path: Path
) -> None:
    first = train_damsm(data, data, tmp_path / "a", SETTINGS, DamsmConfig())
    earlier, weights = load_damsm(first), write_weights(first, tmp_path / "bird.safetensors")

    fixed = replace(SETTINGS, train_text_encoder=False)
    later = load_damsm(
        train_damsm(data, data, tmp_path / "b", fixed, DamsmConfig(), start_from=weights)
    )
    assert text_identity(later.text_encoder) == text_identity(earlier.text_encoder)
    assert not same_tensors(later.projection.state_dict(), earlier.projection.state_dict())

    longer = train_damsm(data, data, tmp_path / "b", fixed, DamsmConfig(), resume=True)
    assert text_identity(load_damsm(longer).text_encoder) == text_identity(earlier.text_encoder)
    with pytest.raises(ValueError, match="has to come from somewhere"):
        train_damsm(data, data, tmp_path / "c", fixed, DamsmConfig())


def test_pictures_in_another_colour_are_looked_at_anew(data: Path, tmp_path: Path) -> None:
    trainer = DamsmTrainer(data, data, tmp_path, SETTINGS, DamsmConfig())
    rows = torch.tensor([0, 3])  # a red square, and a black one
    assert trainer._recolourer is not None
    exchange = trainer._recolourer.exchange(0, trainer._captions[0][0])
    assert exchange is not None
    recolouring = Recolouring.of([exchange.change, LEFT_ALONE])
    as_it_was, _ = trainer._see(rows, 0, 0, Recolouring.of([LEFT_ALONE, LEFT_ALONE]))
    seen, pooled = trainer._see(rows, 0, 0, recolouring)
    assert not torch.allclose(seen[0], as_it_was[0], atol=0.1)
    assert torch.equal(seen[1], as_it_was[1])
    images = recolouring.apply(trainer.pictures.batch(rows, 64))
    with torch.no_grad():
        _, expected = trainer._features(images)
    torch.testing.assert_close(pooled[0], expected[0], atol=1e-3, rtol=1e-3)


def test_a_loss_that_is_no_number_stops_the_run(data: Path, tmp_path: Path) -> None:
    settings = DamsmTraining(epochs=2, batch_size=4, learning_rate=1e38, picture_sizes=(64,))
    trainer = DamsmTrainer(data, data, tmp_path, settings, DamsmConfig())
    with pytest.raises(FloatingPointError, match="--learning-rate"):
        trainer.epoch()
    assert not (tmp_path / "damsm.pt").exists()


def test_fewer_pictures_than_a_batch_are_refused(data: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="16 pictures, less than one batch of 64"):
        train_damsm(data, data, tmp_path, DamsmTraining(), DamsmConfig())


def test_what_is_no_damsm_is_told_in_one_sentence(data: Path, tmp_path: Path) -> None:
    path = tmp_path / "judge.pt"
    with pytest.raises(FileNotFoundError, match=r"judge\.pt"):
        load_damsm(path)

    save_state({"generator": {}, "seconds": 1.0}, path)
    with pytest.raises(ValueError, match=r"judge\.pt is not a DAMSM model"):
        load_damsm(path)

    DamsmTrainer(data, data, tmp_path, SETTINGS, DamsmConfig()).epoch()
    good = (tmp_path / "damsm.pt").read_bytes()
    assert load_damsm(tmp_path / "damsm.pt").picture_size == 64
    path.write_bytes(good[: len(good) // 2])
    with pytest.raises(ValueError, match=r"judge\.pt cannot be read as a DAMSM model"):
        load_damsm(path)

    state = torch.load(tmp_path / "damsm.pt", weights_only=True)
    save_state(state | {"text_encoder": {}}, path)
    with pytest.raises(ValueError, match=r"judge\.pt is not a usable DAMSM model") as caught:
        load_damsm(path)
    assert "\n" not in str(caught.value)

    save_state(state | {"features": "inception"}, path)
    with pytest.raises(ValueError, match="inception, a network that is not known"):
        load_damsm(path)
