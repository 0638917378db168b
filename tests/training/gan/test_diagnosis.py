"""What `diagnose` finds out about runs in miniature."""

from pathlib import Path

import pytest
import torch

from models.config import GeneratorConfig
from models.training import __main__ as command
from models.training.damsm.model import load_damsm
from models.training.data.examples import Pictures, read_examples
from models.training.gan.diagnosis import Diagnosis, Scored, diagnose
from models.training.gan.settings import GanTraining
from models.training.gan.step import picture_sizes
from models.training.gan.trainer import GanTrainer, load_gan
from models.training.runs.files import save_state

CPU = torch.device("cpu")


@pytest.fixture
def run(damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig) -> Path:
    """``gan.pt`` after two steps."""
    settings = GanTraining(batch_size=4, judged_sizes=(64,) * 4)
    pictures = Pictures(read_examples(data), [64])
    trainer = GanTrainer(settings, small, load_damsm(damsm), pictures, tmp_path / "run", CPU)
    trainer.train(pictures=8)
    return trainer.path


def _diagnose(run: Path, damsm: Path, data: Path, birds: Path) -> Diagnosis:
    return diagnose(run, damsm, data, birds, CPU, batches=2)


def test_scores_and_pulls_are_told_and_the_run_stays_as_it_is(
    run: Path, damsm: Path, data: Path, birds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = run.read_bytes()
    arguments = ["diagnose", "--gan", str(run), "--damsm", str(damsm), "--data", str(data)]
    assert command.main([*arguments, "--unseen", str(birds), "--batches", "2"]) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("8 pictures seen; means of 2 batches.")
    assert "| 64 px |" in printed
    for loss in ("g0", "words0", "sentence0", "mode_seeking"):
        assert f"| {loss} |" in printed
    assert "condition" not in printed, "it does not come from the drawings"
    assert run.read_bytes() == before

    findings = _diagnose(run, damsm, data, birds)
    assert findings == _diagnose(run, damsm, data, birds), "two looks see the same"
    (scored,) = findings.scored
    assert len(scored.known) == 4, "one score for each scale"
    assert scored.known != scored.unseen != scored.drawn


@pytest.mark.parametrize("stages", [(1,), (2, 3)])
def test_a_run_of_upper_stages_alone(
    damsm: Path,
    data: Path,
    birds: Path,
    tmp_path: Path,
    small: GeneratorConfig,
    stages: tuple[int, ...],
) -> None:
    patch = 1.0 if stages == (1,) else 0.25
    settings = GanTraining(stages=stages, batch_size=4, judged_sizes=(64,) * 4, patch=patch)
    pictures = Pictures(read_examples(data), picture_sizes(settings, small))
    trainer = GanTrainer(settings, small, load_damsm(damsm), pictures, tmp_path / "upper", CPU)
    trainer.train(pictures=4)
    findings = _diagnose(trainer.path, damsm, data, birds)
    assert len(findings.scored) == len(stages)
    assert {f"g{stage}" for stage in stages} <= set(findings.pulls)
    assert "condition" not in findings.pulls


def test_a_loss_of_twice_the_weight_pulls_twice_as_hard(
    run: Path, damsm: Path, data: Path, birds: Path
) -> None:
    once = _diagnose(run, damsm, data, birds).pulls
    state = load_gan(run)
    state["settings"]["damsm_weight"] *= 2
    save_state(state, run)
    twice = _diagnose(run, damsm, data, birds).pulls
    assert twice["words0"] == pytest.approx(2 * once["words0"], rel=1e-4)
    assert twice["g0"] == pytest.approx(once["g0"], rel=1e-4)


def test_photographs_known_by_heart() -> None:
    def scored(unseen: float) -> Scored:
        return Scored(64, known=(2.0, 1.0), unseen=(unseen, unseen), drawn=(-1.0, -1.0))

    assert scored(1.5).by_heart == 0
    assert scored(-1.0).by_heart == 1
    assert scored(0.25).by_heart == pytest.approx(0.5)


def test_another_text_encoder_is_refused(
    run: Path, damsm: Path, data: Path, birds: Path, judge: Path
) -> None:
    with pytest.raises(ValueError, match=r"damsm\.pt and .*gan\.pt do not belong together"):
        _diagnose(run, judge, data, birds)
    state = load_gan(run)
    del state["text_identity"]  # of an earlier version
    save_state(state, run)
    _diagnose(run, damsm, data, birds)


def test_runs_of_other_versions_and_no_batches_are_refused(
    run: Path, damsm: Path, data: Path, birds: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["diagnose", "--gan", str(run), "--damsm", str(damsm), "--data", str(data)]
    arguments += ["--unseen", str(birds)]
    assert command.main([*arguments, "--batches", "0"]) == 1
    assert "--batches must be 1 or more" in capsys.readouterr().err
    state = load_gan(run)
    state["settings"]["brushes"] = 3
    save_state(state, run)
    assert command.main(arguments) == 1
    assert "made by another version" in capsys.readouterr().err
