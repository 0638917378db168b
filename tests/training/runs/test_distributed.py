"""Two processes follow the very steps of one: real gloo processes on this processor."""

import socket
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.multiprocessing
from models.training.gan.schedule import run_schedule

from models.config import GeneratorConfig
from models.training.damsm.model import load_damsm, read_captions
from models.training.data.counterfactual import Counterfactual
from models.training.data.examples import Pictures, read_examples
from models.training.gan.batch import BatchSampler
from models.training.gan.settings import GanTraining, Phase, Preset
from models.training.gan.step import GanStep
from models.training.gan.trainer import GanTrainer, load_gan
from models.training.runs import distributed

# Without learning: Adam's first update is a sign, which rounding alone can turn, and the
# generator's gradients come after the discriminators' update.
SETTINGS = GanTraining(
    batch_size=8,
    judged_sizes=(64, 64, 64, 64),
    precision="float32",
    mode_seeking_target=0.9,
    generator_learning_rate=0.0,
    discriminator_learning_rate=0.0,
)


def gradients(damsm: Path, data: Path, config: GeneratorConfig) -> dict[str, torch.Tensor]:
    """Every gradient of one step, and the batch norm statistics after it."""
    loaded = load_damsm(damsm)
    pictures = Pictures(read_examples(data), [64])
    captions = read_captions(pictures, loaded.vocabulary, 24)
    gan = GanStep(SETTINGS, config, loaded, pictures, torch.device("cpu"))
    sampler = BatchSampler(
        captions,
        pictures.species,
        loaded.text_encoder,
        SETTINGS,
        config,
        counterfactual=Counterfactual(loaded.vocabulary),
    )
    batch = next(iter(sampler)).part(distributed.own_part(SETTINGS.batch_size))
    gan.update(batch)
    found = {}
    for part in ("generator", "discriminators"):
        for name, value in getattr(gan, part).named_parameters():
            if value.grad is not None:
                found[f"{part}.{name}"] = value.grad.clone()
    for name, value in gan.generator.named_buffers():
        if "running" in name:
            found[f"statistics.{name}"] = value.clone()
    return found


def join(rank: int, port: int) -> None:
    import os

    torch.set_num_threads(1)
    os.environ |= {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }


def save_gradients(
    rank: int, port: int, damsm: Path, data: Path, config: GeneratorConfig, out: Path
) -> None:
    join(rank, port)
    with distributed.process_group():
        torch.save(gradients(damsm, data, config), out / f"{rank}.pt")


def train_on_different_data(
    rank: int, port: int, damsm: Path, data: Path, config: GeneratorConfig, out: Path
) -> None:
    join(rank, port)
    if rank:
        metadata = data / "metadata.jsonl"
        fewer = out / "fewer"
        fewer.mkdir()
        for file in data.glob("*.png"):
            (fewer / file.name).symlink_to(file)
        lines = metadata.read_text().splitlines()
        (fewer / "metadata.jsonl").write_text("\n".join(lines[:-1]) + "\n")
        data = fewer
    preset = Preset("tiny", config, (Phase(8, SETTINGS),))
    with distributed.process_group() as device:
        try:
            run_schedule(preset, data, damsm, out / "run", device)
        except ValueError as error:
            (out / f"{rank}.txt").write_text(str(error))


def train_two_phases(
    rank: int, port: int, damsm: Path, data: Path, config: GeneratorConfig, out: Path
) -> None:
    join(rank, port)
    second = replace(SETTINGS, stages=(1,))
    preset = Preset("tiny", config, (Phase(8, SETTINGS), Phase(8, second)))
    if rank == 0:  # a slow disk must not let the other process read too early
        plain_save = GanTrainer.save

        def save_slowly(trainer: GanTrainer) -> None:
            time.sleep(1)
            plain_save(trainer)

        GanTrainer.save = save_slowly  # type: ignore[assignment, method-assign]
    with distributed.process_group() as device:
        assert run_schedule(preset, data, damsm, out / "run", device)


def train_on_patches(
    rank: int, port: int, damsm: Path, data: Path, config: GeneratorConfig, out: Path
) -> None:
    join(rank, port)
    patches = replace(SETTINGS, stages=(1,), patch=0.5)
    with distributed.process_group() as device:
        preset = Preset("tiny", config, (Phase(16, patches),))
        assert run_schedule(preset, data, damsm, out / "run", device)


def in_two_processes(work: Any, *arguments: object) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    torch.multiprocessing.spawn(work, (port, *arguments), nprocs=2)


def test_gradients_are_those_of_one_process(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    in_two_processes(save_gradients, damsm, data, small, tmp_path)
    expected = gradients(damsm, data, small)
    assert any(name.startswith("generator.initial") for name in expected)
    for rank in (0, 1):
        found = torch.load(tmp_path / f"{rank}.pt", weights_only=True)
        assert set(found) == set(expected)
        for name, value in expected.items():
            # Sums in another order differ in their last digits, and thresholds turn a few of
            # those into more; a mistake (statistics or wrong answers not shared) gives over .1.
            difference = (found[name] - value).norm() / (value.norm() + 1e-6)
            assert difference < 1e-2, f"process {rank}: {name}"


def test_processes_with_different_data_are_told_so(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    in_two_processes(train_on_different_data, damsm, data, small, tmp_path)
    for rank in (0, 1):
        message = (tmp_path / f"{rank}.txt").read_text()
        assert message == "process 1 has other pictures or captions than process 0"


def test_all_processes_begin_a_phase_with_what_the_first_one_saved(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    in_two_processes(train_two_phases, damsm, data, small, tmp_path)
    state = load_gan(tmp_path / "run" / "gan.pt")
    assert (state["phase"], state["pictures_seen"]) == (1, 16)


def test_processes_train_on_patches_where_nothing_reads_sentences(
    damsm: Path, data: Path, tmp_path: Path, small: GeneratorConfig
) -> None:
    in_two_processes(train_on_patches, damsm, data, small, tmp_path)
    assert load_gan(tmp_path / "run" / "gan.pt")["pictures_seen"] == 16, "two steps"
