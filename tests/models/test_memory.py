"""Freed memory is handed back after loading; later what is asked for again needs no new pages."""

import platform
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

only_with_glibc = pytest.mark.skipif(
    platform.libc_ver()[0] != "glibc", reason="other systems are left as they are"
)

FAULTS = """
import resource, sys, torch
from models.memory import keep_freed_memory
if sys.argv[1] == "keep":
    assert keep_freed_memory()
for repetition in range(20):
    if repetition == 10:  # glibc sets a few small remainders of the first ones aside
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    torch.ones(16, 1024, 1024)
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""

HANDED_BACK = """
from pathlib import Path
import torch
from models.memory import hand_back_freed_memory

def in_use():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

blocks = [torch.ones(16384) for number in range(2000)]  # 64 KB each: parts of the heap
last = torch.ones(16384)  # above them, so that nothing goes back by itself
before = in_use()
del blocks
assert hand_back_freed_memory()
print(before - in_use())
"""


def printed(code: str, *arguments: str) -> int:
    command = [sys.executable, "-c", code, *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return int(done.stdout)


@only_with_glibc
def test_memory_is_asked_of_the_system_only_once() -> None:
    assert printed(FAULTS, "keep") < printed(FAULTS, "give back") / 20


@only_with_glibc
def test_what_loading_freed_is_handed_back() -> None:
    assert printed(HANDED_BACK) > 100e6
