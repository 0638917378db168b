"""Combine: stages of several states in one, each the mean of those named for it."""

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from models.config import GeneratorConfig
from models.generator import Generator
from models.training.__main__ import main
from models.training.exchange.combine import combine
from models.training.exchange.export import averaged_generator, load_run
from models.training.runs.files import save_state
from tests.training.gan_states import SMALL, run_state


def saved(path: Path, seed: int, config: GeneratorConfig = SMALL) -> Path:
    """A state as ``gan`` saves it, as far as drawing needs it."""
    save_state(run_state(config, seed) | {"pictures_seen": 100 + seed}, path)
    return path


def averages(path: Path) -> Generator:
    return averaged_generator(load_run(path), path)


@pytest.fixture
def states(tmp_path: Path) -> list[Path]:
    return [saved(tmp_path / f"{seed}.pt", seed) for seed in range(3)]


def test_a_stage_is_the_mean_of_its_states_and_the_others_stay(
    states: list[Path], tmp_path: Path
) -> None:
    base, *others = states
    output = tmp_path / "whole.pt"
    combine(base, {0: [others[0], others[1], others[1]]}, output)
    whole, own, first, second = (averages(path) for path in (output, *states))
    for combined, one, two in zip(
        whole.modules_of(0), first.modules_of(0), second.modules_of(0), strict=True
    ):
        for name, value in combined.named_parameters():
            mean = (one.get_parameter(name) + 2 * two.get_parameter(name)) / 3
            torch.testing.assert_close(value, mean)
    for stage in (1, 2, 3):
        for combined, kept in zip(whole.modules_of(stage), own.modules_of(stage), strict=True):
            for name, value in combined.state_dict().items():
                assert torch.equal(value, kept.state_dict()[name])
    assert load_run(output)["pictures_seen"] == 100


def test_batch_norm_statistics_come_along(states: list[Path], tmp_path: Path) -> None:
    state = load_run(states[1])
    for name, value in state["ema"].items():
        if name.endswith("running_mean"):
            value += 4
    save_state(state, states[1])
    base, other, output = str(states[0]), str(states[1]), str(tmp_path / "whole.pt")
    stages = ["--stage", "1", base, "--stage", "3", other, "--stage", "1", other]
    assert main(["combine", "--gan", base, *stages, "-o", output]) == 0
    whole = averages(tmp_path / "whole.pt")
    for stage, mean in ((0, 0.0), (1, 2.0), (2, 0.0), (3, 4.0)):
        for module in whole.modules_of(stage):
            for name, value in module.named_buffers():
                if name.endswith("running_mean"):
                    assert torch.equal(value, torch.full_like(value, mean)), (stage, name)


def test_what_does_not_fit_is_one_sentence(
    states: list[Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "whole.pt"
    other_words = saved(tmp_path / "words.pt", 5)
    for path, identity in ((states[0], "one"), (other_words, "another")):
        save_state(load_run(path) | {"text_identity": identity}, path)
    wider = saved(tmp_path / "wider.pt", 4, replace(SMALL, noise_size=9))
    for stage, told in (
        (["4", str(states[1])], "has no stage 4"),
        (["0", str(wider)], "has another generator"),
        (["0", str(other_words)], "was trained with another text encoder"),
        (["0", str(tmp_path / "none.pt")], "there is no file"),
        (["0"], "write its number and one or more gan.pt"),
        ([str(states[1]), str(states[2])], "write its number and one or more gan.pt"),
    ):
        command = ["combine", "--gan", str(states[0]), "--stage", *stage, "-o", str(output)]
        assert main(command) == 1
        printed = capsys.readouterr().err
        assert told in printed and printed.startswith("error: ") and printed.count("\n") == 1
    assert not output.exists()
