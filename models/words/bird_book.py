"""The bird book: names of birds of all the world, and what each looks like in known words."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.words.names import name_words
from models.words.parts import colours_by_part
from models.words.vocabulary import tokenize
from models.words.written_names import written_ways

BOOK = Path(__file__).with_name("bird_book.tsv")
CAPTION_WORDS = Path(__file__).with_name("caption_words.txt")

_PLURALS = {"geese": "goose", "titmice": "titmouse"}


@dataclass(frozen=True)
class Bird:
    """A line of the book.

    Attributes
    ----------
    name : as it is written: "Anna's hummingbird".
    other_names : further names, written likewise.
    description : what it looks like, at most 22 words that captions use.
    """

    name: str
    other_names: tuple[str, ...]
    description: str

    @property
    def colours(self) -> dict[str, tuple[str, ...]]:
        """The colours of its parts, as :func:`models.words.parts.colours_by_part` names them."""
        return colours_by_part(self.description)


@dataclass(frozen=True)
class FoundName:
    """A name in a sentence: words `start` to `end` (without the last) are a name of `bird`."""

    start: int
    end: int
    bird: Bird


class BirdBook:
    """Looks names up, in singular and plural.

    Parameters
    ----------
    birds:
        The lines, whose names differ.
    plain:
        Words of which two together are no name: 'black bird'.
    """

    def __init__(self, birds: Sequence[Bird], plain: Container[str] = ()) -> None:
        self.birds = tuple(birds)
        self._by_words: dict[tuple[str, ...], Bird] = {}
        for bird in birds:
            for name in (bird.name, *bird.other_names):
                words = tuple(name_words(name).split())
                if words in self._by_words:
                    raise ValueError(f"the bird book has {name!r} twice")
                self._by_words[words] = bird
        self.names = tuple(map(" ".join, self._by_words))
        """Every name as a caption would have it, in singular."""
        for words, bird in list(self._by_words.items()):
            for way in written_ways(words, plain):
                self._by_words.setdefault(way, bird)
        self._longest = max(map(len, self._by_words), default=0)
        self.words = frozenset(word for words in self._by_words for word in words)
        """Every word of every name."""

    def __len__(self) -> int:
        return len(self.birds)

    def get(self, name: str) -> Bird | None:
        """Return the bird of that name, or None: 'Snowy Owls', 'snowy-owl' and 'snowy owl'."""
        return self._bird(tuple(name_words(name).split()))

    def find(self, words: Sequence[str]) -> Iterator[FoundName]:
        """Give the names among the words of a sentence, from the left, each as long as it can be.

        Parameters
        ----------
        words:
            Words as a caption has them, with their spelling mended.
        """
        at = 0
        while at < len(words):
            for length in range(min(self._longest, len(words) - at), 0, -1):
                bird = self._bird(tuple(words[at : at + length]))
                if bird is not None:
                    yield FoundName(at, at + length, bird)
                    at += length
                    break
            else:
                at += 1

    def _bird(self, words: tuple[str, ...]) -> Bird | None:
        if not words:
            return None
        for last in singulars(words[-1]):
            bird = self._by_words.get((*words[:-1], last))
            if bird is not None:
                return bird
        return None


def singulars(word: str) -> Iterator[str]:
    """Give the word itself and what it may be the plural of, the likeliest first."""
    yield word
    if word in _PLURALS:
        yield _PLURALS[word]
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        yield word[:-1]
        if word.endswith("es"):
            yield word[:-2]
        if word.endswith("ies"):
            yield word[:-3] + "y"


def read_book(path: Path) -> list[Bird]:
    """Read the lines of a bird book: names (commas between), a tab, what the bird looks like.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        When a line has no name or no description.
    """
    birds = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        names, _, description = line.partition("\t")
        name, *others = (part.strip() for part in names.split(","))
        if not all(map(tokenize, (name, *others, description))):
            raise ValueError(f"{path.name}, line {number}: {line!r} lacks a name or a description")
        birds.append(Bird(name, tuple(others), description.strip()))
    return birds


def word_list(path: Path) -> list[str]:
    """Read a list of words, one a line; lines with a ``#`` are comments."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


@cache
def bird_book() -> BirdBook:
    """Return the book that comes along, read once."""
    return BirdBook(read_book(BOOK), frozenset(word_list(CAPTION_WORDS)))
