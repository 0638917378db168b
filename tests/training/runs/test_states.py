"""A kill or a full disk while saving never costs the last good state."""

import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from models.training.runs.states import load_state, save_state

SAVE_FOREVER = """
import sys, torch
from pathlib import Path
from models.training.runs.states import save_state
number = 0
while True:
    number += 1
    save_state({"number": number, "weights": torch.full((1_000_000,), float(number))}, Path(sys.argv[1]))
    print(number, flush=True)
"""  # noqa: E501


def test_kill_while_saving(tmp_path: Path) -> None:
    path = tmp_path / "gan.pt"
    with subprocess.Popen(
        [sys.executable, "-c", SAVE_FOREVER, str(path)], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        for _ in range(5):
            process.stdout.readline()
        time.sleep(random.uniform(0, 0.05))
        process.send_signal(signal.SIGKILL)
        later = process.stdout.read().split()
    state = load_state(path, "state", ("number", "weights"))
    assert state["number"] >= int(later[-1] if later else 5), "what was reported saved is there"
    assert bool((state["weights"] == state["number"]).all())


def test_full_disk_while_saving(tmp_path: Path) -> None:
    path = tmp_path / "gan.pt"
    save_state({"number": 1}, path)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    previous = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
        for count in (24_950, 30_000, 1_000_000):  # torch notices in its own words, or Python does
            with pytest.raises(OSError, match=r"File too large: '.*gan\.pt'"):
                save_state({"number": 2, "weights": torch.zeros(count)}, path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        signal.signal(signal.SIGXFSZ, previous)
    assert load_state(path, "state", ("number",))["number"] == 1
    assert sorted(tmp_path.glob("*gan*")) == [path], "nothing half-written is left"


def test_a_truncated_state_is_refused_with_its_name(tmp_path: Path) -> None:
    path = tmp_path / "gan.pt"
    save_state({"weights": torch.zeros(1000)}, path)
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(ValueError, match=r"gan\.pt cannot be read as a gan run"):
        load_state(path, "gan run", ("weights",))
