"""Sentences that are wrong in one thing only: a colour, or which part of the bird has it.

Beside the sentences of other birds, a model learns quickly which colours a sentence names, and
hardly what is coloured: "a red bird with black wings" scores as well as "a black bird with red
wings". So each sentence is contrasted with itself, its colours exchanged (as Yuksekgonul et al.,
ICLR 2023, do for CLIP).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from models.batched import Batched
from models.networks.text_encoder import TextEncoder, TextFeatures, pad_ids
from models.words.vocabulary import Vocabulary

COLOURS = (
    *("red", "orange", "yellow", "green", "blue", "purple"),
    *("black", "white", "gray", "brown", "pink", "tan"),
)

ALSO_WRITTEN = {"grey": "gray"}

_SWAPPED = 0.8
"""Share of sentences whose parts' colours are exchanged: harder to tell than another colour."""

JOINTS = ("and", "or", "to", "ish")
"""Words between two colours of one part: "black and white wings" are "white and black" ones."""


@dataclass(frozen=True)
class WrongText(Batched):
    """Features of B sentences that are wrong in one thing.

    Attributes
    ----------
    text : a sentence without colours stands for itself.
    changed : (B,) which of them have been changed.
    """

    text: TextFeatures
    changed: Tensor


class Counterfactual:
    """Changes what a sentence says about colours."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        names = {name: name for name in COLOURS} | ALSO_WRITTEN
        self._names = {
            vocabulary.read(name, 1).ids[0]: colour
            for name, colour in names.items()
            if name in vocabulary
        }
        self._ids = {name: word for word, name in reversed(self._names.items())}
        self._joints = {vocabulary.read(word, 1).ids[0] for word in JOINTS if word in vocabulary}

    def swapped(self, caption: Sequence[int]) -> list[int] | None:
        """Exchange the colours of two parts; None if no two have wholly different ones."""
        groups = self._groups(caption)
        colours = [{self._names.get(word) for word in caption[part]} - {None} for part in groups]
        pairs = [
            (first, second)
            for first in range(len(groups))
            for second in range(first + 1, len(groups))
            if not colours[first] & colours[second]
        ]
        if not pairs:
            return None
        first, second = (groups[part] for part in pairs[int(torch.randint(len(pairs), ()))])
        return [
            *caption[: first.start],
            *caption[second],
            *caption[first.stop : second.start],
            *caption[first],
            *caption[second.stop :],
        ]

    def recoloured(self, caption: Sequence[int]) -> list[int] | None:
        """Say another colour, which the sentence has not, for one; None if it names none."""
        said = sorted({word for word in caption if word in self._names})
        others = [
            word
            for name, word in self._ids.items()
            if name not in {self._names[word] for word in said}
        ]
        if not said or not others:
            return None
        old = said[int(torch.randint(len(said), ()))]
        new = others[int(torch.randint(len(others), ()))]
        return [new if word == old else word for word in caption]

    def changed(self, caption: Sequence[int]) -> list[int] | None:
        """Exchange colours of parts where that can be done, mostly, or say another colour."""
        swapped = self.swapped(caption) if torch.rand(()) < _SWAPPED else None
        return swapped or self.recoloured(caption)

    def encode(self, captions: Sequence[Sequence[int]], encoder: TextEncoder) -> WrongText:
        """Features of the captions (B) once they are wrong."""
        wrong = [self.changed(caption) for caption in captions]
        text: TextFeatures = encoder(
            *pad_ids([new or old for new, old in zip(wrong, captions, strict=True)])
        )
        return WrongText(text, torch.tensor([new is not None for new in wrong]))

    def _groups(self, caption: Sequence[int]) -> list[slice]:
        """Where colours of one part stand: next to each other, or joined by "and"."""
        groups: list[slice] = []
        for place, word in enumerate(caption):
            if word not in self._names:
                continue
            end = groups[-1].stop if groups else -1
            if groups and all(between in self._joints for between in caption[end:place]):
                groups[-1] = slice(groups[-1].start, place + 1)
            else:
                groups.append(slice(place, place + 1))
        return groups
