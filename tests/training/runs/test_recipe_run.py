"""Whole runs: from photographs to a file that draws, whatever kills them on the way."""

import json
import signal
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from models import Painter
from models.checkpoints.checkpoint import load_checkpoint
from models.training import __main__ as command
from models.training.data.folder import DataFolder
from models.training.gan.trainer import GanTrainer, load_gan
from models.training.recipes.recipe import Recipe
from models.training.recipes.recipe_run import RecipeRun
from tests.training.conftest import CPU, write_birds, write_data
from tests.training.runs.tiny import PROCESSES, TINY, run_and_die, tiny_run
from tests.training.states import same_tensors

KILLS = (
    # The last expert is written, and its state knows of the first epoch only.
    ("expert/expert-run.pt", 3),
    ("damsm/damsm-run.pt", 2),
    ("phase-0/gan.pt", 2),
    ("phase-1/gan.pt", 2),
    ("sketches/sketches.pt", 1),
    ("bird.safetensors", 1),
)


@pytest.mark.timeout(600)  # seven processes
def test_a_run_that_is_killed_again_and_again_gives_the_same_weights(
    data: DataFolder, tmp_path: Path
) -> None:
    def go_on(out: Path, kill: tuple[str, int] | None) -> int | None:
        process = PROCESSES.Process(target=run_and_die, args=(data.path, out, kill))
        process.start()
        process.join()
        return process.exitcode

    whole, killed = tmp_path / "whole", tmp_path / "killed"
    assert go_on(whole, None) == 0
    for kill in KILLS:
        assert go_on(killed, kill) == -signal.SIGKILL, kill
        assert not (killed / "bird.safetensors").exists()
    assert go_on(killed, None) == 0
    for phase, seen in (("phase-0", 24), ("phase-1", 16)):
        one, other = (load_gan(run / phase / "gan.pt") for run in (whole, killed))
        assert one["position"].pop("seconds") and other["position"].pop("seconds")
        assert one["position"]["seen"] == seen
        assert same_tensors(one, other), phase
    assert (killed / "bird.safetensors").read_bytes() == (whole / "bird.safetensors").read_bytes()
    assert len((killed / "run.jsonl").read_text().splitlines()) == len(KILLS) + 1
    assert load_checkpoint(whole / "bird.safetensors").poses is not None
    # Averaged over its last states, the first phase ends with another mean than its last state.
    ema = load_gan(whole / "phase-0" / "gan.pt")["ema"]
    assert ema["n_averaged"] == 3


