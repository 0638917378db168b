"""Photographs in another colour, with sentences that say so.

Hardly any bird is orange or purple all over, and people ask for them. Where a caption says
"yellow", the yellow parts of its photograph are made orange now and then, and the word with them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.batched import Batched
from models.training.data.photographs import Photographs
from models.words.vocabulary import Vocabulary

LEFT_ALONE = (0.0, 0.0, 0.0, 1.0)
"""The change of a photograph that stays as it is: no reach."""


@dataclass(frozen=True)
class Hue:
    """Where a colour lies on the circle of hues, in degrees: its centre, and how far it reaches.

    What is made this colour has its value raised to the power `gamma`: a dark red is still red,
    but a dark orange is called brown.
    """

    centre: float
    reach: float
    gamma: float = 1.0


HUES = {
    "red": Hue(0, 22),
    "orange": Hue(28, 16, gamma=0.6),
    "yellow": Hue(52, 14),
    "green": Hue(115, 40),
    "blue": Hue(220, 40),
    "purple": Hue(285, 25),
}

RECOLOURED = ("red", "orange", "yellow", "blue")
"""What is made another colour; green is not: it would be the leaves more often than the bird."""

RARE, RARE_WEIGHT = ("orange", "purple"), 3.0
"""Colours that photographs hardly have are chosen so many times as often as the others."""

SATURATION, VALUE, BORDER = (0.3, 0.5), (0.15, 0.3), (0.0, 8.0)
"""Where a colour begins and where it is full: saturation, value, degrees inside its reach."""

LEAST_SHARE = 0.15
"""Of the middle of a photograph, for its bird to have a colour."""

LOOKED_AT_ONCE, LOOKED_AT_SIZE = 256, 64
"""Photographs at a time, and their side in pixels."""


@dataclass(frozen=True)
class Exchange:
    """A caption with another colour, and the change: source, its reach, target, its gamma."""

    caption: list[int]
    change: tuple[float, float, float, float]


@dataclass(frozen=True)
class Recolouring(Batched):
    """Which of B photographs are made another colour.

    Attributes
    ----------
    source, reach, target : (B,) hues in degrees; a reach of 0 leaves a photograph as it is.
    gamma : (B,) the power to which the value of what is changed is raised.
    """

    source: Tensor
    reach: Tensor
    target: Tensor
    gamma: Tensor

    @classmethod
    def of_none(cls, count: int) -> Recolouring:
        """For photographs that all stay as they are."""
        return cls.of([LEFT_ALONE] * count)

    @classmethod
    def of(cls, changes: Sequence[tuple[float, float, float, float]]) -> Recolouring:
        """From source, reach, target and gamma of each photograph."""
        return cls(*torch.tensor(changes).unbind(1))

    def apply(self, images: Tensor) -> Tensor:
        """Make photographs (B, 3, S, S) in -1 .. 1 another colour; the others stay, bit for bit."""
        changed = self.reach.nonzero().flatten()
        if not len(changed):
            return images
        recoloured = images.clone()
        recoloured[changed] = _turn(images[changed], self.rows(changed))
        return recoloured


class Recolourer:
    """Finds a colour that a caption names and its photograph's bird has, and exchanges it."""

    def __init__(self, vocabulary: Vocabulary, photographs: Photographs) -> None:
        self._ids = {name: vocabulary.read(name, 1).ids[0] for name in HUES if name in vocabulary}
        rows = torch.arange(len(photographs)).split(LOOKED_AT_ONCE)
        self._has = torch.cat(
            [_birds_with(photographs.centred(part, LOOKED_AT_SIZE)).cpu() for part in rows]
        )

    def exchange_some(
        self, rows: Sequence[int], captions: Sequence[Sequence[int]], share: float
    ) -> tuple[list[Sequence[int]], Recolouring]:
        """Exchange a colour of a share of photographs and their captions, where that can be done.

        Returns
        -------
        All captions, and what makes their photographs show what they say.
        """
        changed, changes = [], []
        for row, caption in zip(rows, captions, strict=True):
            exchange = self.exchange(row, caption) if torch.rand(()) < share else None
            changed.append(exchange.caption if exchange else caption)
            changes.append(exchange.change if exchange else LEFT_ALONE)
        return changed, Recolouring.of(changes)

    def exchange(self, row: int, caption: Sequence[int]) -> Exchange | None:
        """Choose at random a colour of a photograph and its caption, and another one for it.

        Returns
        -------
        None when there is no colour to exchange.
        """
        said = [name for name, word in self._ids.items() if word in caption]
        sources = [
            name
            for name, has in zip(RECOLOURED, self._has[row].tolist(), strict=True)
            if has and name in said
        ]
        targets = [name for name in self._ids if name not in said]
        if not sources or not targets:
            return None
        source = sources[int(torch.randint(len(sources), ()))]
        weights = torch.tensor([RARE_WEIGHT if name in RARE else 1.0 for name in targets])
        target = targets[int(weights.multinomial(1))]
        old, new = self._ids[source], self._ids[target]
        return Exchange(
            caption=[new if word == old else word for word in caption],
            change=(
                *(HUES[source].centre, HUES[source].reach),
                *(HUES[target].centre, HUES[target].gamma),
            ),
        )


