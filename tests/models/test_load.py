"""Hundreds of drawings: the last as right as the first, and no memory is lost."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

# As the program draws: in a process of its own that keeps what it frees.
DRAW = """
from pathlib import Path
from app.commandline.steps import load_painter

def own_memory():
    # Not the pages of files, which come and go as other programs need room.
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))

def picture(seed, size):
    return painter.draw("a small red bird with black wings", seed, size).image.tobytes()

painter = load_painter(None, "cpu")
first = picture(0, 512)
for seed in range(300):
    picture(seed, 64 if seed % 50 else 512)
    if seed == 100:
        before = own_memory()
print(own_memory() - before, picture(0, 512) == first)
"""


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_hundreds_of_drawings_leave_memory_as_it_was() -> None:
    command = [sys.executable, "-c", DRAW]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    grown, same = done.stdout.split()
    assert int(grown) < 4e6  # 20 kB a drawing would be too much
    assert same == "True"
