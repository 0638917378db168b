"""What a word is, for the window: it does without ``models.vocabulary``, which loads nltk."""

import re

WORD = re.compile(r"[a-z0-9]+")
"""Matches the words of a lower-case sentence, cut as ``models.vocabulary`` cuts them."""

_LONGEST = 40  # characters


def short(text: str, longest: int = _LONGEST) -> str:
    """Return a word that fits into a row or a menu, or a sentence that fits into `longest`.

    A widget wider than X can draw would end the program.
    """
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
