"""From what a person writes to words: lower case, no accents, no requests, no comparisons."""

from __future__ import annotations

import re
import unicodedata

from models.words.chunks import BREAK, DETERMINERS

_TOKEN = re.compile(r"[a-z0-9]+|[,.;:!?()\n–—]")
_CANNOT = re.compile(r"\bcan['’]?t\b")
_NOT = re.compile(r"(?<=[a-z])n['’]t\b")

_REQUEST = """
a an can could create d draw drawing for generate give i image like love make me need of one paint
painting photo photograph picture please portrait see show sketch some the to want would you
"""
_REQUEST_WORDS = frozenset(_REQUEST.split())
_ASKS = _REQUEST_WORDS - frozenset("a an can could d for i like me of one some the to you".split())  # noqa: SIM905


def text_words(text: str) -> list[str]:
    """Cut a text into words; each mark of punctuation is a ``BREAK``.

    A request before them is left out ('please draw me a picture of'), and so is what something is
    compared with ('as black as a raven' is 'black').
    """
    letters = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    plain = _NOT.sub(" not", _CANNOT.sub("cannot", plain))
    words = [token if token.isalnum() else BREAK for token in _TOKEN.findall(plain)]
    return _without_comparisons(_without_request(words))


def _without_request(words: list[str]) -> list[str]:
    end = 0
    while end < len(words) and words[end] in _REQUEST_WORDS:
        end += 1
    if not _ASKS & set(words[:end]):
        return words
    if words[end - 1] in ("a", "an", "the", "one", "some"):
        end -= 1
    return words[end:]


def _without_comparisons(words: list[str]) -> list[str]:
    for at in range(len(words) - 4, -1, -1):
        this = words[at : at + 4]
        if len(this) == 4 and this[0] == this[2] == "as" and this[1] != "well":
            end = at + 3
            while end < len(words) and words[end] in DETERMINERS:
                end += 1
            words = [*words[:at], words[at + 1], *words[end + 1 :]]
    return words
