"""The same work on many pictures, on all cores, with a progress bar."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from tqdm import tqdm

Item = TypeVar("Item")
Result = TypeVar("Result")


def work_through(
    work: Callable[[Item], Result], items: Sequence[Item], label: str, workers: int
) -> list[Result]:
    """Apply `work` to all items in `workers` threads; results in the order of the items.

    Threads are enough: Pillow decodes, scales and encodes without holding Python's lock. The first
    exception, or Ctrl-C, stops what has not begun.
    """
    results = []
    with (
        ThreadPoolExecutor(workers) as pool,
        tqdm(total=len(items), desc=label, unit=" pictures", leave=False) as bar,
    ):
        futures = [pool.submit(work, item) for item in items]
        try:
            for future in futures:
                results.append(future.result())
                bar.update()
        except BaseException:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
    return results
