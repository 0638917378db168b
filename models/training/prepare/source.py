"""What every kind of input is read into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Box = tuple[int, int, int, int]
"""A bounding box as CUB writes it, in pixels: left, top, width, height."""

PICTURE_SUFFIX = ".webp"
"""Of the pictures that are written."""


@dataclass(frozen=True)
class Source:
    """A picture to be prepared, and what is known about it.

    Attributes
    ----------
    name : what its owner calls it, for messages.
    target : name of the picture to write, relative to ``train`` or ``test``.
    captions : normalised, at least one.
    box : the bird; None keeps the whole picture.
    facts : further fields of its line in ``metadata.jsonl``.
    """

    path: Path
    name: str
    target: str
    captions: tuple[str, ...]
    species: str
    box: Box | None = None
    facts: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Collection:
    """All that a folder has to offer.

    Attributes
    ----------
    test_species : species to test on, some of which may not be among the sources; None leaves the
        choice to `split`.
    """

    sources: tuple[Source, ...]
    test_species: frozenset[str] | None = None


def species_name(class_name: str) -> str:
    """The species of a class: ``001.Black_footed_Albatross`` is "Black footed Albatross"."""
    number, dot, name = class_name.partition(".")
    return (name if dot and number.isdecimal() else class_name).replace("_", " ").strip()
