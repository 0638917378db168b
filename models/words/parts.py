"""Words for colors and for parts of a bird, and which of a description's parts has which colors."""

from __future__ import annotations

import re

_COLORS = """
amber auburn beige black blackish blue bluish bronze brown brownish buff charcoal chestnut copper
cream creamy crimson emerald gold golden green greenish grey greyish ivory lime maroon mustard navy
olive orange orangish peach pink pinkish purple purplish red reddish ruby russet rust rusty sandy
scarlet silver silvery slate tan taupe teal turquoise violet white whitish yellow yellowish
"""
COLORS = frozenset(_COLORS.split())
"""Words of color that captions often say."""

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

_WORD = re.compile(r"[a-z0-9]+|,")


def colors_by_part(description: str) -> dict[str, tuple[str, ...]]:
    """Return the colors of each part that a description colors, in its own words.

    Colors belong to the first part behind them: 'a red bird with black and white wings' is
    ``{"bird": ("red",), "wings": ("black", "white")}``. A mark of a part is named after both:
    'a black breast band' is ``"breast marks"``; feathers of a part are the part.
    """
    found: dict[str, tuple[str, ...]] = {}
    colors: list[str] = []
    words = _WORD.findall(description.lower())
    at = 0
    while at < len(words):
        if words[at] in COLORS:
            colors.append(words[at])
        elif words[at] in PARTS:
            last = at
            while last + 1 < len(words) and words[last + 1] in PARTS:
                last += 1
            names = [PARTS[word] for word in words[at : last + 1]]
            if len(names) > 1 and names[-1] == "feathers":
                names.pop()
            if colors:
                part = " ".join(dict.fromkeys(names if names[-1] == "marks" else names[-1:]))
                found[part] = tuple(dict.fromkeys((*found.get(part, ()), *colors)))
            colors, at = [], last
        elif words[at] in ("with", "that", "has", ","):
            colors = []
        at += 1
    return found
