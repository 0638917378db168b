"""What a model draws of a person's words. Light: who types is told so without torch."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass

from models.errors import SentenceError
from models.request import MAX_CHARACTERS, DrawRequest
from models.words.reader import NOTHING_TO_DRAW, Reading, read
from models.words.said_pose import activity, without_pose
from models.words.tokens import fold
from models.words.vocabulary import ReadSentence


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
        if request.as_written:
            return Reading(request.words)
        if request.drawn_as is not None:
            pose = activity(request.words.split()) or without_pose(fold(sentence))[1]
            return Reading(request.words, pose=pose)
        reading = self.understand(sentence)
        if reading.error is not None:
            raise SentenceError(reading.error)
        return reading

    def understand(self, sentence: str) -> Reading:
        """Understand a sentence as far as it can be; in most cases within a millisecond."""
        return read(sentence, self.known, self.most_words, self.names)


@dataclass(frozen=True)
class ReadRequest:
    """A sentence as it was understood, and its words as the model takes them in."""

    reading: Reading
    text: ReadSentence

    @property
    def unknown_words(self) -> tuple[str, ...]:
        """Words that the model does not know, in order, without repeats."""
        return tuple(dict.fromkeys(self.reading.unknown_words + self.text.unknown_words))
