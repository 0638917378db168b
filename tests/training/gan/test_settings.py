"""Presets and settings of a GAN run: what is refused before anything is trained."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
from models.training.gan.schedule import run_schedule

from models.config import GeneratorConfig
from models.training.gan.settings import PRESETS, GanTraining, Phase, Preset

CPU = torch.device("cpu")
STAGE_ONE = GanTraining(batch_size=4, judged_sizes=(64, 64, 64, 64))


@pytest.mark.parametrize("name", ["judged_sizes", "discriminator_widths"])
def test_each_stage_needs_its_number(name: str) -> None:
    with pytest.raises(ValueError, match=f"{name} must have a number for each stage"):
        GanTraining(stages=(2,), **{name: (64, 64)})  # type: ignore[arg-type]
    GanTraining(stages=(1,), **{name: (64, 64)})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"patch": 0.75}, r"--patch 0.75 in a phase that trains stage 0.*--phase-pictures"),
        ({"stages": (1,), "patch": 1.5}, r"--patch 1.5 is the share of a side"),
        ({"stages": (0, 2)}, r"--stages 0 2: name neighbouring stages, the lower first, of 0 to 3"),
        ({"stages": (1, 0)}, r"--stages 1 0: name neighbouring stages"),
        ({"stages": (3, 4), "judged_sizes": (64,) * 5, "discriminator_widths": (8,) * 5}, "0 to 3"),
        ({"batch_size": 5, "pair_every": 0}, r"--batch-size 5 cannot be shared: .* 2 would do"),
        ({"batch_size": 6}, r"--pair-every 4, .* 4 would do"),
        ({"batch_size": 8, "accumulate": 4}, r"--accumulate 4 x --pair-every 4, .* 16 would do"),
        ({"batch_size": 4, "accumulate": 4, "pair_every": 0}, r"two pictures .* 8 would do"),
        ({"batch_size": 0}, r"--batch-size 0 cannot be shared"),
        ({"accumulate": 0}, r"--accumulate 0 is 1 or more"),
        ({"pair_every": 1}, r"--pair-every 1 2 or more, or 0"),
    ],
)
def test_settings_that_would_spoil_a_phase_are_refused_before_it(
    changes: dict[str, Any],
    told: str,
    damsm: Path,
    data: Path,
    tmp_path: Path,
    small: GeneratorConfig,
) -> None:
    preset = Preset("tiny", small, (Phase(8, replace(STAGE_ONE, **changes)),))
    with pytest.raises(ValueError, match=told):
        run_schedule(preset, data, damsm, tmp_path / "run", CPU)
    assert not (tmp_path / "run").exists()


def test_a_batch_is_shared_by_all_processes() -> None:
    for name, processes, size in (("attngan", 2, 20), ("speech2bird", 2, 16)):
        PRESETS[name].changed({"batch_size": size}).check(processes)
    with pytest.raises(
        ValueError, match=r"--batch-size 20 cannot be shared.*3 processes.* 6 would"
    ):
        PRESETS["attngan"].check(processes=3)
    # Of 16 pictures 6 processes would drop 4, and tear pairs apart.
    with pytest.raises(ValueError, match="24 would do"):
        PRESETS["speech2bird"].changed({"batch_size": 16}).check(processes=6)


def test_an_option_may_be_wrong_for_a_phase_that_is_left_out() -> None:
    preset = PRESETS["speech2bird"].changed({"patch": 0.5})
    with pytest.raises(ValueError, match="stage 0"):
        preset.check()
    preset.with_pictures([0, 8, 8]).check()
    with pytest.raises(ValueError, match="--phase-pictures says how many"):
        preset.with_pictures([0, 0, 0]).check()
    for name in PRESETS:
        PRESETS[name].check()


def test_a_preset_with_fewer_stages_or_pictures() -> None:
    assert PRESETS["attngan"].with_stages(3).generator.stage_channels == (32, 32, 32)
    assert PRESETS["attngan"].with_stages(3).phases[0].settings.stages == (0, 1, 2)
    grown = PRESETS["speech2bird"].with_stages(2)
    assert [phase.settings.stages for phase in grown.phases] == [(0,), (1,)]
    assert [phase.pictures for phase in grown.with_pictures([64, 0]).phases] == [64]
    with pytest.raises(ValueError, match="2 phases"):
        grown.with_pictures([64])
