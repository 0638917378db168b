"""Which words of a sentence are the name of the bird that is meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from models.words.bird_book import Bird, FoundName
from models.words.chunks import BREAK, LINKS, content
from models.words.comparing import comparisons, says_bird, says_look, without
from models.words.lexicon import Lexicon
from models.words.parts import BODY_PARTS, COLOURS, KINDS

NAME = "<name>"
OTHER_NAME = "<other>"
"""Marks in the place of the bird's name, and of any further one."""

BROAD = KINDS | frozenset(
    ["bird of prey", "fowl", "passerine", "raptor", "shorebird", "songbird", "wading bird"]
)
"""Names of so many kinds that what a person says of the bird says more."""

_AMBIGUOUS = """
bishop chat cock courser diver drake fantail hobby kite knot monarch rail redwing roller ruff
screamer swift teal trumpeter wader
"""
_AMBIGUOUS_NAMES = frozenset(_AMBIGUOUS.split())
"""Names that are everyday words, too: names only where nothing else is a bird, nor behind them."""

_NO_NAME_BEFORE = frozenset(
    ["beaked", "billed", "colored", "footed", "like", "patterned", "shaped", "size", "sized"]
)
_TELLS = """
a an as called color colored colors feathers is kind known like look looks named of plumage
resembles resembling such that the type with
"""
_TELLS_A_NAME = frozenset(_TELLS.split())
"""What may stand between 'a bird' and its name: 'called', 'that looks like', 'with feathers of'."""


@dataclass(frozen=True)
class Named:
    """A sentence with its bird's name found.

    Attributes
    ----------
    words : the sentence with ``NAME`` for the bird's name and ``OTHER_NAME`` for further ones.
    bird : the bird, or None where no name was found.
    name : the words that name it.
    other_names : the words that name others.
    compared : what is left out, since the bird is only compared with it: 'than a crow'.
    """

    words: list[str]
    bird: Bird | None = None
    name: str = ""
    other_names: tuple[str, ...] = ()
    compared: tuple[str, ...] = ()


def find_name(words: Sequence[str], lexicon: Lexicon) -> Named:
    """Find the name of the bird that a sentence is about: the first name of the book in it.

    A bird that is only compared with is the one that is meant where nothing else is said.
    """
    names = list(lexicon.book.find(words))
    compared = comparisons(words, names, lexicon.synonyms.table)
    sizes = [one for one in compared if not one.is_look]
    for left_out, says_enough in ((compared, says_look), (sizes, says_bird)):
        if not left_out:
            continue
        rest = without(words, left_out)
        named = _first_name(rest, lexicon.book.find(rest), lexicon)
        if named.bird or says_enough(rest):
            return replace(named, compared=tuple(one.told for one in left_out if one.told))
    return _first_name(words, names, lexicon)


def _first_name(words: Sequence[str], names: Iterable[FoundName], lexicon: Lexicon) -> Named:
    marked: list[str] = []
    found_names: list[FoundName] = []
    end = 0
    for found in names:
        if _is_name(words, found, lexicon):
            marked.extend(words[end : found.start])
            marked.append(OTHER_NAME if found_names else NAME)
            found_names.append(found)
            end = found.end
        elif _is_comparison(words, found, lexicon):
            marked.extend(words[end : found.start])
            end = found.end + 1
    marked.extend(words[end:])
    if not found_names:
        return Named(marked)
    name, *others = (" ".join(words[found.start : found.end]) for found in found_names)
    return Named(_as_one_bird(marked), found_names[0].bird, name, tuple(others))


def _is_name(words: Sequence[str], found: FoundName, lexicon: Lexicon) -> bool:
    """Whether a name stands for the bird: not in 'parrot green', 'crow sized', 'a kite tail'."""
    name = words[found.start : found.end]
    spoken = " ".join(name)
    before = words[max(0, found.start - 2) : found.start]
    after = list(words[found.end : found.end + 2])
    if after == ["like", "bird"]:
        return spoken not in KINDS
    others = [*words[: found.start], *words[found.end :]]
    if not content(others):
        return True
    if after and (after[0] in _NO_NAME_BEFORE or (name[-1], after[0]) in lexicon.synonyms.table):
        return False
    has_bird = bool(KINDS & set(others))
    has_part_behind = bool(BODY_PARTS & set(after[:1]))
    if has_bird and (has_part_behind or "as" in before or "to" in before):
        return False
    if spoken in _AMBIGUOUS_NAMES:
        ends = not after or after[0] in LINKS or after[0] == BREAK or after[0].endswith("ing")
        return ends and not has_bird
    if spoken in BROAD:
        return not (COLOURS | BODY_PARTS) & set(others)
    # 'a white eye' and 'a yellow bill' are names in the book, and parts in a sentence.
    return len(name) == 1 or not set(name) <= COLOURS | BODY_PARTS


def _is_comparison(words: Sequence[str], found: FoundName, lexicon: Lexicon) -> bool:
    """Whether a name is one of 'with a falcon like face', which says nothing without it."""
    pair = tuple(words[found.end - 1 : found.end + 1])
    return pair[1:] == ("like",) and pair not in lexicon.synonyms.table


def _as_one_bird(words: list[str]) -> list[str]:
    """Return the words without the 'bird' that is said beside the name: 'a bird like <name>'."""
    at = words.index(NAME)
    for said in (["like", "bird"], ["bird"]):
        if words[at + 1 : at + 1 + len(said)] == said:
            words = [*words[: at + 1], *words[at + 1 + len(said) :]]
    start = at
    while start and words[start - 1] in _TELLS_A_NAME:
        start -= 1
    if start and words[start - 1] == "bird":
        return [*words[: start - 1], *words[at:]]
    return words
