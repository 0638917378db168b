"""What every kind of input is read into."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

Box = tuple[float, float, float, float]
"""A bounding box as CUB writes it, in pixels: left, top, width, height."""

Place = tuple[float, float]
"""Where a part is: to the right and down."""

Parts = Mapping[int, Place]
"""Where visible parts are, by CUB's numbers."""

PICTURE_SUFFIX = ".webp"
"""Of the pictures that are written."""


@dataclass(frozen=True)
class Source:
    """A picture to be prepared, and what is known about it.

    Attributes
    ----------
    name : what its owner calls it, for messages.
    target : name of the picture to write, relative to its folder.
    captions : normalised; none where only the species is known.
    box : the bird; None where nobody drew one.
    is_stored : whether box and parts count in the pixels as they are stored, whatever the picture's
        EXIF says of turning it; otherwise in those of the upright picture.
    facts : further fields of its line in ``metadata.jsonl``.
    """

    path: Path
    name: str
    target: str
    captions: tuple[str, ...]
    species: str
    box: Box | None = None
    parts: Parts = field(default_factory=dict)
    is_stored: bool = False
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


def species_key(species: str) -> str:
    """What is the same for one species that sources write differently."""
    return species_name(species).casefold().replace("-", " ")
