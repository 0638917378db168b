"""What becomes of freed memory: handed back after loading, kept while a network runs (glibc)."""

from __future__ import annotations

import ctypes
import sys
from typing import Any

_MMAP_MAX, _TRIM_THRESHOLD, _TOP_PAD, _ARENA_MAX = -4, -1, -2, -8  # of glibc's malloc.h


def share_one_heap() -> bool:
    """Let all threads of this process take memory from one heap; call it before there are any.

    glibc gives threads heaps of their own, each with freed pieces that no other thread can use.
    Returns whether it took effect, as the functions below.
    """
    mallopt = _of_glibc("mallopt")
    return mallopt is not None and bool(mallopt(_ARENA_MAX, 1))


def keep_freed_memory() -> bool:
    """Keep what this process frees instead of handing it back to the system.

    glibc returns each large block as soon as it is freed. A network's layers ask for as large ones
    again at once, and the system has to clear every page of them anew: up to a third of the time of
    a training step. Meant for processes that do little but run networks; torch allocates no more
    than before, and the process keeps its peak until it ends. So call it once the network is
    loaded: what was freed before is handed back.

    Returns
    -------
    Whether it took effect; other systems than Linux with glibc are left as they are.
    """
    mallopt = _of_glibc("mallopt")
    if mallopt is None:
        return False
    hand_back_freed_memory()
    settings = {_MMAP_MAX: 0, _TRIM_THRESHOLD: 2**31 - 1, _TOP_PAD: 2**28, _ARENA_MAX: 1}
    return all([mallopt(name, value) for name, value in settings.items()])


def hand_back_freed_memory() -> bool:
    """Hand back what glibc has kept of freed memory, as after loading; returns as above."""
    trim = _of_glibc("malloc_trim")
    return trim is not None and bool(trim(0))


def _of_glibc(function: str) -> Any:
    """Return a function of the C library; None where it has none of that name."""
    if sys.platform == "win32":  # the program itself is no library there
        return None
    return getattr(ctypes.CDLL(None), function, None)
