"""What belongs to the B sentences or pictures of a batch: tensors that go the same way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Self

import torch
from torch import Tensor


@dataclass(frozen=True)
class Batched:
    """A dataclass of tensors (B, ...), tuples of them and others like it; the rest stays."""

    def each(self, change: Callable[[Tensor], Tensor]) -> Self:
        """The same with all tensors changed."""
        changed: dict[str, Any] = {}
        for field in fields(self):
            value = getattr(self, field.name)
            if isinstance(value, Tensor):
                changed[field.name] = change(value)
            elif isinstance(value, tuple):
                changed[field.name] = tuple(map(change, value))
            elif isinstance(value, Batched):
                changed[field.name] = value.each(change)
        return replace(self, **changed)

    def rows(self, part: slice | Tensor) -> Self:
        """Some of the batch."""
        return self.each(lambda values: values[part])

    def to(self, device: torch.device | str) -> Self:
        return self.each(lambda values: values.to(device))
