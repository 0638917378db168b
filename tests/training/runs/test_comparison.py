"""A comparison trains, scores and shows each recipe once, and goes on where it was stopped."""

import json
import os
import signal
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageFilter

from models.training import __main__ as command
from models.training.data.folder import DataFolder
from models.training.evaluation.evaluator import Evaluator
from models.training.gan.trainer import GanTrainer, load_gan
from models.training.recipes.comparison import Comparison, sharpness, variants_of
from tests.training.conftest import CPU, write_birds
from tests.training.runs.tiny import TINY

pytestmark = pytest.mark.usefixtures("few_drawings")

SHORT = TINY.replace("epochs = 2", "epochs = 1")


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    (tmp_path / "tiny.toml").write_text(SHORT)
    return str(tmp_path / "tiny.toml")


@pytest.fixture(scope="module")
def scored(tmp_path_factory: pytest.TempPathFactory) -> DataFolder:
    """As `data`, with as many photographs of unseen species as scores need."""
    folder = tmp_path_factory.mktemp("scored")
    write_birds(folder / "train", 16, "{} wren")
    write_birds(folder / "test", 68, "{} owl")
    return DataFolder.read(folder)


def test_one_table_one_plot_and_a_row_of_drawings_each(
    tiny: str,
    scored: DataFolder,
    judge: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out"
    key = "phase.0.damsm_weight"
    given = ["compare", tiny, f"{key}=1,5", "--data", str(scored.path), "--judge", str(judge)]
    given += ["--out", str(out), "--photographs", "8", "--scored", "24", "--device", "cpu"]
    assert command.main(given) == 0
    table = (out / "comparison.md").read_text()
    assert capsys.readouterr().out.rstrip().endswith(table.rstrip())
    assert [line.split(" | ")[:2] for line in table.splitlines()[2:4]] == [
        [f"| tiny, {key}=1", "8"],
        [f"| tiny, {key}=5", "8"],
    ]
    rows = json.loads((out / "comparison.json").read_text())
    assert [(row["pictures"], row["size"]) for row in rows] == [(24, 64)] * 2
    assert all(row["sharpness"] >= 0 for row in rows)  # two steps may still draw one flat grey
    assert Image.open(out / "comparison.png").size[0] > 600
    assert Image.open(out / "pictures.jpg").height > 2 * 160

    # Expert and DAMSM were trained once, and nothing is trained anew.
    logs = sorted(path.relative_to(out).as_posix() for path in out.glob("*/*/*.jsonl"))
    assert logs == [
        *("00/damsm/damsm.jsonl", "00/expert/expert.jsonl", "00/phase-0/gan.jsonl"),
        "01/phase-0/gan.jsonl",
    ]
    experts = [(out / name / "expert" / "expert.pt").read_bytes() for name in ("00", "01")]
    assert experts[0] == experts[1]
    trained = (out / "00" / "phase-0" / "gan.pt").stat().st_mtime_ns
    assert command.main(given) == 0
    assert (out / "comparison.md").read_text() == table
    assert (out / "00" / "phase-0" / "gan.pt").stat().st_mtime_ns == trained

    # Another budget, other values and fewer drawings in the same folder are refused.
    capsys.readouterr()
    for changes, told in (
        (["--photographs", "16"], "another comparison (other budget)"),
        (["--scored", "22"], "another comparison (other scored)"),
        (["--minutes", "1"], "another comparison (other minutes)"),
        ([f"{key}=2"], "was begun with another phase.0"),
    ):
        assert command.main([*given, *changes]) == 1
        assert told in capsys.readouterr().err


def test_asked_to_stop_it_ends_and_later_goes_on(
    tiny: str,
    scored: DataFolder,
    judge: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    variants, out = variants_of([tiny], [], 16), tmp_path / "out"
    evaluator = Evaluator(judge, scored.path / "test", 24)
    comparison = Comparison(scored, evaluator, out, CPU)
    step = GanTrainer._step

    def stopped(trainer: GanTrainer, batch: object) -> dict[str, float]:
        os.kill(os.getpid(), signal.SIGTERM)
        return step(trainer, batch)

    with monkeypatch.context() as patched:
        patched.setattr(GanTrainer, "_step", stopped)
        with pytest.raises(InterruptedError, match="goes on from here"):
            comparison.run(variants, "compare")
    assert not (out / "00" / "scores.json").exists(), "half a run must not be scored"
    comparison.run(variants, "compare")
    assert load_gan(out / "00" / "phase-0" / "gan.pt")["position"]["seen"] == 16

    # With a limit of time, what was trained by then is scored.
    timed = Comparison(scored, evaluator, tmp_path / "timed", CPU, minutes=1e-5)
    table = timed.run(variants_of([tiny], []), "compare --these")
    assert "| tiny | 8 | 0 | 128 px |" in table and "`compare --these`" in table


def test_each_recipe_with_each_choice_of_values(tiny: str, tmp_path: Path) -> None:
    variants = variants_of([tiny, "quick"], ["phase.0.damsm_weight=1,5", "phase.0.betas=[0,.9]"])
    assert [one.name for one in variants] == [
        "tiny, phase.0.damsm_weight=1",
        "tiny, phase.0.damsm_weight=5",
        "quick, phase.0.damsm_weight=1",
        "quick, phase.0.damsm_weight=5",
    ]
    phases = [one.recipe.phases[0] for one in variants]
    assert [phase.damsm_weight for phase in phases] == [1, 5, 1, 5]
    assert {phase.betas for phase in phases} == {(0.0, 0.9)}
    # As many photographs as the shortest has.
    assert [sum(phase.photographs for phase in one.recipe.phases) for one in variants] == [40] * 4
    sizes = variants_of([tiny], ["phase.0.judged_sizes=[64],[96]"])
    assert [one.recipe.phases[0].judged_sizes for one in sizes] == [(64,), (96,)]
    with pytest.raises(ValueError, match="tiny sees 40 photographs, not 50"):
        variants_of([tiny, "quick"], [], 50)
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "tiny.toml").write_text(SHORT)
    with pytest.raises(ValueError, match="tiny is named twice"):
        variants_of([tiny, str(tmp_path / "other" / "tiny.toml")], [])
    with pytest.raises(FileNotFoundError, match="no recipe qick"):
        variants_of(["qick"], [])


def test_sharpness_is_what_blur_lacks() -> None:
    noise = torch.randint(256, (32, 32), generator=torch.Generator().manual_seed(0)).byte()
    picture = Image.fromarray(noise.numpy())
    blurred = picture.filter(ImageFilter.GaussianBlur(1))
    assert sharpness(picture) > 4 * sharpness(blurred) > 0
    assert sharpness(Image.new("RGB", (32, 16), "red")) == 0
