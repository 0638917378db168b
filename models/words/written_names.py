"""The ways in which people write a name: 'mocking bird', 'red tail hawk', 'birds of paradise'."""

from __future__ import annotations

from collections.abc import Container, Iterator

Words = tuple[str, ...]

_SECOND_PARTS = (
    "bird", "bill", "catcher", "eater", "finch", "fowl", "gull", "hawk", "hen", "jay", "pecker",
    "piper", "tail", "throat", "wing", "wit",
)  # fmt: skip
"""What compounds of names end in; people write them as two words: 'fly catcher'."""
_SHORTEST = 3
"""Letters that must stand before."""

_NOUNS = {
    "backed": "back", "bellied": "belly", "billed": "bill", "breasted": "breast", "capped": "cap",
    "cheeked": "cheek", "collared": "collar", "crested": "crest", "crowned": "crown",
    "eared": "ear", "eyed": "eye", "faced": "face", "footed": "foot", "fronted": "front",
    "headed": "head", "legged": "leg", "naped": "nape", "necked": "neck", "rumped": "rump",
    "shouldered": "shoulder", "tailed": "tail", "throated": "throat", "winged": "wing",
}  # fmt: skip
"""What people say for short: 'red tail hawk'."""


def written_ways(name: Words, plain: Container[str]) -> Iterator[Words]:
    """Give the other ways to write a name.

    Parameters
    ----------
    plain:
        Words that stand for themselves: 'black bird' is a bird that is black.
    """
    for at, word in enumerate(name):
        before, after = name[:at], name[at + 1 :]
        if word in _NOUNS and at and after:
            yield (*before, _NOUNS[word], *after)
        if after[:1] == ("of",):
            yield (*before, f"{word}s", *after)
        for second in _SECOND_PARTS:
            first = word.removesuffix(second)
            is_compound = len(first) >= _SHORTEST and first != word
            if is_compound and (first not in plain or second not in plain):
                yield (*before, first, second, *after)
