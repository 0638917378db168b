"""Several processes that work on one file of captions, as ``torchrun`` starts them.

It tells each process in the environment who it is. They never talk: what each has to do follows
from its number.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass

from app.commandline.steps import UsageError


@dataclass(frozen=True)
class Rank:
    """Which of the processes this is, and so which part of the work is its own.

    Attributes
    ----------
    rank, count : its number from 0, and how many processes there are.
    local_rank, local_count : the same among the processes on this computer.
    """

    rank: int = 0
    count: int = 1
    local_rank: int = 0
    local_count: int = 1

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Rank:
        """Read what ``torchrun`` wrote; without it, all the work is this process's.

        Raises
        ------
        UsageError
            RANK and its companions are no numbers, or do not fit each other.
        """
        try:
            rank, count = int(environment.get("RANK", 0)), int(environment.get("WORLD_SIZE", 1))
            local_rank = int(environment.get("LOCAL_RANK", rank))
            local_count = int(environment.get("LOCAL_WORLD_SIZE", count))
        except ValueError:
            rank, count, local_rank, local_count = 0, 0, 0, 0
        if not (0 <= rank < count and 0 <= local_rank < local_count <= count):
            raise UsageError(
                "The variables RANK, WORLD_SIZE, LOCAL_RANK and LOCAL_WORLD_SIZE, by which "
                "torchrun shares work out among processes, do not fit together: unset them."
            )
        return cls(rank, count, local_rank, local_count)

    def device(self, name: str) -> str:
        """Deal the GPUs out, if there are any to draw on: "cuda" becomes "cuda:1".

        Where there are more processes than GPUs, some draw on the same one.
        """
        if self.count == 1 or name == "cpu":
            return name
        import torch

        if not torch.cuda.is_available():
            return name
        return f"cuda:{self.local_rank % torch.cuda.device_count()}"

    def limit_threads(self) -> None:
        """Leave the other processes of this computer their part of its processor."""
        if self.local_count > 1:
            import torch

            torch.set_num_threads(max(1, processors() // self.local_count))

    def of(self, number: int) -> bool:
        """Whether the piece of work with this number is this process's."""
        return number % self.count == self.rank


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1
