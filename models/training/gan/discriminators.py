"""What all discriminators have in common: what they are shown and what they answer."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass

from torch import Tensor, nn

from models.batched import Batched


@dataclass(frozen=True)
class Seen(Batched):
    """B pictures as a discriminator and DAMSM see them.

    Attributes
    ----------
    picture : (B, 3, S, S), values in -1 .. 1, augmented.
    maps : feature maps of a frozen network, finest first; empty when nobody looks at them.
    pooled : (B, P) its pooled features; None likewise.
    """

    picture: Tensor
    maps: tuple[Tensor, ...] = ()
    pooled: Tensor | None = None


@dataclass(frozen=True)
class Scores:
    """What a discriminator says of B pictures, higher for real ones; one tensor a scale.

    Attributes
    ----------
    unconditional : (B, N) each: does it look like a photograph, at the N places of that scale.
    conditional : (B, N) each: does it fit the sentence there; empty when no sentence was given.
    """

    unconditional: tuple[Tensor, ...]
    conditional: tuple[Tensor, ...]


class Discriminator(nn.Module):
    """Tells photographs from drawings, and pictures that fit their sentence from others."""

    needs_features = True
    """Whether it looks at `Seen.maps`."""

    @abstractmethod
    def forward(self, seen: Seen, sentences: Sequence[Tensor | None]) -> list[Scores]:
        """Score pictures beside each of several batches of sentence features (B, D)."""

    def trainable(self) -> list[nn.Parameter]:
        """The parameters that learn."""
        return list(self.parameters())
