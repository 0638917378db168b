"""What a person is about to write: the name or known word that begins with the last letters."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Container, Iterable, Iterator
from functools import cache

from models.words.lexicon import lexicon
from models.words.parts import KINDS
from models.words.tokens import find_words

_LETTERS, _LETTERS_OF_NEXT = 3, 2
"""Letters of a word after which it is completed: of the first one, of a further one of a name."""
_OFTEN = 100
"""Words of captions that are offered before names: colours, parts, sizes."""
_LONGEST = 4  # words of a name
_SEEN = 100  # characters before the cursor that are looked at


class Completer:
    """Completes names of birds and words of captions.

    Parameters
    ----------
    names:
        Names as captions would have them.
    words:
        Words of captions, those that are said most first.
    """

    def __init__(self, names: Iterable[str], words: Iterable[str]) -> None:
        self._names = sorted(set(names))
        self._kinds = Counter(name.rpartition(" ")[2] for name in self._names)
        self._words = tuple(words)
        self._known = frozenset(self._words)

    def rest(self, before: str, known: Container[str]) -> str:
        """Return the letters that are still to be written, or nothing.

        Parameters
        ----------
        before:
            The text up to the cursor, which stands behind a word.
        known:
            The words that the model knows.
        """
        before = before[-_SEEN:]
        found = list(find_words(before))
        if not found or found[-1][2] != len(before):
            return ""
        words = [word for word, _, _ in found]
        last = words[-1]
        often = (word for word in self._words[:_OFTEN] if word in known)
        others = (word for word in self._words[_OFTEN:] if word in known)
        is_told = not KINDS.isdisjoint(words[:-1])
        named = "" if is_told else self._name(words)
        if named:
            return named
        return next(
            (
                word.removeprefix(last)
                for word in (*often, *(() if is_told else self._single(last)), *others)
                if len(last) >= _LETTERS and last not in self._known and word.startswith(last)
            ),
            "",
        )

    def _name(self, words: list[str]) -> str:
        """Return the rest of a name of several words, of which one is written at least."""
        for length in range(min(_LONGEST, len(words)), 1, -1):
            begun = " ".join(words[-length:])
            if len(words[-1]) >= _LETTERS_OF_NEXT and (names := self._beginning(begun)):
                return self._likeliest(names).removeprefix(begun)
        return ""

    def _single(self, begun: str) -> Iterator[str]:
        """Give the likeliest name of one word, or of several where there is none."""
        names = self._beginning(begun)
        names = [name for name in names if " " not in name] or names
        if begun not in names and names:
            yield self._likeliest(names)

    def _beginning(self, begun: str) -> list[str]:
        start = bisect_left(self._names, begun)
        end = bisect_left(self._names, f"{begun}~", start)
        return self._names[start:end]

    def _likeliest(self, names: list[str]) -> str:
        """Return the name of the kind that has most names, a short one of them."""
        return min(names, key=lambda name: (-self._kinds[name.rpartition(" ")[2]], len(name)))


@cache
def completer() -> Completer:
    """Return the completer of the words that come along."""
    return Completer(lexicon().book.names, lexicon().ranked_words)
