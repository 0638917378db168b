"""The tables of words that reading a sentence needs, read once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from models.words.bird_book import CAPTION_WORDS, BirdBook, bird_book, word_list
from models.words.rewriting import Rewriting, read_table
from models.words.slips import Slips

_FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class Lexicon:
    """Attributes
    ----------
    caption_words : words that captions say at least twenty times.
    ranked_words : the same, those that are said most first.
    things : what is no bird, singular.
    synonyms : what captions say for words that they do not say.
    book : names of birds.
    slips : finds the right word for a misspelled one.
    """

    caption_words: frozenset[str]
    ranked_words: tuple[str, ...]
    things: frozenset[str]
    synonyms: Rewriting
    book: BirdBook
    slips: Slips

    def has(self, word: str) -> bool:
        """Whether a word stands in any of the tables by itself."""
        return (
            word in self.caption_words
            or word in self.book.words
            or word in self.things
            or (word,) in self.synonyms.table
        )


@cache
def lexicon() -> Lexicon:
    """Return the tables that come along; the first call takes a tenth of a second."""
    caption_words = word_list(CAPTION_WORDS)
    things = frozenset(word_list(_FOLDER / "things.txt"))
    synonyms = Rewriting(read_table(_FOLDER / "synonyms.tsv"))
    book = bird_book()
    single = [written[0] for written in synonyms.table if len(written) == 1]
    slips = Slips(
        [*caption_words, *sorted(book.words), *single],
        no_slips=[*things, *word_list(_FOLDER / "no_slips.txt")],
    )
    return Lexicon(frozenset(caption_words), tuple(caption_words), things, synonyms, book, slips)