def _birds_with(images: Tensor) -> Tensor:
    """Whether birds (B,) have each of `RECOLOURED` (B, 4), and what is around them has not.

    Otherwise the sky would turn red with the blue bird, and the straw with the yellow one.
    """
    size = images.shape[-1]
    middle = torch.zeros(size, size, dtype=torch.bool, device=images.device)
    middle[size // 4 : -size // 4, size // 4 : -size // 4] = True
    shares = [_share(images / 2 + 0.5, HUES[name].centre, HUES[name].reach) for name in RECOLOURED]
    of_bird = torch.stack([share[:, middle].mean(1) for share in shares], dim=1)
    around = torch.stack([share[:, ~middle].mean(1) for share in shares], dim=1)
    return (of_bird > LEAST_SHARE) & (of_bird > 2 * around)


def _turn(images: Tensor, change: Recolouring) -> Tensor:
    """Turn the hues near `source` to the same place near `target`."""
    images = images / 2 + 0.5
    source, reach, target, gamma = (
        part[:, None, None] for part in (change.source, change.reach, change.target, change.gamma)
    )
    share = _share(images, source, reach)
    hue, value, chroma = _hue_value_chroma(images)
    lit = value.clamp(0, 1) ** gamma
    # Half as far from the new centre as from the old one: some have near neighbours. The
    # saturation, chroma over value, stays.
    turned = _colour(target + _from(source, hue) / 2, lit, chroma * lit / value.clamp_min(1e-3))
    return torch.lerp(images, turned, share[:, None]) * 2 - 1


def _share(images: Tensor, source: Tensor | float, reach: Tensor | float) -> Tensor:
    """How much of each pixel (B, S, S) has a hue: 0 .. 1, of pictures (B, 3, S, S) in 0 .. 1."""
    hue, value, chroma = _hue_value_chroma(images)
    near = _ramp(reach - _from(source, hue).abs(), BORDER)
    return near * _ramp(chroma / value.clamp_min(1e-3), SATURATION) * _ramp(value, VALUE)


def _from(source: Tensor | float, hue: Tensor) -> Tensor:
    """How far hues lie from another, -180 .. 180 degrees."""
    return (hue - source + 180) % 360 - 180


def _hue_value_chroma(images: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Hue in degrees, value and chroma, each (B, S, S), of pictures (B, 3, S, S) in 0 .. 1."""
    red, green, blue = images.unbind(1)
    value = images.amax(1)
    chroma = value - images.amin(1)
    safe = chroma.clamp_min(1e-6)
    of_red, of_green = ((green - blue) / safe) % 6, (blue - red) / safe + 2
    of_blue = (red - green) / safe + 4
    hue = torch.where(value == red, of_red, torch.where(value == green, of_green, of_blue))
    return 60 * hue, value, chroma


def _colour(hue: Tensor, value: Tensor, chroma: Tensor) -> Tensor:
    """The pictures (B, 3, S, S) of a hue in degrees, a value and a chroma (B, S, S)."""
    places = torch.tensor([5.0, 3.0, 1.0], device=hue.device)[:, None, None]
    turn = (places + hue[:, None] / 60) % 6
    part = torch.minimum(turn, 4 - turn).clamp(0, 1)
    return value[:, None] - chroma[:, None] * part


def _ramp(values: Tensor, ends: tuple[float, float]) -> Tensor:
    return ((values - ends[0]) / (ends[1] - ends[0])).clamp(0, 1)
