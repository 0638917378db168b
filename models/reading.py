"""What a model draws of a person's words. Light: who types is told so without torch."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from models.errors import SentenceError
from models.request import MAX_CHARACTERS, DrawRequest
from models.words.reader import NOTHING_TO_DRAW, read
from models.words.vocabulary import ReadSentence


@dataclass(frozen=True)
class Reading:
    """How a sentence was understood.

    Attributes
    ----------
    drawn_as : the words that are drawn.
    described : the name of a bird, as it was written, whose description is drawn.
    replaced : words that were written, and what is read instead.
    left_out : what is denied ('no crest') or no bird ('on a red car').
    unknown_words : words left out since the model does not know them.
    notices : what was replaced and left out, as sentences for the person.
    error : why there is nothing to draw, as a sentence for the person, or None.
    """

    drawn_as: str
    described: str = ""
    replaced: tuple[tuple[str, str], ...] = ()
    left_out: tuple[str, ...] = ()
    unknown_words: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    error: str | None = None

    @property
    def is_changed(self) -> bool:
        """Whether other words are drawn than were written, but for unknown ones."""
        return self.error is None and bool(self.described or self.replaced or self.left_out)


@dataclass(frozen=True)
class SentenceReader:
    """Reads sentences for one model.

    Attributes
    ----------
    known : the words that the model knows.
    most_words : how many words it reads.
    names : names of birds that it has learned; they stay in the description that is drawn.
    """

    known: Set[str]
    most_words: int
    names: Set[str] = frozenset()

    def read(self, request: DrawRequest) -> Reading:
        """Understand a request's sentence, unless its words are to be drawn as they are.

        Raises
        ------
        SentenceError
            It is empty, longer than 1,000 characters, or about no bird.
        """
        sentence = request.sentence
        if not sentence.strip():
            raise SentenceError(NOTHING_TO_DRAW)
        if len(sentence) > MAX_CHARACTERS:
            raise SentenceError(
                f"The description is too long: {len(sentence):,} characters. "
                f"Please keep it under {MAX_CHARACTERS:,}; a sentence or two work best."
            )
        if request.as_written or request.drawn_as is not None:
            return Reading(request.words)
        reading = self.understand(sentence)
        if reading.error is not None:
            raise SentenceError(reading.error)
        return reading

    def understand(self, sentence: str) -> Reading:
        """Understand a sentence as far as it can be; in most cases within a millisecond."""
        understood = read(sentence, self.known, self.most_words, self.names)
        return Reading(
            drawn_as=understood.sentence,
            described=understood.name,
            replaced=understood.replaced,
            left_out=understood.left_out,
            unknown_words=understood.unknown_words,
            notices=understood.notices,
            error=understood.error,
        )


@dataclass(frozen=True)
class ReadRequest:
    """A sentence as it was understood, and its words as the model takes them in."""

    reading: Reading
    text: ReadSentence

    @property
    def unknown_words(self) -> tuple[str, ...]:
        """Words that the model does not know, in order, without repeats."""
        return tuple(dict.fromkeys(self.reading.unknown_words + self.text.unknown_words))
