"""Cutting a sentence into chunks, and leaving out those that a picture of a bird cannot show."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from models.words.parts import COLOURS, KINDS, PARTS

BREAK = ","
"""What stands for any mark of punctuation among the words."""

_LINKS = """
above against and around at behind below beside between but by eating except for from has have
having holding in inside into is are like near next of on onto or over riding that then to under
upon which while who whose with wearing without
"""
LINKS = frozenset(_LINKS.split())
"""Words that begin a chunk: a chunk goes up to the next of them, or to the next mark."""

_DETERMINERS = """
a an any another each every her his it its my no one other our s some that the their there these
this those your very so too quite also just only really
"""
DETERMINERS = frozenset(_DETERMINERS.split())

_NEGATIONS = frozenset(["cannot", "lacking", "lacks", "minus", "never", "neither", "no"])
_NEGATIONS |= frozenset(["none", "nor", "not", "without"])
_IN_PLACE_OF = frozenset([("instead", "of"), ("other", "than"), ("rather", "than")])
_ALL_BUT = frozenset(["but", "except"])
_ALL = frozenset([("any", "color"), ("any", "colors"), ("any", "shade")])
_MAY_DENY = _NEGATIONS | _ALL_BUT | {first for first, _ in _IN_PLACE_OF}
_BEFORE_NEGATION = frozenset(
    ["and", "are", "but", "did", "do", "does", "had", "has", "have", "is", "that", "was", "with"]
)
_GO_ON_AFTER_NEGATION = frozenset(["at", "by", "for", "from", "have", "in", "of", "on", "or", "to"])


def without_negations(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words without what they deny, and what that is: 'no crest', 'not blue or green'.

    What the model reads is a bag of words, nearly: 'no crest' draws one.
    """
    kept: list[str] = []
    denied: list[str] = []
    at = 0
    while at < len(words):
        if list(words[at : at + 2]) == ["not", "only"]:  # 'not only red but also blue'
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


_CORRECTIONS = (
    *("no wait", "wait no", "no sorry", "sorry", "i mean", "i meant", "actually no", "no actually"),
    *("or rather", "scratch that", "make that", "no make that", "no make it", f"no {BREAK}"),
)
_OF_CORRECTIONS = sorted(map(str.split, _CORRECTIONS), key=len, reverse=True)
_BEGIN_CORRECTIONS = frozenset(words[0] for words in _OF_CORRECTIONS)
_BEFORE_CORRECTED = LINKS | frozenset(["and", "are", "has", "is", BREAK])


