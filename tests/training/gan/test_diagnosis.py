"""What `diagnose` finds out about runs in miniature."""

from collections.abc import Callable
from pathlib import Path

import pytest

from models.training import __main__ as command
from models.training.data.folder import DataFolder
from models.training.gan.diagnosis import Diagnosis, Scored, diagnose
from models.training.gan.trainer import load_gan
from models.training.recipes.recipe_run import RecipeRun
from models.training.runs.states import save_state
from tests.training.conftest import CPU
from tests.training.runs.tiny import TINY, tiny_run

Trained = Callable[[str], RecipeRun]


@pytest.fixture
def trained(data: DataFolder, expert: Path, damsm: Path, tmp_path: Path) -> Trained:
    """A run with one step of each phase."""

    def make(text: str) -> RecipeRun:
        run = tiny_run(data, tmp_path / "run", text)
        run.begin(resume=False)
        for file in (expert, damsm):
            (run.out / file.stem).mkdir()
            (run.out / file.stem / file.name).write_bytes(file.read_bytes())
        for number in range(len(run.recipe.phases)):
            run.train_phase(number)
        return run

    return make


ONE_STEP = TINY.replace("photographs = 24", "photographs = 8").replace("= 16", "= 8")
FIRST = ONE_STEP.partition("[[phase]]\nstages = [128]")[0]


def look(run: RecipeRun) -> Diagnosis:
    read = RecipeRun.of_folder(run.out, run.data, CPU)
    return diagnose(read.last_trained(read.examples), read.last_trained(read.data.test), batches=2)


def test_scores_and_pulls_are_told_and_the_run_stays_as_it_is(
    trained: Trained, capsys: pytest.CaptureFixture[str]
) -> None:
    run = trained(FIRST)
    (path,) = run.begun()
    before = path.read_bytes()
    arguments = ["diagnose", str(run.out), "--data", str(run.data.path), "--batches", "2"]
    capsys.readouterr()
    assert command.main(arguments) == 0
    printed = capsys.readouterr().out
    assert printed.startswith("8 photographs seen; means of 2 batches.")
    assert "| 64 |" in printed
    for loss in ("generator_64", "words_64", "sentence_64", "pose_64"):
        assert f"| {loss} |" in printed
    assert "condition" not in printed, "it does not come from the drawings"
    assert path.read_bytes() == before

    findings = look(run)
    assert findings == look(run), "two looks see the same"
    (scored,) = findings.scored
    assert len(scored.known) == 4, "one score for each scale"
    assert scored.known != scored.unseen != scored.drawn

    # A loss of twice the weight pulls twice as hard.
    text = (run.out / "recipe.toml").read_text()
    twice = text.replace("[[phase]]", "[[phase]]\ndamsm_weight = 0.8", 1)
    (run.out / "recipe.toml").write_text(twice)
    again = look(run).pulls
    assert again["words_64"] == pytest.approx(2 * findings.pulls["words_64"], rel=1e-4)
    assert again["generator_64"] == pytest.approx(findings.pulls["generator_64"], rel=1e-4)

    # Another text encoder is refused.
    state = load_gan(path)
    save_state(state | {"text_identity": "of another"}, path)
    capsys.readouterr()
    assert command.main(arguments) == 1
    assert "do not belong together" in capsys.readouterr().err
    assert command.main(["diagnose", str(run.data.path), "--data", str(run.data.path)]) == 1
    assert "holds no run" in capsys.readouterr().err


@pytest.mark.parametrize("patch", ["1.0", "0.5"])
def test_the_last_phase_is_looked_at(trained: Trained, patch: str) -> None:
    findings = look(trained(ONE_STEP.replace("stages = [128]", f"stages = [128]\npatch = {patch}")))
    assert [one.name for one in findings.scored] == ["128"]
    assert findings.photographs_seen == 16
    assert {"generator_128", "blocks_128", "consistency_128"} <= set(findings.pulls)
    assert ("words_128" in findings.pulls) == (patch == "1.0")


def test_photographs_known_by_heart() -> None:
    def scored(unseen: float) -> Scored:
        return Scored("64", known=(2.0, 1.0), unseen=(unseen, unseen), drawn=(-1.0, -1.0))

    assert scored(1.5).by_heart == 0
    assert scored(-1.0).by_heart == 1
    assert scored(0.25).by_heart == pytest.approx(0.5)
