"""From what a person writes to words: lower case, no accents, no requests, no comparisons."""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import pairwise

from models.words.chunks import BREAK, DETERMINERS
from models.words.parts import COLOURS
from models.words.rewriting import Rewriting
from models.words.tokens import WORD

_TOKEN = re.compile(rf"{WORD.pattern}|[,.;:!?()\n–—]")
_CANNOT = re.compile(r"\bcan['’]?t\b")
_NOT = re.compile(r"(?<=[a-z])n['’]t\b")

_LIST_MARK = re.compile(
    r"^[^\w\n]*(?:\d+(?:[.):]+(?:[ \t]+(?=\S)|(?=[a-z]))|[ \t]+[-–—][ \t])|(?<=#)\d+[.):]*[ \t])",
    re.M,
)
"""A number at the beginning of a line: '1.', '2)', '#3', '4 -', but not '2 birds' or '1.5'."""

_BROKEN = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[-\u2010]\s*\n\s*([^\W\d_]+)")
"""A word that goes on in the next line, as in a column of a book or a PDF."""

_MARKS = ("comma", "period", "full stop", "semicolon", "new line", "new paragraph")
_DICTATED = Rewriting({tuple(said.split()): (BREAK,) for said in _MARKS})
"""Marks of punctuation that somebody says to a telephone."""

_REQUEST = """
a an can could create d draw drawing for generate give i image like love make me need of one paint
painting photo photograph picture please portrait see show sketch some the to want would you
"""
_REQUEST_WORDS = frozenset(_REQUEST.split())
_ASKS = _REQUEST_WORDS - frozenset("a an can could d for i like me of one some the to you".split())  # noqa: SIM905

_PICTURES = frozenset(
    ["drawing", "image", "painting", "photo", "photograph", "picture", "portrait"]
)
_LONGEST_REQUEST = 10
"""Words within which 'a nice big picture of' is looked for."""


_ADDRESS = re.compile(r"\b(?:https?://|www\.)\S+")


def without_addresses(text: str) -> tuple[str, list[str]]:
    """Take addresses of the web out of a folded text; return it with them."""
    return _ADDRESS.sub(" ", text), _ADDRESS.findall(text)


def text_words(text: str, is_word: Callable[[str], bool]) -> list[str]:
    """Cut a folded text into words; each mark of punctuation is a ``BREAK``.

    Left out are the number of a list ('1. a red bird'), a request ('please draw me a picture of')
    and what something is compared with ('as black as a raven' is 'black'). Where a hyphen ends a
    line, what is before and behind it is one word if that is one: 'yel-low', but not 'red-winged'.
    """

    def joined(halves: re.Match[str]) -> str:
        return whole if is_word(whole := "".join(halves.groups())) else " ".join(halves.groups())

    plain = _NOT.sub(" not", _CANNOT.sub("cannot", _BROKEN.sub(joined, _LIST_MARK.sub(" ", text))))
    words = [token if token.isalnum() else BREAK for token in _TOKEN.findall(plain)]
    words = [word for _, meant in _DICTATED.pieces(words) for word in meant]
    return _without_comparisons(_without_request(words))


def _without_request(words: list[str]) -> list[str]:
    for at, (what, of) in enumerate(pairwise(words[:_LONGEST_REQUEST])):
        if what in _PICTURES and of == "of":
            return words[at + 2 :]
    end = 0
    while end < len(words) and words[end] in _REQUEST_WORDS:
        if words[end] == "love" and words[end + 1 : end + 2] in (["bird"], ["birds"]):
            break
        end += 1
    if not _ASKS & set(words[:end]):
        return words
    if words[end - 1] in ("a", "an", "the", "one", "some"):
        end -= 1
    return words[end:]


def _without_comparisons(words: list[str]) -> list[str]:
    for at in range(len(words) - 3, -1, -1):
        start = at + 1 if words[at] == "as" else at  # 'black' of '(as) black as a raven'
        if not (start + 2 < len(words) and words[start + 1] == "as" and words[start] != "well"):
            continue
        if start > at or (words[start] in COLOURS and "as" not in words[start - 1 : start]):
            end = start + 2
            while end < len(words) and words[end] in DETERMINERS:
                end += 1
            words = [*words[:at], words[start], *words[end + 1 :]]
    return words
