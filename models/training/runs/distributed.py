"""Several processes that train one model: PyTorch's DistributedDataParallel under ``torchrun``.

All random numbers of a step are drawn for the whole batch, in every process the same ones, and each
process works on its own part of it: a run in N processes follows the very steps of a run in one.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TypeVar

import torch
import torch.distributed as dist
from torch import Tensor, nn
from torch.distributed.nn.functional import all_gather, all_reduce
from torch.nn.parallel import DistributedDataParallel

Network = TypeVar("Network", bound=nn.Module)


@contextmanager
def process_group() -> Iterator[torch.device]:
    """Join the processes that ``torchrun`` started, if it did, and give this one's device."""
    local_rank = int(os.environ.get("LOCAL_RANK", 0))
    gpu = torch.cuda.is_available()
    device = torch.device(f"cuda:{local_rank}" if gpu else "cpu")
    if "RANK" not in os.environ:
        yield device
        return
    if gpu:
        torch.cuda.set_device(device)
    dist.init_process_group("nccl" if gpu else "gloo")
    try:
        yield device
    finally:
        dist.destroy_process_group()


def world_size() -> int:
    return dist.get_world_size() if dist.is_initialized() else 1


def rank() -> int:
    return dist.get_rank() if dist.is_initialized() else 0


def is_first() -> bool:
    """Whether this process writes files and talks to the person."""
    return rank() == 0


def own_part(batch_size: int) -> slice:
    """The rows of a step's batch that this process works on."""
    share = batch_size // world_size()
    return slice(rank() * share, (rank() + 1) * share)


def parallel(
    network: Network, device: torch.device, some_unused: bool = False
) -> Network | DistributedDataParallel:
    """Share a network's gradients and batch statistics among all processes.

    Parameters
    ----------
    some_unused : whether parameters that learn may have no part in a pass. Gradients of all are
        waited for otherwise, and a second step never begins.
    """
    if world_size() == 1:
        return network
    if device.type == "cuda":
        network = nn.SyncBatchNorm.convert_sync_batchnorm(network)
    else:
        _synchronise_on_cpu(network)
    # Statistics agree in all processes, and frozen parts have none to send.
    return DistributedDataParallel(
        network,
        device_ids=[device] if device.type == "cuda" else None,
        broadcast_buffers=False,
        find_unused_parameters=some_unused,
    )


def without_sync(network: nn.Module, skip: bool) -> AbstractContextManager[None]:
    """Let gradients add up in this process when `skip`: all but the last part of a batch."""
    if skip and isinstance(network, DistributedDataParallel):
        return network.no_sync()
    return nullcontext()


def gather(rows: Tensor) -> Tensor:
    """Put the rows of all processes together; gradients find their way back."""
    if world_size() == 1:
        return rows
    if rows.requires_grad:
        return torch.cat(all_gather(rows.contiguous()))
    parts = [torch.empty_like(rows) for _ in range(world_size())]
    dist.all_gather(parts, rows.contiguous())
    return torch.cat(parts)


def any_process(asked: bool, device: torch.device) -> bool:
    """Whether any process was asked to stop: then all stop after the same step."""
    if world_size() == 1:
        return asked
    flag = torch.tensor(int(asked), device=device)
    dist.all_reduce(flag, dist.ReduceOp.MAX)
    return bool(flag.item())


def wait_for_all() -> None:
    """Go on when every process has come here."""
    if world_size() > 1:
        dist.barrier()


def check_same(what: str, value: str) -> None:
    """See that all processes agree on something.

    Raises
    ------
    ValueError
        They do not; training would mix two runs.
    """
    if world_size() == 1:
        return
    values: list[str | None] = [None] * world_size()
    dist.all_gather_object(values, value)
    odd = [str(number) for number, other in enumerate(values) if other != values[0]]
    if odd:
        raise ValueError(f"process {', '.join(odd)} has other {what} than process 0")


def _synchronise_on_cpu(network: nn.Module) -> None:
    for name, child in list(network.named_children()):
        if isinstance(child, nn.BatchNorm1d | nn.BatchNorm2d):
            setattr(network, name, _CpuSyncBatchNorm.like(child))
        else:
            _synchronise_on_cpu(child)


class _CpuSyncBatchNorm(nn.BatchNorm2d):
    """Batch norm over the pictures of all processes; PyTorch's own has none for processors."""

    @classmethod
    def like(cls, norm: nn.BatchNorm1d | nn.BatchNorm2d) -> _CpuSyncBatchNorm:
        """Take over another's parameters and buffers, the very same tensors."""
        copy = cls(norm.num_features, norm.eps, norm.momentum)
        copy.weight, copy.bias = norm.weight, norm.bias
        copy._buffers = norm._buffers
        return copy.train(norm.training)

    def forward(self, values: Tensor) -> Tensor:
        if not self.training:
            return nn.functional.batch_norm(
                values, self.running_mean, self.running_var, self.weight, self.bias, eps=self.eps
            )
        wide = values.float()
        places = [0, *range(2, wide.dim())]
        count = wide.numel() // wide.shape[1] * world_size()
        shape = (1, -1, *[1] * (wide.dim() - 2))
        mean = all_reduce(wide.sum(places)) / count
        variance = all_reduce((wide - mean.view(shape)).square().sum(places)) / count
        with torch.no_grad():
            assert self.running_mean is not None and self.running_var is not None
            assert self.momentum is not None
            self.running_mean.lerp_(mean, self.momentum)
            self.running_var.lerp_(variance * count / (count - 1), self.momentum)
        scale = self.weight * (variance + self.eps).rsqrt()
        normal = (wide - mean.view(shape)) * scale.view(shape) + self.bias.view(shape)
        return normal.to(values.dtype)
