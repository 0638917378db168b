"""A recipe of seconds, and runs of it in processes of their own that can be killed."""

import os
import signal
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import torch

from models.training.data.folder import DataFolder
from models.training.gan import trainer
from models.training.recipes.recipe import Recipe
from models.training.recipes.recipe_run import RecipeRun
from models.training.runs import distributed

TINY = """
[expert]
epochs = 2
batch_size = 8
picture_sizes = [64]

[damsm]
epochs = 2
batch_size = 8
picture_sizes = [64]

[sketches]
epochs = 1
batch_size = 8

[generator]
condition_size = 8
noise_size = 8
seed_channels = 32
stage_channels = [8, 6]
pose_channels = 4

[[phase]]
stages = [64]
photographs = 24
batch_size = 8
judged_sizes = [64]
discriminator_width = 8

[[phase]]
stages = [128]
photographs = 16
batch_size = 8
judged_sizes = [64]
discriminator_width = 8

[[average]]
phase = 0
share = 0.7

[export]
name = "tiny"
"""

PROCESSES = get_context("forkserver")
"""Processes that have imported everything when they begin."""
# The first optimiser of a process would import torch._dynamo, which takes over a second.
PROCESSES.set_forkserver_preload(["tests.training.runs.tiny", "torch._dynamo"])


def tiny_run(data: DataFolder, out: Path, text: str = TINY, **rest: Any) -> RecipeRun:
    path = out.with_name(f"{out.name}.toml")
    path.write_text(text)
    return RecipeRun(Recipe.read(str(path)), data, out, torch.device("cpu"), **rest)


def run_and_die(data: Path, out: Path, kill: tuple[str, int] | None) -> None:
    """Go on with a run, saving after each step, until a file is written for the nth time."""
    torch.set_num_threads(1)
    trainer.CHECKPOINT_MINUTES, trainer.AVERAGED_EVERY = 0.0, 1
    if kill is not None:
        _die_at(*kill)
    run = tiny_run(DataFolder.read(data), out)
    run.begin(resume=True)
    assert run.train()


def _die_at(name: str, times: int) -> None:
    """Die like a process without memory, just before the file has its name."""
    plain, written = os.replace, []

    def replace(source: Any, target: Any) -> None:
        if str(target).endswith(name):
            written.append(target)
            if len(written) == times:
                os.kill(os.getpid(), signal.SIGKILL)
        plain(source, target)

    os.replace = replace  # type: ignore[assignment]


def join(rank: int, port: int) -> None:
    """Become one of two processes of ``torchrun``."""
    torch.set_num_threads(1)
    os.environ |= {
        "RANK": str(rank),
        "LOCAL_RANK": str(rank),
        "WORLD_SIZE": "2",
        "MASTER_ADDR": "127.0.0.1",
        "MASTER_PORT": str(port),
    }
    assert distributed.world_size() == 1
