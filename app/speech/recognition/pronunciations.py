"""How words sound: CMU's pronouncing dictionary, the words of birds it lacks, and likeness."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Phones = tuple[str, ...]
"""The sounds of a word, in CMU's notation without stress."""

ADDED = Path(__file__).with_name("added_pronunciations.txt")

_VOWELS = ["AA", "AE", "AH", "AO", "AW", "AY", "EH", "ER", "EY", "IH", "IY", "OW", "OY", "UH", "UW"]
# place of articulation (front to back), manner, voice
_CONSONANTS = {
    "P": (0, "stop", 0), "B": (0, "stop", 1), "M": (0, "nasal", 1), "F": (1, "fricative", 0),
    "V": (1, "fricative", 1), "TH": (2, "fricative", 0), "DH": (2, "fricative", 1),
    "T": (3, "stop", 0), "D": (3, "stop", 1), "N": (3, "nasal", 1), "S": (3, "fricative", 0),
    "Z": (3, "fricative", 1), "L": (3, "liquid", 1), "R": (4, "liquid", 1),
    "SH": (4, "fricative", 0), "ZH": (4, "fricative", 1), "CH": (4, "affricate", 0),
    "JH": (4, "affricate", 1), "Y": (5, "glide", 1), "K": (6, "stop", 0), "G": (6, "stop", 1),
    "NG": (6, "nasal", 1), "W": (0, "glide", 1), "HH": (7, "fricative", 0),
}  # fmt: skip
_PHONES = [*_VOWELS, *_CONSONANTS]
_NUMBERS = {phone: number for number, phone in enumerate(_PHONES)}
_MISSING = 0.75
"""What a sound too many or too few counts; one sound for quite another counts 1."""


def read_pronunciations(paths: Iterable[Path]) -> dict[str, list[Phones]]:
    """Read dictionaries in Sphinx's format: a line is a word and its sounds; ``word(2)`` is
    another way to say the word.

    Raises
    ------
    OSError
        When a file cannot be read.
    """
    words: dict[str, list[Phones]] = {}
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            word, *phones = line.split()
            words.setdefault(word.partition("(")[0], []).append(tuple(phones))
    return words


class Pronunciations:
    """Looks words up in the text of dictionaries: read into a ``dict``, they take 60 MB more.

    Parameters
    ----------
    paths : dictionaries as for :func:`read_pronunciations`, which raises the same errors.
    """

    def __init__(self, paths: Iterable[Path]) -> None:
        texts = [path.read_text(encoding="utf-8") for path in paths]
        lines = sorted(line for text in texts for line in text.splitlines())
        self._text = "\n".join(lines)
        self._ends = np.cumsum([len(line) + 1 for line in lines], dtype=np.int32) - 1

    def of(self, word: str) -> list[Phones]:
        """Return the ways to say a word; none when it is unknown."""
        ways = (
            tuple(line.split()[1:])
            for beginning in (f"{word} ", f"{word}(")
            for line in self._from(beginning)
        )
        return list(dict.fromkeys(ways))

    def _from(self, beginning: str) -> Iterator[str]:
        numbers = range(len(self._ends))
        for number in numbers[bisect_left(numbers, beginning, key=self._line) :]:
            line = self._line(number)
            if not line.startswith(beginning):
                return
            yield line

    def _line(self, number: int) -> str:
        start = self._ends[number - 1] + 1 if number else 0
        return self._text[start : self._ends[number]]


def cmu_dictionary() -> Path:
    """Return the dictionary of 134,000 words that travels in SpeechRecognition."""
    return sphinx_folder() / "pronounciation-dictionary.dict"


def sphinx_folder() -> Path:
    """Return the folder of SpeechRecognition's model of English sounds."""
    import speech_recognition

    return Path(speech_recognition.__file__).parent / "pocketsphinx-data" / "en-US"


