"""A comparison trains, scores and shows each recipe once, and goes on where it was stopped."""

import json
import os
import signal
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from PIL import Image, ImageFilter

from models.config import GeneratorConfig
from models.training.evaluation import Evaluator
from models.training.gan.settings import GanTraining, Phase, Preset
from models.training.gan.trainer import GanTrainer, load_gan
from models.training.runs.comparison import (
    Comparison,
    Variant,
    preset_variants,
    settings_variants,
    sharpness,
    stage_count_variants,
)


def variant(name: str, config: GeneratorConfig, pictures: int, weight: float = 1.0) -> Variant:
    settings = GanTraining(batch_size=4, judged_sizes=(64,) * 4, damsm_weight=weight)
    return Variant(name, Preset(name, config, (Phase(pictures, settings),)), size=64)


def test_one_table_one_plot_and_a_row_of_drawings_each(
    damsm: Path, data: Path, birds: Path, judge: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    variants = [variant("lambda 1", small, 8), variant("lambda 5", small, 8, weight=5.0)]
    out = tmp_path / "out"
    comparison = Comparison(data, damsm, Evaluator(judge, birds), out, torch.device("cpu"))
    table = comparison.run(variants, "compare --these")
    assert (out / "comparison.md").read_text() == table
    assert "`compare --these`" in table
    assert [line.split(" | ")[:2] for line in table.splitlines()[2:4]] == [
        ["| lambda 1", "8"],
        ["| lambda 5", "8"],
    ]
    rows = json.loads((out / "comparison.json").read_text())
    assert [row["scored"] for row in rows] == [40, 40]
    assert all(row["sharpness"] >= 0 for row in rows)  # two steps may still draw one flat grey
    assert Image.open(out / "comparison.png").size[0] > 600
    assert Image.open(out / "pictures.jpg").size[1] == 2 * 160

    # A second call trains nothing anew; another budget in the same folder is refused.
    trained = (out / "00" / "gan.pt").stat().st_mtime_ns
    assert comparison.run(variants, "compare --these") == table
    assert (out / "00" / "gan.pt").stat().st_mtime_ns == trained
    with pytest.raises(ValueError, match="another comparison"):
        comparison.run([variant("lambda 1", small, 12)], "compare")

    # So are other weights to begin with, another DAMSM, another judge and fewer drawings.
    begun = replace(variants[0], start_from=out / "01" / "gan.pt")
    with pytest.raises(ValueError, match=r"another comparison \(other start_from\)"):
        comparison.run([begun], "compare")
    device = torch.device("cpu")
    other = Comparison(data, judge, Evaluator(judge, birds, pictures=20), out, device)
    with pytest.raises(ValueError, match=r"\(other damsm, scored\): choose another --out"):
        other.run(variants, "compare")


def test_asked_to_stop_it_ends_and_later_goes_on(
    damsm: Path,
    data: Path,
    birds: Path,
    judge: Path,
    tmp_path: Path,
    small: GeneratorConfig,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    variants, out = [variant("lambda 1", small, 8)], tmp_path / "out"
    comparison = Comparison(data, damsm, Evaluator(judge, birds), out, torch.device("cpu"))
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
    assert load_gan(out / "00" / "gan.pt")["phase_pictures"] == 8


def test_sharpness_is_what_blur_lacks() -> None:
    noise = torch.randint(256, (32, 32), generator=torch.Generator().manual_seed(0)).byte()
    picture = Image.fromarray(noise.numpy())
    blurred = picture.filter(ImageFilter.GaussianBlur(1))
    assert sharpness(picture) > 4 * sharpness(blurred) > 0
    assert sharpness(Image.new("RGB", (32, 16), "red")) == 0


def test_the_questions_that_are_asked(tmp_path: Path) -> None:
    start = tmp_path / "gan.pt"
    one_changed = settings_variants(64, start)
    settings = [entry.preset.phases[0].settings for entry in one_changed]
    assert [one.generator_learning_rate for one in settings[:2]] == [2e-4, 1.5e-4]
    assert [one.damsm_weight for one in settings[:4]] == [1, 1, 5, 10]
    assert settings[4].generator_steps == 2
    three, four = stage_count_variants(32, start)
    assert three.preset.phases[0].settings.stages == (2,)
    assert four.preset.phases[0].settings.stages == (2, 3)
    assert {entry.start_from for entry in [*one_changed, three, four]} == {start}
    presets = preset_variants(32)
    judges = [entry.preset.phases[0].settings.discriminator for entry in presets]
    assert judges == ["projected", "paper"]
    assert {entry.start_from for entry in presets} == {None}


def test_a_missing_run_to_go_on_from_is_named(
    damsm: Path, data: Path, birds: Path, judge: Path, tmp_path: Path
) -> None:
    comparison = Comparison(
        data, damsm, Evaluator(judge, birds), tmp_path / "out", torch.device("cpu")
    )
    with pytest.raises(FileNotFoundError, match=r"missing/gan\.pt"):
        comparison.run(stage_count_variants(16, tmp_path / "missing" / "gan.pt"), "compare")