def without_corrections(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words without what was taken back while speaking, and what that is.

    'a red bird, no wait, a blue bird' is blue; 'red, I mean blue wings' are.
    """
    kept: list[str] = []
    taken_back: list[str] = []
    at = 0
    while at < len(words):
        end = _end_of_correction(words, at)
        if end == at:
            kept.append(words[at])
            at += 1
            continue
        at = end
        if end == len(words):
            break
        while kept and kept[-1] == BREAK:
            kept.pop()
        start = _start_of_corrected(kept, words[end : end + _LONGEST_PHRASE])
        if kept[start:]:
            taken_back.append(" ".join(kept[start:]))
        del kept[start:]
    return kept, taken_back


def _start_of_corrected(before: Sequence[str], after: Sequence[str]) -> int:
    """Where in `before` that begins which `after` corrects: a colour, a chunk, or a whole bird."""
    start = len(before)
    if after[0] in COLOURS and before and before[-1] in COLOURS:
        while start and before[start - 1] in COLOURS:
            start -= 1
        return start
    while start and before[start - 1] not in _BEFORE_CORRECTED:
        start -= 1
    if start and before[start - 1] in LINKS and after[0] in LINKS:
        start -= 1  # 'with a red head, I mean with a blue head'
    if KINDS & set(next(chunks(after))) and not KINDS & set(before[start:]):
        while start and before[start - 1] != BREAK:
            start -= 1
    return start


def _end_of_correction(words: Sequence[str], at: int) -> int:
    """Where what follows 'no wait', or 'sorry, I mean', begins; the same place if none is there."""
    end = at
    while at < len(words) and words[at] in _BEGIN_CORRECTIONS:
        for marker in _OF_CORRECTIONS:
            if list(words[at : at + len(marker)]) == marker:
                break
        else:
            break
        at += len(marker)
        while at < len(words) and words[at] == BREAK:
            at += 1
        end = at
    return end


_CONTRARY = (
    ("male", "female"),
    ("adult", "juvenile"),
    ("breeding", "nonbreeding"),
    ("summer", "winter"),
)
_OTHER = {one: other for pair in _CONTRARY for one, other in (pair, pair[::-1])}
_PLUMAGES = {form: plumage for plumage in _OTHER for form in (plumage, f"{plumage}s")}
_PLUMAGES |= dict.fromkeys(["immature", "immatures", "juv"], "juvenile")
"""Words for sex, age and season: in each of them a species looks different."""

_SHADES = frozenset(["big", "bright", "dark", "dull", "large", "light", "pale", "small"])
_BEFORE_PLUMAGE = DETERMINERS | _SHADES | {"non"}
_JOINS = frozenset(["and", "but", "in", "or", "whereas", "while", "with"])
_COMPARES = frozenset(["as", "from", "like", "than", "to", "unlike"])
_SEASONS = frozenset(["summer", "winter"])
_AND = (["and"], ["or"])
_IS = (["also"], ["are"], ["both"], ["has"], ["have"], ["is"])
_ENDS_NOUN = LINKS.union(["and", "or", BREAK], *_IS)
_LONGEST_PHRASE = 12


def without_other_plumage(words: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the words without another look of the species, and what that is.

    A field guide describes both: 'male: bright red with a black mask, female: brown'. Where the
    bird is called by its plumage ('a red female'), it is a bird in what is returned.
    """
    mentions = list(_mentions(words))
    if not mentions:
        return list(words), []
    kept = list(words[: mentions[0].start])
    others: list[list[str]] = []
    drawn: set[str] = set()
    is_other = False
    for mention, end in zip(mentions, [*(one.start for one in mentions[1:]), None], strict=True):
        was_other = is_other
        if drawn & {_OTHER[plumage] for plumage in mention.plumages - drawn}:
            is_other = True
        elif drawn & mention.plumages:
            is_other = False
        if is_other:
            others += [] if was_other else [[]]
            others[-1] += words[mention.start : end]
            continue
        drawn |= mention.plumages
        if drawn and "juvenile" not in drawn:
            drawn.add("adult")
        kept += [*_as_bird(words, mention), *words[mention.end : end]]
    return kept, [_phrase(other) for other in others]


class _Mention(NamedTuple):
    """Where a plumage is named: what belongs to it, its own words, and what is behind them.

    Another bird's, with which this one is compared, has none.
    """

    start: int
    at: int
    end: int
    plumages: frozenset[str]


def _mentions(words: Sequence[str]) -> Iterator[_Mention]:
    """Find 'and the dull female', 'male and female' as one, and 'than the male'."""
    former = at = 0
    while at < len(words):
        end = _end_of_plumages(words, at)
        if end == at:
            at += 1
            continue
        plumages = {_PLUMAGES[word] for word in words[at:end] if word in _PLUMAGES}
        start = at
        # In 'is red female is brown', red is said of what is before.
        before = _BEFORE_PLUMAGE if words[end : end + 1] in _IS else _BEFORE_PLUMAGE | COLOURS
        while start > former and words[start - 1] in before:
            start -= 1
        if "non" in words[start:at]:
            plumages = plumages - {"breeding"} | {"nonbreeding"}
        if start > former and words[start - 1] in _COMPARES:
            yield _Mention(start - 1, at, end, frozenset())
        else:
            while start > former and words[start - 1] in _JOINS:
                start -= 1
            yield _Mention(start, at, end, frozenset(plumages))
        former = at = end


def _end_of_plumages(words: Sequence[str], at: int) -> int:
    while at < len(words) and words[at] in _PLUMAGES:
        at += 1
        if words[at : at + 1] in _AND and words[at + 1 : at + 2] and words[at + 1] in _PLUMAGES:
            at += 1
    return at


def _as_bird(words: Sequence[str], mention: _Mention) -> list[str]:
    """Return what is kept of a mention: its own words, or 'bird' where no bird is named."""
    follower = words[mention.end] if mention.end < len(words) else BREAK
    if follower not in _ENDS_NOUN:
        return list(words[mention.start : mention.end])
    if mention.plumages <= _SEASONS:  # or there are none
        return []
    before = [word for word in words[mention.start : mention.at] if word != "non"]
    return [*before, "bird"] if before or follower != BREAK else []


def _phrase(words: Sequence[str]) -> str:
    """Return what is left out as it is told: its beginning, where it is long."""
    said = [word for word in words if word != BREAK]
    said = said[said[0] in _JOINS :]
    return " ".join(said[:_LONGEST_PHRASE]) + " …" * (len(said) > _LONGEST_PHRASE)


def chunks(words: Sequence[str]) -> Iterator[list[str]]:
    """Give the chunks of a sentence: 'a red bird', 'with a crest', 'on a branch'."""
    chunk: list[str] = []
    for word in words:
        begins = word == BREAK or (word in LINKS and any(one not in LINKS for one in chunk))
        if begins and chunk:
            yield chunk
            chunk = []
        if word != BREAK:
            chunk.append(word)
    if chunk:
        yield chunk


def content(chunk: Sequence[str]) -> list[str]:
    """Return a chunk's words without those that only hold it together."""
    return [word for word in chunk if word not in LINKS and word not in DETERMINERS]


_NEVER_LAST = (LINKS | {"as", "sits", "stands"}) - {"above", "around", "below", "under"}
_ARTICLE_BEFORE = frozenset(["and", "but", "has", "in", "is", "of", "on", "that", "with"])
_LEADS_ON = {
    "a": _ARTICLE_BEFORE,
    "an": _ARTICLE_BEFORE,
    "the": _ARTICLE_BEFORE,
    "and": frozenset(["and", "but"]),
    "of": frozenset(["and", "but", "has", "is", "with"]),
    "with": frozenset(["and", "but", "has", "is", "with"]),
}
"""Words that lead nowhere before these, as is left where something between is left out."""


def tidied(words: Sequence[str]) -> list[str]:
    """Return the words without marks, and without links and articles that lead nowhere."""
    kept: list[str] = []
    for word in reversed([word for word in words if word != BREAK]):
        follower = kept[-1] if kept else None
        if word in _LEADS_ON and (follower is None or follower in _LEADS_ON[word]):
            continue
        if follower is None and word in _NEVER_LAST:
            continue
        kept.append(word)
    kept.reverse()
    while kept and kept[0] in ("and", "but", "like", "or", "then"):
        kept.pop(0)
    return kept
