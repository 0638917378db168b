"""Two processes follow the very steps of one: real gloo processes on this processor."""

import shutil
import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.multiprocessing

from models.networks.config import GeneratorConfig
from models.training.damsm.model import load_damsm
from models.training.data.folder import DataFolder
from models.training.data.photographs import Photographs
from models.training.expert.expert import load_expert
from models.training.gan.batch import BatchSampler
from models.training.gan.settings import Phase
from models.training.gan.step import GanStep
from models.training.gan.trainer import GanTrainer, load_gan
from models.training.recipes.recipe import Recipe
from models.training.recipes.recipe_run import RecipeRun
from models.training.runs import distributed
from tests.training.conftest import CPU
from tests.training.runs.tiny import PROCESSES, TINY, join, tiny_run

# Without learning: Adam's first update is a sign, which rounding alone can turn, and the
# generator's gradients come after the discriminators' update.
PHASE = Phase(
    batch_size=8,
    judged_sizes=(64,),
    discriminator_width=16,
    generator_rate=0.0,
    discriminator_rate=0.0,
)


def gradients(
    expert: Path, damsm: Path, data: Path, config: GeneratorConfig
) -> dict[str, torch.Tensor]:
    """Every gradient of one step, and the batch norm statistics after it."""
    loaded, photographs = load_damsm(damsm), Photographs(DataFolder.read(data).train, 96)
    gan = GanStep(PHASE, config, loaded, load_expert(expert).parts, CPU, seed=0)
    gan.precision = torch.float32
    gan.features.float()
    sampler = BatchSampler(
        photographs,
        loaded.vocabulary,
        loaded.text_encoder,
        PHASE,
        config,
        own_part=distributed.own_part(PHASE.batch_size),
    )
    batch = next(iter(sampler))
    assert len(batch) == 8 // distributed.world_size() == len(batch.photographs)
    gan.update(batch)
    found = {}
    for part in ("generator", "discriminator_pass"):
        for name, value in getattr(gan, part).named_parameters():
            if value.grad is not None:
                found[f"{part}.{name}"] = value.grad.clone()
    for name, value in gan.generator.named_buffers():
        if "running" in name:
            found[f"statistics.{name}"] = value.clone()
    return found


def save_gradients(
    rank: int,
    port: int,
    expert: Path,
    damsm: Path,
    data: Path,
    config: GeneratorConfig,
    out: Path,
) -> None:
    join(rank, port)
    with distributed.process_group():
        torch.save(gradients(expert, damsm, data, config), out / f"{rank}.pt")


def begin_with_different_data(rank: int, port: int, data: Path, out: Path) -> None:
    join(rank, port)
    if rank:
        fewer = out / "fewer"
        shutil.copytree(data, fewer)
        metadata = fewer / "train" / "metadata.jsonl"
        metadata.write_text("\n".join(metadata.read_text().splitlines()[:-1]))
        data = fewer
    folder, recipe = DataFolder.read(data), Recipe.read(str(out / "tiny.toml"))
    with distributed.process_group() as device:
        try:
            RecipeRun(recipe, folder, out / "run", device).begin(resume=False)
        except ValueError as error:
            (out / f"{rank}.txt").write_text(str(error))


def train_together(rank: int, port: int, data: Path, out: Path) -> None:
    join(rank, port)
    if rank == 0:  # a slow disk must not let the other process read too early
        plain_save = GanTrainer.save

        def save_slowly(trainer: GanTrainer) -> None:
            time.sleep(1)
            plain_save(trainer)

        GanTrainer.save = save_slowly  # type: ignore[assignment, method-assign]
    folder, recipe = DataFolder.read(data), Recipe.read(str(out / "tiny.toml"))
    with distributed.process_group() as device:
        run = RecipeRun(recipe, folder, out / "run", device)
        run.begin(resume=False)
        assert run.train()
        assert (out / "run" / "bird.safetensors").exists()


def in_two_processes(work: Any, *arguments: object) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    torch.multiprocessing.start_processes(
        work, (port, *arguments), nprocs=2, start_method=PROCESSES.get_start_method()
    )


@pytest.mark.timeout(300)
def test_gradients_are_those_of_one_process(
    expert: Path, damsm: Path, data: DataFolder, tmp_path: Path, small: GeneratorConfig
) -> None:
    first = replace(small, stage_channels=(8,))
    in_two_processes(save_gradients, expert, damsm, data.path, first, tmp_path)
    expected = gradients(expert, damsm, data.path, first)
    assert any(name.startswith("generator.initial") for name in expected)
    assert any("pose" in name for name in expected)
    for rank in (0, 1):
        found = torch.load(tmp_path / f"{rank}.pt", weights_only=True)
        assert set(found) == set(expected)
        for name, value in expected.items():
            # Sums in another order differ in their last digits, and thresholds turn a few of
            # those into more; a mistake (statistics or wrong answers not shared) gives over .1.
            difference = (found[name] - value).norm() / (value.norm() + 1e-6)
            assert difference < 1e-2, f"process {rank}: {name}"


@pytest.mark.timeout(300)
def test_processes_with_different_data_are_told_so(data: DataFolder, tmp_path: Path) -> None:
    (tmp_path / "tiny.toml").write_text(TINY)
    in_two_processes(begin_with_different_data, data.path, tmp_path)
    for rank in (0, 1):
        message = (tmp_path / f"{rank}.txt").read_text()
        assert message == "process 1 has other photographs or captions than process 0"
    assert not (tmp_path / "run").exists()


@pytest.mark.timeout(300)
def test_a_whole_run_in_two_processes(data: DataFolder, tmp_path: Path) -> None:
    """Each phase begins with what the first process saved, and patches read no sentences."""
    text = TINY.replace("epochs = 2", "epochs = 1").replace("= 24", "= 8")
    text = text.replace("stages = [128]", "stages = [128]\npatch = 0.5")
    (tmp_path / "tiny.toml").write_text(text)
    in_two_processes(train_together, data.path, tmp_path)
    position = load_gan(tmp_path / "run" / "phase-1" / "gan.pt")["position"]
    assert (position["seen_before"], position["seen"]) == (8, 16), "two steps on patches"
    (line,) = (tmp_path / "run" / "run.jsonl").read_text().splitlines()
    assert '"processes": 2' in line
    assert tiny_run(data, tmp_path / "run", text).minutes() > 0
