"""Transcribed text in the style of the captions that the picture model learnt from."""

from __future__ import annotations

import re
import unicodedata

_NOT_OF_A_WORD = re.compile(r"[^a-z0-9]+")


def tidy(text: str) -> str:
    """Return ``text`` in lower case, without accents and punctuation, with single spaces.

    >>> tidy(" A small, red-crowned bird.  It's got black wings! ")
    'a small red crowned bird it s got black wings'
    """
    letters = unicodedata.normalize("NFKD", text.lower())
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return _NOT_OF_A_WORD.sub(" ", plain).strip()
