"""Words for colours and parts of a bird, and which of a description's parts has which colours."""

from __future__ import annotations

import re
from collections.abc import Iterable

_BASIC = {
    "black": "black blackish charcoal",
    "white": "white whitish cream creamy ivory",
    "grey": "grey greyish silver silvery slate charcoal taupe blackish",
    "brown": "amber auburn beige bronze brown brownish buff chestnut copper russet rust rusty sandy"
    " tan taupe",
    "red": "red reddish crimson maroon ruby scarlet russet rusty auburn chestnut",
    "orange": "orange orangish amber copper peach rust rusty gold golden bronze",
    "yellow": "yellow yellowish gold golden mustard buff cream creamy sandy amber tan beige",
    "green": "green greenish emerald lime olive teal turquoise",
    "blue": "blue bluish navy teal turquoise slate",
    "purple": "purple purplish violet maroon",
    "pink": "pink pinkish peach",
}
BASIC_COLOURS = {
    word: tuple(basic for basic, words in _BASIC.items() if word in words.split())
    for words in _BASIC.values()
    for word in words.split()
}
"""Words of colour that captions often say, and those of eleven basic ones they may be seen as."""
COLOURS = BASIC_COLOURS.keys()

_PARTS = {
    "bird": "bird birds crow duck gull hummingbird seabird seagull sparrow waterbird waterfowl"
    " woodpecker body plumage",
    "head": "head heads hood",
    "crown": "crown cap",
    "forehead": "forehead",
    "crest": "crest mohawk tuft tufts",
    "face": "face",
    "cheeks": "cheek cheeks cheekpatch",
    "mask": "mask",
    "eyes": "eye eyes",
    "eyering": "eyering eyerings",
    "eyebrow": "eyebrow eyebrows brow superciliary superciliaries",
    "nape": "nape",
    "neck": "neck collar",
    "throat": "throat chin",
    "breast": "breast breasts chest",
    "belly": "belly abdomen underbelly underside stomach",
    "vent": "vent undertail bottom",
    "sides": "side sides flank flanks",
    "back": "back backside",
    "rump": "rump",
    "wings": "wing wings primaries secondaries coverts covert wingspan winglets",
    "wingtips": "wingtips",
    "wingbars": "wingbar wingbars",
    "tail": "tail tails rectrices",
    "bill": "bill bills beak beaks",
    "legs": "leg legs thigh thighs tarsus tarsi tarsuses tarsals foot feet talons claws",
    "feathers": "feather feathers fur hair feathering plume",
    "marks": "band bands bars bar edges highlights line lines malar marks mark marking markings"
    " patch patches point ring rings scales speckles specks spot spots streak streaks strip stripe"
    " stripes tip tips",
}
PARTS = {word: part for part, words in _PARTS.items() for word in words.split()}
"""Each word for a part, and the one name under which its like are counted."""

BODY_PARTS = frozenset(word for word, part in PARTS.items() if part != "bird")
"""Words for parts of a bird, without those for the whole of it."""

KINDS = frozenset(PARTS) - BODY_PARTS - {"body", "plumage"}
"""Words for birds that captions use: 'bird', 'duck', 'seagull'."""


def basic_colours(words: Iterable[str]) -> frozenset[str]:
    """Return all basic colours that words of colour may be seen as."""
    return frozenset(basic for word in words for basic in BASIC_COLOURS[word])


_WORD = re.compile(r"[a-z0-9]+|,")


def colours_by_part(description: str) -> dict[str, tuple[str, ...]]:
    """Return the colours of each part that a description colours, in its own words.

    Colours belong to the first part behind them: 'a red bird with black and white wings' is
    ``{"bird": ("red",), "wings": ("black", "white")}``. A mark of a part is named after both:
    'a black breast band' is ``"breast marks"``; feathers of a part are the part.
    """
    found: dict[str, tuple[str, ...]] = {}
    colours: list[str] = []
    words = _WORD.findall(description.lower())
    at = 0
    while at < len(words):
        if words[at] in COLOURS:
            colours.append(words[at])
        elif words[at] in PARTS:
            last = at
            while last + 1 < len(words) and words[last + 1] in PARTS:
                last += 1
            names = [PARTS[word] for word in words[at : last + 1]]
            if len(names) > 1 and names[-1] == "feathers":
                names.pop()
            if colours:
                part = " ".join(dict.fromkeys(names if names[-1] == "marks" else names[-1:]))
                found[part] = tuple(dict.fromkeys((*found.get(part, ()), *colours)))
            colours, at = [], last
        elif words[at] in ("with", "that", "has", ","):
            colours = []
        at += 1
    return found
