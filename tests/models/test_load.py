"""A thousand drawings: each as quick and as right as the first, and no memory is lost."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from models import Painter

SENTENCE = "a small red bird with black wings"


def resident() -> int:
    """Memory of this process in bytes (Linux)."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


@pytest.mark.timeout(300)
@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
def test_a_thousand_drawings_leave_memory_as_it_was(painter: Painter) -> None:
    first = painter.draw(SENTENCE, 0, 64)
    before = 0
    for seed in range(1000):
        painter.draw(SENTENCE, seed, 64)
        if seed == 100:
            before = resident()
    assert resident() - before < 20e6
    assert painter.draw(SENTENCE, 0, 64).image.tobytes() == first.image.tobytes()
