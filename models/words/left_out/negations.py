"""What is denied: 'no crest', 'not blue'."""

from __future__ import annotations

from collections.abc import Sequence

from models.words.chunks import BREAK, DETERMINERS, LINKS
from models.words.parts import PARTS
from models.words.rewriting import Rewriting

_NEGATIONS = frozenset(["cannot", "lacking", "lacks", "minus", "never", "neither", "no"])
_NEGATIONS |= frozenset(["none", "nor", "not", "without"])
_IN_PLACE_OF = frozenset([("instead", "of"), ("other", "than"), ("rather", "than")])
_ALL_BUT = frozenset(["but", "except"])
_ALL = frozenset([("any", "color"), ("any", "colors"), ("any", "shade")])
_ONLY = (["only"], ["just"], ["merely"], ["simply"])
_MAY_DENY = _NEGATIONS | _ALL_BUT | {first for first, _ in _IN_PLACE_OF}
_BEFORE_NEGATION = frozenset(
    ["and", "are", "but", "did", "do", "does", "had", "has", "have", "is", "that", "was", "with"]
)
_GO_ON_AFTER_NEGATION = frozenset(["at", "by", "for", "from", "have", "in", "of", "on", "or", "to"])


_NOTHING_DENIED = (
    *("no doubt", "without a doubt", "without any doubt", "without doubt", "no question"),
    *("without question", "no wonder", "no idea what it is", "no idea what it was"),
    *("you cannot miss", "you cannot mistake", "do not forget", "cannot believe how"),
    *("cannot believe", "could not believe how", "could not believe"),
)
_IDIOMS = Rewriting({tuple(said.split()): () for said in _NOTHING_DENIED})
_LONGEST_WONDER = 8
"""Words of 'never before have I seen such'."""


def _without_idioms(words: Sequence[str]) -> list[str]:
    """Leave out what denies nothing of the bird that it is said of, though it sounds so."""
    kept = [word for _, meant in _IDIOMS.pieces(words) for word in meant]
    for at in range(len(kept) - 2, -1, -1):
        if kept[at] == "never":  # 'never before have I seen such a red bird'
            wonder = kept[at : at + _LONGEST_WONDER]
            if "such" in wonder and BREAK not in wonder[: wonder.index("such")]:
                del kept[at : at + wonder.index("such") + 1]
        elif kept[at : at + 3] == ["could", "not", "be"] and _is_more(kept[at + 3 : at + 4]):
            del kept[at : at + 3]  # 'could not be blacker'
    return kept


def _is_more(words: Sequence[str]) -> bool:
    return any(word == "more" or word.endswith("er") for word in words)


def without_negations(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words without what they deny, and what that is: 'no crest', 'not blue or green'.

    What the model reads is a bag of words, nearly: 'no crest' draws one.
    """
    words = _without_idioms(words)
    kept: list[str] = []
    denied: list[str] = []
    at = 0
    while at < len(words):
        if words[at] == "not" and words[at + 1 : at + 2] in _ONLY:  # 'not only red but also blue'
            at += 2
            continue
        if list(words[at : at + 2]) == ["but", "also"]:
            kept.append("and")
            at += 2
            continue
        length = _length_of_negation(words, at) if words[at] in _MAY_DENY else 0
        if not length:
            kept.append(words[at])
            at += 1
            continue
        end = _end_of_denial(words, at + length)
        phrase = [word for word in words[at:end] if word != BREAK]
        if _goes_on(words[end : end + 2]):  # 'with no crest and red wings' is 'with red wings'
            end += 1
            if words[at] == "without":
                kept.append("with")
        else:
            while kept and kept[-1] in _BEFORE_NEGATION:
                kept.pop()
        if len(phrase) > 1 or words[at] not in ("no", "not"):
            denied.append(" ".join(phrase))
        at = end
    return kept, denied


def _length_of_negation(words: Sequence[str], at: int) -> int:
    """How many words deny what follows them, from a place on; 0 where none does."""
    if words[at] in _NEGATIONS:
        return 1
    if tuple(words[at : at + 2]) in _IN_PLACE_OF:
        return 2
    # 'black except the wings' has wings, 'any color except red' has no red.
    before = tuple(words[max(at - 2, 0) : at])
    if words[at] in _ALL_BUT and (before in _ALL or before[-1:] == ("anything",)):
        return 2 if list(words[at + 1 : at + 2]) == ["for"] else 1
    return 0


def _goes_on(words: Sequence[str]) -> bool:
    """Whether what follows a denial takes its place: 'and red wings', but not 'and has a crest'."""
    return len(words) == 2 and words[0] in ("and", "but") and words[1] not in LINKS


def _end_of_denial(words: Sequence[str], start: int) -> int:
    said = False
    for at in range(start, len(words)):
        word = words[at]
        if word == BREAK or (word in LINKS and said and word not in _GO_ON_AFTER_NEGATION):
            if word in _NEGATIONS:
                continue
            return at
        if said and words[at - 1] in PARTS and word not in PARTS and word not in LINKS:
            return at  # captions have no marks: 'no crest black wings'
        said = said or (word not in DETERMINERS and word not in LINKS)
    return len(words)
