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


ONE_HEAP = """
import ctypes, sys, tempfile, threading
from models.memory import share_one_heap
if sys.argv[1] == "share":
    assert share_one_heap()
glibc = ctypes.CDLL(None)
glibc.fopen.restype = ctypes.c_void_p
threads = [threading.Thread(target=glibc.malloc, args=(1000,)) for number in range(4)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
with tempfile.NamedTemporaryFile("r") as file:
    stream = ctypes.c_void_p(glibc.fopen(file.name.encode(), b"w"))
    glibc.malloc_info(0, stream)
    glibc.fclose(stream)
    print(file.read().count("<heap nr="))
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


@only_with_glibc
def test_threads_share_one_heap() -> None:
    assert printed(ONE_HEAP, "share") == 1
    assert printed(ONE_HEAP, "leave") > 1