_SPELLINGS = {
    "tch": "CH", "sch": "SH", "igh": "AY", "ch": "CH", "sh": "SH", "th": "TH", "ph": "F",
    "ck": "K", "ng": "NG", "wh": "W", "qu": "K W", "ee": "IY", "ea": "IY", "oo": "UW",
    "ou": "AW", "ow": "OW", "ai": "EY", "ay": "EY", "er": "ER", "ir": "ER", "ur": "ER",
    "ar": "AA R", "or": "AO R", "a": "AE", "b": "B", "c": "K", "d": "D", "e": "EH", "f": "F",
    "g": "G", "h": "HH", "i": "IH", "j": "JH", "k": "K", "l": "L", "m": "M", "n": "N",
    "o": "AA", "p": "P", "q": "K", "r": "R", "s": "S", "t": "T", "u": "AH", "v": "V", "w": "W",
    "x": "K S", "y": "IY", "z": "Z",
}  # fmt: skip
"""How groups of letters mostly sound, longest first."""


def guess_sounds(word: str) -> Phones:
    """Say a word that no dictionary knows, roughly: recognisers invent such words."""
    phones: list[str] = []
    place = 0
    while place < len(word):
        for length in (3, 2, 1):
            letters = word[place : place + length]
            if letters in _SPELLINGS:
                doubled = length == 1 and word[place - 1 : place] == letters
                phones += [] if doubled else _SPELLINGS[letters].split()
                break
        place += length
    return tuple(phones)


class SoundAlikes:
    """Finds the words that sound like what was heard.

    Parameters
    ----------
    words : the words to choose from, each with its pronunciations.
    """

    def __init__(self, words: dict[str, list[Phones]]) -> None:
        pairs = [(word, phones) for word, ways in words.items() for phones in ways]
        self._words = [word for word, _ in pairs]
        self._lengths = np.array([len(phones) for _, phones in pairs])
        self._phones = np.zeros((len(pairs), self._lengths.max()), dtype=np.int64)
        for row, (_, phones) in enumerate(pairs):
            self._phones[row, : len(phones)] = [_NUMBERS[phone] for phone in phones]

    def like(self, phones: Sequence[str], limit: float) -> dict[str, float]:
        """Return the words within a distance of what was heard, with their distances.

        The distance is the weighted number of sounds that were exchanged, added or left out
        (Wagner and Fischer's edit distance, for all words at once).
        """
        heard = [_NUMBERS[phone] for phone in phones]
        rows, longest = self._phones.shape
        before = np.tile(np.arange(longest + 1) * _MISSING, (rows, 1))
        for sound in heard:
            exchanged = before[:, :-1] + _EXCHANGED[sound][self._phones]
            now = np.empty_like(before)
            now[:, 0] = before[:, 0] + _MISSING
            now[:, 1:] = np.minimum(exchanged, before[:, 1:] + _MISSING)
            for column in range(1, longest + 1):
                np.minimum(now[:, column], now[:, column - 1] + _MISSING, out=now[:, column])
            before = now
        distances = before[np.arange(rows), self._lengths]
        found: dict[str, float] = {}
        for row in np.flatnonzero(distances <= limit):
            word = self._words[row]
            found[word] = min(found.get(word, np.inf), float(distances[row]))
        return found


def _exchange_costs() -> NDArray[np.float64]:
    """(phones, phones) what it counts to hear one sound for another: 0 to 1."""
    costs = np.ones((len(_PHONES), len(_PHONES)))
    for first in _PHONES:
        for second in _PHONES:
            costs[_NUMBERS[first], _NUMBERS[second]] = _exchange_cost(first, second)
    return costs


def _exchange_cost(first: str, second: str) -> float:
    if first == second:
        return 0.0
    if first in _CONSONANTS and second in _CONSONANTS:
        place, manner, voice = _CONSONANTS[first]
        other_place, other_manner, other_voice = _CONSONANTS[second]
        apart = 0.4 * (place != other_place) + 0.4 * (manner != other_manner)
        return apart + 0.3 * (voice != other_voice)
    return 0.5 if first in _VOWELS and second in _VOWELS else 1.0


_EXCHANGED = _exchange_costs()