def test_quick_draws_in_the_end(
    data: DataFolder, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out, packed = tmp_path / "run", tmp_path / "packed"
    short = ["phase.0.photographs=32", "phase.1.photographs=16", "phase.0.damsm_weight=.8"]
    arguments = ["run", "quick", "--data", str(data.path), "--out", str(out), *short]
    assert command.main(arguments) == 0
    weights = out / "bird.safetensors"
    drawing = Painter.load(weights, device="cpu").draw("a red bird", seed=1)
    assert drawing.image.size == (128, 128) and drawing.model_name.startswith("quick (")
    capsys.readouterr()

    # The recipe inside repeats it, changes included.
    assert command.main(["show", str(weights)]) == 0
    shown = tmp_path / "again.toml"
    shown.write_text(capsys.readouterr().out)
    again = Recipe.read(str(shown))
    assert [phase.photographs for phase in again.phases] == [32, 16]
    assert again.phases[0].damsm_weight == 0.8
    described = json.loads((out / "run.jsonl").read_text())
    assert described["packages"]["torch"] and described["seed"] == 0

    assert command.main(arguments) == 1
    assert "holds a run already: name --resume" in capsys.readouterr().err
    assert command.main([*arguments, "--resume", "--seed", "3"]) == 1
    assert "with --seed 0" in capsys.readouterr().err
    assert command.main([*arguments, "damsm.epochs=3", "--resume"]) == 1
    assert "was begun with another damsm" in capsys.readouterr().err

    early = tmp_path / "early.safetensors"
    source = ["export", "--run", str(out), "--data", str(data.path), "-o", str(early)]
    assert command.main(source) == 0
    by_hand, by_itself = load_checkpoint(early), load_checkpoint(weights)
    assert by_hand.card == by_itself.card and by_hand.config == by_itself.config
    assert same_tensors(by_hand.generator.state_dict(), by_itself.generator.state_dict())
    assert command.main([*source, "--damsm", str(out)]) == 1
    assert "has its --damsm and --sketches in itself" in capsys.readouterr().err

    # Packed, it is smaller, and goes on.
    assert command.main(["pack", str(out), "-o", str(packed)]) == 0
    names = sorted(path.relative_to(packed).as_posix() for path in packed.rglob("*.*"))
    assert names == [
        *("damsm/damsm.pt", "expert/expert.pt", "phase-0/gan.pt", "phase-1/gan.pt"),
        *("recipe.toml", "run.jsonl", "sketches/sketches.pt"),
    ]
    sizes = [(folder / "phase-0" / "gan.pt").stat().st_size for folder in (out, packed)]
    assert sizes[1] < sizes[0] / 4
    assert not load_gan(packed / "phase-0" / "gan.pt")["ema"], "the next phase has its generator"
    kept = (packed / "damsm" / "damsm.pt").stat().st_mtime_ns
    longer = ["run", str(packed / "recipe.toml"), "phase.1.photographs=32", "--resume"]
    folders = ["--data", str(data.path), "--out", str(packed)]
    assert command.main([*longer, *folders]) == 0
    assert load_gan(packed / "phase-1" / "gan.pt")["position"]["seen"] == 32
    assert Painter.load(packed / "bird.safetensors", device="cpu").draw("a bird").image
    assert (packed / "damsm" / "damsm.pt").stat().st_mtime_ns == kept, "trained once"
    assert command.main(["pack", str(out), "-o", str(packed)]) == 1
    assert "is not empty" in capsys.readouterr().err
    assert command.main(["pack", str(tmp_path), "-o", str(tmp_path / "x")]) == 1
    assert "holds no run" in capsys.readouterr().err


@pytest.fixture
def begun(data: DataFolder, expert: Path, damsm: Path, tmp_path: Path) -> Callable[..., RecipeRun]:
    """A run whose expert and DAMSM are there already."""

    def make(name: str = "run", text: str = TINY) -> RecipeRun:
        run = tiny_run(data, tmp_path / name, text)
        run.begin(resume=False)
        for file in (expert, damsm):
            (run.out / file.stem).mkdir()
            (run.out / file.stem / file.name).write_bytes(file.read_bytes())
        return run

    return make


def test_time_that_is_up_saves(begun: Callable[..., RecipeRun]) -> None:
    run = begun()
    assert not run.train(minutes=0) and not run.begun()
    with pytest.raises(ValueError, match="no phase that has begun"):
        run.export()
    assert not run.train(minutes=5e-4)  # shorter than a step, longer than to come to it
    assert [path.parent.name for path in run.begun()] == ["phase-0"]
    assert 0 < run.minutes() < 1
    assert load_gan(run.begun()[0])["position"]["seen"] == 8, "one step"
    assert run.export().exists()


def test_what_was_not_trained_to_its_end_is_not_used(begun: Callable[..., RecipeRun]) -> None:
    run = begun()
    (run.out / "damsm" / "damsm-run.pt").write_bytes(b"")
    with pytest.raises(ValueError, match="damsm is not complete: `run` goes on with it"):
        run.train_phase(0)


def test_other_data_or_another_phase_is_refused(
    begun: Callable[..., RecipeRun], tmp_path: Path
) -> None:
    run = begun()
    run.train_phase(0)
    other = DataFolder.read(write_data(tmp_path / "more birds"))
    write_birds(tmp_path / "gulls" / "train", 16, "{} gull")
    write_birds(tmp_path / "gulls" / "test", 8, "{} owl")
    replace(run, data=other).begin(resume=True)  # the same pictures in another place
    with pytest.raises(ValueError, match="other photographs or captions"):
        replace(run, data=DataFolder.read(tmp_path / "gulls")).begin(resume=True)

    def changed(*changes: str) -> RecipeRun:
        return replace(run, recipe=Recipe.read(str(run.out / "recipe.toml"), changes))

    with pytest.raises(ValueError, match=r"begun with another phase\.0"):
        changed("phase.0.damsm_weight=2").begin(resume=True)
    with pytest.raises(ValueError, match="begun with another generator"):
        changed("generator.noise_size=4").begin(resume=True)
    # What has not begun may be another; what has may go on for longer.
    later = changed("phase.1.damsm_weight=2", "phase.0.photographs=32")
    later.begin(resume=True)
    assert Recipe.read(str(run.out / "recipe.toml")).phases == later.recipe.phases


def test_a_phase_with_discriminators_for_heads_keeps_those_it_has(
    begun: Callable[..., RecipeRun],
) -> None:
    heads = TINY.replace("stages = [128]", "stages = [64]\nhead_weight = 0.5\nhead_size = 32")
    run = begun("heads", heads)
    assert run.train_phase(0)
    first = load_gan(run.begun()[0])["discriminators"]
    trainer = run.trainer(1, run.examples)
    trainer.start_from(load_gan(run.begun()[0]), load_gan(run.begun()[0]))
    state = trainer.gan.discriminator_pass.state_dict()
    assert {name.split(".")[1] for name in state} == {"0", "1"}
    assert all(torch.equal(state[name], value) for name, value in first.items())
    values = trainer.gan.update(next(iter(trainer.sampler)))
    assert {"discriminator_64", "discriminator_64_head", "generator_64_head"} <= set(values)


def test_a_stage_that_is_trained_again_finds_its_discriminators(
    begun: Callable[..., RecipeRun], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = TINY[TINY.index("[[phase]]") :].split("[[", 2)[1]
    run = begun("again", TINY.replace("[export]", f"[[{first}[export]"))
    assert [phase.stages for phase in run.recipe.phases] == [(64,), (128,), (64,)]
    assert run.train_phase(0) and run.train_phase(1)
    monkeypatch.setattr(GanTrainer, "train", lambda trainer, minutes: trainer.save())
    run.train_phase(2)
    states = [load_gan(path) for path in run.begun()]
    assert same_tensors(states[2]["discriminators"], states[0]["discriminators"])
    assert same_tensors(states[2]["ema"], states[1]["ema"])
    assert states[2]["position"]["seen_before"] == 24 + 16


@pytest.mark.parametrize("content", ["text", "pickle", "other"])
@pytest.mark.parametrize("name", ["damsm/damsm.pt", "expert/expert.pt", "phase-0/gan.pt"])
def test_a_foreign_file_is_one_sentence(
    begun: Callable[..., RecipeRun], name: str, content: str
) -> None:
    run = begun()
    path = run.out / name
    path.parent.mkdir(exist_ok=True)
    if content == "text":
        path.write_text("not a checkpoint")
    elif content == "pickle":
        torch.save({"run": Path("no tensors")}, path)
    else:
        torch.save({"netG": {"conv.weight": torch.zeros(1)}}, path)
    with pytest.raises(ValueError, match=path.name) as caught:
        run.train()
    assert len(str(caught.value).splitlines()) == 1


def test_a_run_without_an_expert_and_one_that_draws_nothing(
    data: DataFolder, tmp_path: Path
) -> None:
    changes = [
        *("generator.stage_channels=[4]", "generator.seed_channels=16", "phase.0.stages=[64]"),
        *("phase.0.batch_size=2", "phase.0.judged_sizes=[64]", "phase.0.discriminator_width=2"),
        *("damsm.epochs=1", "damsm.batch_size=8", "damsm.picture_sizes=[64]", "photographs=4"),
    ]
    paper = RecipeRun(Recipe.read("attngan", changes), data, tmp_path / "paper", CPU)
    paper.begin(resume=False)
    assert paper.train()
    assert not (paper.out / "expert").exists()
    drawing = Painter.load(paper.out / "bird.safetensors", device="cpu").draw("a red bird")
    assert drawing.image.size == (64, 64)

    small = ["expert.epochs=1", "expert.picture_sizes=[64]", "expert.batch_size=8"]
    small += ["damsm.epochs=1", "damsm.picture_sizes=[64]", "damsm.batch_size=8"]
    judge = RecipeRun(Recipe.read("judge", small), data, tmp_path / "judge", CPU)
    judge.begin(resume=False)
    assert judge.train()
    assert (judge.out / "damsm" / "damsm.pt").exists()
    assert not (judge.out / "bird.safetensors").exists()
