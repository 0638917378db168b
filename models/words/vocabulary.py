"""Words to ids: the list of words a model has learned, and how a sentence is cut into them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.words.spelling import mend
from models.words.tokens import WORD, fold

PADDING_ID = 0
"""The id that fills sentences up to a common length; it stands for no word."""


def tokenize(sentence: str) -> list[str]:
    """Cut a sentence into words in lower case without accents, as training's captions were cut."""
    return WORD.findall(fold(sentence))


@dataclass(frozen=True)
class ReadSentence:
    """A sentence as the model reads it.

    Attributes
    ----------
    words : the words that are read, in order, at most the model's ``max_words``.
    ids : their ids, one for each of `words`.
    unknown_words : words left out since the vocabulary lacks them, in order, without repeats.
    unread_words : known words behind the model's ``max_words``, in order.
    """

    words: tuple[str, ...]
    ids: tuple[int, ...]
    unknown_words: tuple[str, ...]
    unread_words: tuple[str, ...] = ()


class Vocabulary:
    """The words a model knows; word k of the list has id k + 1, since 0 is padding."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = tuple(words)
        self._ids = {word: position + 1 for position, word in enumerate(self.words)}
        if len(self._ids) != len(self.words):
            raise ValueError("a vocabulary lists each word once")

    @classmethod
    def from_captions(cls, captions: Iterable[str], min_count: int = 2) -> Vocabulary:
        """Collect the words seen at least `min_count` times, the most frequent first."""
        counts = Counter(word for caption in captions for word in mend(tokenize(caption)))
        frequent = [(word, count) for word, count in counts.items() if count >= min_count]
        return cls([word for word, _ in sorted(frequent, key=lambda item: (-item[1], item[0]))])

    def __len__(self) -> int:
        """Number of ids, padding included: the number of rows of an embedding table."""
        return len(self.words) + 1

    def __contains__(self, word: str) -> bool:
        return word in self._ids

    def nearest(self, word: str, count: int = 3) -> list[str]:
        """Return known words that are written nearly like `word`, the nearest first.

        Nearness is Damerau and Levenshtein's edit distance, at most a third of the word's
        letters (and always one); among equals, the more frequent word comes first.
        """
        from nltk.metrics import edit_distance  # 0.2 s and 16 MB, which drawing does without

        farthest = max(1, len(word) // 3)
        found = []
        for rank, known in enumerate(self.words):
            if abs(len(known) - len(word)) <= farthest:
                distance = edit_distance(word, known, transpositions=True)
                if distance <= farthest:
                    found.append((distance, rank, known))
        return [known for _, _, known in sorted(found)[:count]]

    def read(self, sentence: str, max_words: int) -> ReadSentence:
        """Cut a sentence into known words, misspelled ones mended; unknown ones are left out."""
        tokens = mend(tokenize(sentence))
        known = [token for token in tokens if token in self._ids]
        words = known[:max_words]
        unknown = dict.fromkeys(token for token in tokens if token not in self._ids)
        return ReadSentence(
            words=tuple(words),
            ids=tuple(self._ids[word] for word in words),
            unknown_words=tuple(unknown),
            unread_words=tuple(known[max_words:]),
        )
