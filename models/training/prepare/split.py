"""Which species are kept for testing.

Training and testing share no species, as in AttnGAN and in Reed's work before it. CUB's own
train_test_split shares them all: a text encoder chosen by it, or a score taken on it, would measure
how well species are known by heart and not how well a sentence is understood.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path

from models.text_file import read_lines
from models.training.prepare.source import species_name

_ATTNGAN_TEST_CLASSES = """
Black_footed_Albatross Groove_billed_Ani Least_Auklet Rhinoceros_Auklet Brewer_Blackbird
Indigo_Bunting Brandt_Cormorant American_Crow Black_billed_Cuckoo Yellow_billed_Cuckoo
Gray_crowned_Rosy_Finch Purple_Finch Northern_Flicker Acadian_Flycatcher Great_Crested_Flycatcher
Yellow_bellied_Flycatcher Boat_tailed_Grackle Horned_Grebe Western_Grebe Western_Gull
Pomarine_Jaeger Belted_Kingfisher White_breasted_Kingfisher Red_legged_Kittiwake Pacific_Loon
Mockingbird Baltimore_Oriole Hooded_Oriole Scott_Oriole White_Pelican Western_Wood_Pewee Sayornis
Great_Grey_Shrike Black_throated_Sparrow Field_Sparrow Grasshopper_Sparrow Tree_Sparrow Bank_Swallow
Tree_Swallow Least_Tern White_eyed_Vireo Cape_May_Warbler Chestnut_sided_Warbler
Golden_winged_Warbler Wilson_Warbler Northern_Waterthrush Bohemian_Waxwing Cedar_Waxwing
American_Three_toed_Woodpecker Marsh_Wren
"""
ATTNGAN_TEST_SPECIES = frozenset(map(species_name, _ATTNGAN_TEST_CLASSES.split()))
"""The 50 of CUB's 200 species on which AttnGAN is tested."""

DEFAULT_SHARE = 4
"""Of other collections, one species in four, as 50 of CUB's 200."""

FEWEST_TO_TEST, FEWEST_TO_SPLIT = 2, 4
"""``damsm`` chooses an epoch by two species or more, which a collection of four can spare."""


def choose_test_species(
    species: Iterable[str], wanted: str | None, given: frozenset[str] | None
) -> frozenset[str]:
    """Choose the species to test on.

    Parameters
    ----------
    species : all there are.
    wanted : how many, or a file that names them, one a line; None takes those `given`.
    given : species that the source keeps for testing; if None, or if that leaves one side without
        species, a quarter of all is taken, of four species and more at least two.

    Raises
    ------
    ValueError
        The file names others, or one side would be left without species.
    """
    names = frozenset(species)
    if wanted is not None:
        number = int(wanted) if wanted.isdecimal() else None
        chosen = _take(names, number) if number is not None else _read_list(Path(wanted), names)
        if number == 0:
            return chosen
    else:
        chosen = (given or frozenset()) & names
        if not chosen or chosen == names:
            fewest = FEWEST_TO_TEST if len(names) >= FEWEST_TO_SPLIT else 1
            chosen = _take(names, max(fewest, round(len(names) / DEFAULT_SHARE)))
    if not chosen or not names - chosen:
        raise ValueError(
            f"Of {len(names)} species {len(chosen)} would be for testing, which leaves a side "
            "empty. Say how many with --test-species; 0 puts everything into train."
        )
    return chosen


def _take(names: frozenset[str], count: int) -> frozenset[str]:
    """Take the first in the order of a checksum of the name.

    The choice is the same on every machine, and a species that is added moves at most one other.
    """
    order = sorted(names, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
    return frozenset(order[:count])


def _read_list(path: Path, names: frozenset[str]) -> frozenset[str]:
    if not path.is_file():
        raise ValueError(f"--test-species is a number or a file, and there is no file {path}.")
    lines = {line.strip() for line in read_lines(path)} - {""}
    by_name = {name.casefold(): name for name in names}
    found = {line: by_name.get(species_name(line).casefold()) for line in lines}
    if unknown := sorted(line for line, name in found.items() if name is None):
        raise ValueError(
            f"{path} names {len(unknown)} species of which there are no pictures: "
            f"{', '.join(unknown[:5])}."
        )
    return frozenset(name for name in found.values() if name is not None)
