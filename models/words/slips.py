"""Slips of spelling in words that no table foresees: 'flamigo', 'feahters', 'kingfsher'."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise

_SHORTEST = 5
_SHORTEST_OF_TWO = 8
"""Letters of a word from which on two slips are forgiven; one is from five letters on."""
_STRETCHED = re.compile(r"([a-z])\1\1+")
_LATIN = re.compile("..(us|um|[aeio]?x|is|os|a|ae|i|o|e[rs]|or|on|en)$")
_ONLY_LATIN = re.compile("..(us|um|[aeio]x|ii|ae|is|os)$")
"""What words of Latin end in, and what seldom others do."""

_VOWELS = frozenset("aeiouy")
_VOWEL, _DOUBLED = 0.75, 0.5
"""What a vowel for another one counts, and what letters that should be doubled or should not."""


class Slips:
    """Finds the word that another is a slip of.

    A slip is a letter too many, too few, wrong, or changed with its neighbour, but seldom the
    first one: that may only be changed with the second. Doubled letters are half a slip together.

    Parameters
    ----------
    words:
        The right words, the likelier ones first.
    no_slips:
        Words that are right, too, though nobody asks for them.
    """

    def __init__(self, words: Iterable[str], no_slips: Iterable[str] = ()) -> None:
        right = dict.fromkeys(word for word in words if len(word) >= _SHORTEST - 1)
        self._no_slips = frozenset(no_slips) | right.keys()
        self._by_first: dict[str, list[tuple[str, frozenset[str]]]] = defaultdict(list)
        for word in right:
            self._by_first[word[0]].append((word, frozenset(word)))

    def mended(self, word: str) -> str | None:
        """Return the right word for a slip; None for a right one, or where none is near."""
        if len(word) < _SHORTEST or word in self._no_slips:
            return None
        most = 2 if len(word) >= _SHORTEST_OF_TWO else 1
        letters = frozenset(word)
        best, nearest = None, most + 1.0
        for first in dict.fromkeys(word[:2]):
            for right, its_letters in self._by_first.get(first, ()):
                if abs(len(right) - len(word)) > most or len(letters ^ its_letters) > 2 * most:
                    continue
                if first != word[0] and right[:2] != word[1::-1]:
                    continue
                same = _single(word) == _single(right)
                distance = _DOUBLED if same else edit_distance(word, right)
                if distance < nearest:
                    best, nearest = right, distance
        return best


def scientific_names(
    words: Iterable[str], is_word: Callable[[str], bool]
) -> Iterator[tuple[str, str]]:
    """Give what looks like a name in Latin, as 'corvus corax': it is no slip of 'coral'."""
    for pair in pairwise(words):
        looks_so = all(map(_LATIN.search, pair)) and any(map(_ONLY_LATIN.search, pair))
        if looks_so and not any(map(is_word, pair)):
            yield pair


def unstretched(word: str, is_word: Callable[[str], bool]) -> str | None:
    """Return what somebody stretched, as 'looong' and 'reeed'; None where it is no such word."""
    if not _STRETCHED.search(word):
        return None
    ways = (_STRETCHED.sub(letters, word) for letters in (r"\1", r"\1\1"))
    return next(filter(is_word, ways), None)


def edit_distance(first: str, second: str) -> float:
    """Return how many letters are too many, too few, wrong or changed with a neighbour.

    A vowel for another one counts less than a wrong consonant: they sound alike.
    """
    before: list[float] = []
    row = [float(count) for count in range(len(second) + 1)]
    for i, letter in enumerate(first, start=1):
        last, before, row = before, row, [float(i)]
        for j, other in enumerate(second, start=1):
            exchanged = 0.0 if letter == other else 1.0
            if exchanged and letter in _VOWELS and other in _VOWELS:
                exchanged = _VOWEL
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + exchanged)
            if i > 1 and j > 1 and letter == second[j - 2] and first[i - 2] == other:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return row[-1]


def _single(word: str) -> str:
    """Return the word with each doubled letter once."""
    return re.sub(r"(.)\1", r"\1", word)
