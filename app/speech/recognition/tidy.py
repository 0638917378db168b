"""Transcribed text in the style of the captions that the picture model learnt from."""

from __future__ import annotations

import re
import unicodedata

_NUMBERS = "zero one two three four five six seven eight nine ten eleven twelve"
_DIGITS = {str(number): word for number, word in enumerate(_NUMBERS.split())}
_NOT_OF_A_WORD = re.compile(r"[^a-z0-9]+")


def tidy(text: str) -> str:
    """Return ``text`` in lower case, without accents and punctuation, small numbers as words.

    >>> tidy(" A small, red-crowned bird.  It's got 2 black wings! ")
    'a small red crowned bird it s got two black wings'
    """
    letters = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    words = _NOT_OF_A_WORD.sub(" ", plain).split()
    return " ".join(_DIGITS.get(word, word) for word in words)
