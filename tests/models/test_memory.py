"""Freed memory is kept: what is asked for again needs no new pages of the system."""

import platform
import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

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


def page_faults(way: str) -> int:
    command = [sys.executable, "-c", FAULTS, way]
    done = subprocess.run(command, cwd=REPOSITORY, capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other systems are left as they are")
def test_memory_is_asked_of_the_system_only_once() -> None:
    assert page_faults("keep") < page_faults("give back") / 20
