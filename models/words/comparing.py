"""Birds that only another is compared with: 'the size of a crow', 'a beak like a parrot's'."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from itertools import takewhile

from models.words.bird_book import FoundName
from models.words.chunks import BREAK, DETERMINERS, LINKS
from models.words.names import article
from models.words.parts import BODY_PARTS, COLOURS, KINDS
from models.words.tokens import with_apostrophes

_SIZES = frozenset(["build", "height", "length", "shape", "size", "weight"])
_BEFORE_SIZE = DETERMINERS | _SIZES | frozenset(["about", "almost", "and", "approximately"])
_TIMES = frozenset(["double", "half", "third", "times", "twice"])
_BEFORE_SIZE |= _TIMES | {"around", "exactly", "nearly", "roughly", "same", "similar"}
_OWNED = BODY_PARTS | _SIZES
_LOOK = BODY_PARTS - {"feather", "feathers", "feathering", "fur", "hair"}
"""Parts whose look says nothing of the rest, but 'a bird with feathers like a peacock' is one."""
_MOST_BETWEEN = 3
"""Words looked at between 'than' and the name: 'than a rather small robin'."""


@dataclass(frozen=True)
class Comparison:
    """A name that is compared with, and the words to leave out with it.

    Attributes
    ----------
    start, end : the words (without the last) that say nothing of the bird that is meant.
    instead : what is read in their place, such as 'crow sized'.
    told : what is left out, as it is told; empty where it is read otherwise.
    is_look : whether it says what the bird looks like, if nothing else does: 'shaped like a duck'.
    """

    start: int
    end: int
    instead: tuple[str, ...] = ()
    told: str = ""
    is_look: bool = False


def comparisons(
    words: Sequence[str], names: Iterable[FoundName], written: Container[tuple[str, ...]]
) -> list[Comparison]:
    """Find the names of a sentence that are compared with, from the left.

    Parameters
    ----------
    words, names:
        The sentence, and the names of the book in it.
    written:
        Groups of words with a meaning, such as ('crow', 'sized').
    """
    found: list[Comparison] = []
    for name in names:
        first = _first_of_name(words, name)
        comparison = (
            _in_size(words, name, first, written)
            or _behind_than(words, name)
            or _one_more(words, first, name, found)
            or _owner(words, name, first)
            or _look(words, name, first)
        )
        if comparison is not None:
            found.append(comparison)
    return found


def without(words: Sequence[str], left_out: Iterable[Comparison]) -> list[str]:
    """Return the words with what is read in the place of comparisons."""
    kept: list[str] = []
    end = 0
    for one in left_out:
        kept.extend([*words[end : one.start], *one.instead])
        end = one.end
    return [*kept, *words[end:]]


def _first_of_name(words: Sequence[str], name: FoundName) -> int:
    """Return where a name begins with its article."""
    first = name.start
    while first and words[first - 1] in DETERMINERS:
        first -= 1
    return first


def _left_out(
    words: Sequence[str], start: int, end: int, *, told_from: int | None = None, look: bool = False
) -> Comparison:
    told = " ".join(words[start if told_from is None else told_from : end])
    return Comparison(start, end, told=with_apostrophes(told), is_look=look)


def _in_size(
    words: Sequence[str], name: FoundName, first: int, written: Container[tuple[str, ...]]
) -> Comparison | None:
    """'The size of a crow' is 'crow sized', where captions have a word for it."""
    if first < 2 or words[first - 1] != "of" or words[first - 2] not in _SIZES:
        return None
    start = first - 2
    while start and words[start - 1] in _BEFORE_SIZE:
        start -= 1
    if start and words[start - 1] == "in":  # 'in the shape of a duck'
        start -= 1
    sized = (words[name.end - 1], "sized")
    if sized in written and "size" in words[start:first] and _TIMES.isdisjoint(words[start:first]):
        return Comparison(start, name.end, sized)
    while words[start] == "and":
        start += 1
    return _left_out(words, start, name.end)


def _behind_than(words: Sequence[str], name: FoundName) -> Comparison | None:
    for at in range(name.start - 1, max(-1, name.start - 2 - _MOST_BETWEEN), -1):
        if words[at] == "than":
            between = words[at + 1 : name.start]
            # 'A smaller than average cardinal' is a cardinal.
            is_compared = not between or between[0] in DETERMINERS or between[0] == "most"
            end = name.end + (words[name.end : name.end + 1] == ["s"])
            return _left_out(words, at, end) if is_compared else None
        if words[at] == BREAK or words[at] in LINKS:
            return None
    return None


def _one_more(
    words: Sequence[str], first: int, name: FoundName, found: Sequence[Comparison]
) -> Comparison | None:
    """'Or a crow', right behind another that is compared with."""
    if found and first and words[first - 1] in ("or", "nor") and found[-1].end == first - 1:
        return _left_out(words, first - 1, name.end)
    return None


def _owner(words: Sequence[str], name: FoundName, first: int) -> Comparison | None:
    """'A toucan's' of 'a toucan's bill', and 'like a parrot's'."""
    if words[name.end : name.end + 1] != ["s"]:
        return None
    end = name.end + 1
    behind = list(takewhile(_goes_on, words[end:]))
    owned = next((at for at, word in enumerate(behind) if word in _OWNED), None)
    before = words[first - 1] if first else BREAK
    if before in ("like", "resembling"):
        if owned is None:
            is_whole = not behind or behind[0] == "and"
            return _left_out(words, first - 1, end) if is_whole else None
        return _left_out(words, first - 1, end + owned + 1)
    is_of_another = before in ("with", "has", "have", "having") or KINDS & {*words[:first]}
    if owned is None or not is_of_another:
        return None  # 'the cardinal's head is red', 'a cardinal's a red bird'
    if words[first : name.start] and words[first] in ("a", "an"):
        is_one = not (words[end + owned].endswith("s") or words[end + owned] == "feet")
        instead = (article(words[end]),) if is_one else ()
        told = _left_out(words, first, end, told_from=name.start).told
        return Comparison(first, end, instead, told)
    return _left_out(words, name.start, end)


def _goes_on(word: str) -> bool:
    return word != BREAK and word not in LINKS and word not in DETERMINERS


def _look(words: Sequence[str], name: FoundName, first: int) -> Comparison | None:
    """'Shaped like a duck', 'the beak of a parrot', 'like that of a parrot'."""
    match words[max(0, first - 3) : first]:
        case [*_, "like", "that" | "those", "of"]:
            return _left_out(words, first - 3, name.end, look=True)
        case [*_, "shaped", "like"]:
            return _left_out(words, first - 2, name.end, look=True)
        case [*_, part, "of"] if part in _LOOK and KINDS.isdisjoint(words[:first]):
            return None  # 'the red belly of a robin'
        case [*_, part, "like" | "of"] if part in _LOOK:
            return _left_out(words, first - 1, name.end, look=True)
    return None


def says_look(words: Iterable[str]) -> bool:
    """Whether a sentence without its comparisons says what the bird looks like."""
    return not COLOURS.isdisjoint(words)


def says_bird(words: Iterable[str]) -> bool:
    """Whether a sentence without its comparisons is about a bird at all."""
    return not (COLOURS | BODY_PARTS | KINDS).isdisjoint(words)
