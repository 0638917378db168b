"""Cutting a sentence into chunks: 'a red bird', 'with a crest', 'on a branch'."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

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
