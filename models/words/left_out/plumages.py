"""A second look of the species: that of the female, the young bird, in winter."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from models.words.chunks import BREAK, DETERMINERS, LINKS
from models.words.parts import COLOURS

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
