"""Where the words of a sentence are, whatever characters it is written with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

WORD = re.compile(r"[^\W_]+")
"""Matches the words of a folded sentence, in letters of any language: what is not known is told.

The training captions were written without apostrophes and hyphens ("it s", "long legged"), so
cutting at everything that is not a letter or a digit gives the same words.
"""


_OWN = re.compile(r"\b(\w+) s\b")


def with_apostrophes(text: str) -> str:
    """Return a text of captions as it is read aloud: they write "anna's" as 'anna s'."""
    return _OWN.sub(r"\1's", text)


_COLOURED = {
    **{"🔴": "red", "🟠": "orange", "🟡": "yellow", "🟢": "green", "🔵": "blue", "🟣": "purple"},
    **{"🟥": "red", "🟧": "orange", "🟨": "yellow", "🟩": "green", "🟦": "blue", "🟪": "purple"},
    **{"🟤": "brown", "🟫": "brown", "⚫": "black", "⬛": "black", "⚪": "white", "⬜": "white"},
}
"""Emoji that can only be meant as colours; hearts of all colours are mostly just hearts."""


class _Folding(dict[int, str]):
    """What each character is folded to, found when it is first met."""

    def __missing__(self, code: int) -> str:
        if chr(code) in _COLOURED:
            self[code] = f" {_COLOURED[chr(code)]} "
            return self[code]
        parts = unicodedata.normalize("NFKD", chr(code))
        folded = "".join(part for part in parts if not _is_unseen(part)).lower()
        self[code] = folded
        return folded


def _is_unseen(character: str) -> bool:
    """Whether it is an accent, or takes no room: soft hyphens, marks of direction and the like."""
    category = unicodedata.category(character)
    return category[0] == "M" or category == "Cf"


def printable(text: str) -> str:
    """Return a text of which all can be shown: what takes no room is left out, the rest a space."""
    return "".join(
        character
        if character.isprintable() or character in "\n\t"
        else " " * (unicodedata.category(character) != "Cf")
        for character in text
    )


_FOLDING = _Folding()
_CYRILLIC, _GREEK = "авеһікмнорстухјѕԁ", "αεικνορτυχ"
_LOOK_ALIKES = str.maketrans(_CYRILLIC + _GREEK, "abehikmhopctyxjsd" + "aeikvoptux")
_LATIN = re.compile("[a-z]")


def _in_latin_letters(word: re.Match[str]) -> str:
    """A word of Latin and other letters, as of a keyboard that stood at another language."""
    is_mixed = not word[0].isascii() and _LATIN.search(word[0])
    return word[0].translate(_LOOK_ALIKES) if is_mixed else word[0]


def fold(text: str) -> str:
    """Return a text in lower case and without accents; it may be longer or shorter than before."""
    if text.isascii():
        return text.lower()
    return WORD.sub(_in_latin_letters, text.translate(_FOLDING))


def find_words(sentence: str) -> Iterator[tuple[str, int, int]]:
    """Find each folded word, and where it begins and ends in the sentence as it is written."""
    origin = [index for index, character in enumerate(sentence) for _ in fold(character)]
    origin.append(len(sentence))
    for match in WORD.finditer(fold(sentence)):
        last = origin[match.end() - 1]
        # Accents that follow the last letter belong to the word.
        yield match.group(), origin[match.start()], max(last + 1, origin[match.end()])
