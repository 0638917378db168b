"""From an inflected word to one that captions say: 'beaks', 'orangey', 'reddest'."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from models.words.bird_book import singulars

_ENDINGS = (
    ("ishly", "ish"),
    ("iest", "y"),
    ("ier", "y"),
    ("ily", "y"),
    ("est", ""),
    ("est", "e"),
    ("er", ""),
    ("er", "e"),
    ("ly", ""),
    ("ey", ""),
    ("ey", "e"),
    ("y", ""),
    ("y", "e"),
    ("ish", ""),
    ("ish", "e"),
    ("ness", ""),
    ("ed", ""),
    ("ed", "e"),
    ("ing", ""),
    ("ing", "e"),
    ("ing", "ed"),
    ("s", "ed"),
    ("", "s"),
    ("", "ed"),
    ("e", "ed"),
    ("", "y"),
)
"""Endings and what may stand for them, the likelier ones first."""


def known_form(word: str, known: Callable[[str], bool]) -> str | None:
    """Return a form of the word that is known, or None: 'orange' for 'orangey'."""
    if len(word) < 4:
        return None
    return next((form for form in _forms(word) if len(form) > 2 and known(form)), None)


def _forms(word: str) -> Iterator[str]:
    yield from singulars(word)
    for ending, instead in _ENDINGS:
        if word.endswith(ending) and (ending or instead != "s" or word[-1] != "s"):
            stem = word.removesuffix(ending) if ending else word
            yield stem + instead
            if ending and len(stem) > 2 and stem[-1] == stem[-2]:  # 'redder', 'tannish'
                yield stem[:-1] + instead
