"""The pictures that belong to one sentence or recording, finished or on their way. No Tk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from models.words.vocabulary import tokenize

if TYPE_CHECKING:
    from app.speech.sound.recording import Recording
    from models import Drawing
    from models.sound.heard import Span


@dataclass(frozen=True)
class Word:
    """A word of the sentence.

    Attributes
    ----------
    text : in lower case.
    understood : whether the model knows it and has read it.
    index : which of the drawing's attention maps is this word's; None before there is a drawing,
        and for words that were not understood.
    """

    text: str
    understood: bool = True
    index: int | None = None


class PictureSet:
    """Pictures of one sentence, of one recording, or some of each.

    Parameters
    ----------
    sentence : what is drawn.
    count : how many pictures there will be.
    speech : the sound that pictures are drawn from straight, if some are.

    Attributes
    ----------
    stages : for each picture the stages that were drawn so far, the smallest first.
    drawings : the finished pictures.
    from_file : whether there is a picture only, without stages and attention.
    """

    def __init__(self, sentence: str, count: int = 1, speech: Recording | None = None) -> None:
        self.sentence = sentence
        self.speech = speech
        self.stages: list[list[Image.Image]] = [[] for _ in range(count)]
        self.drawings: list[Drawing] = []
        self.from_file = False

    @classmethod
    def of(cls, drawings: Sequence[Drawing], speech: Recording | None = None) -> PictureSet:
        """Collect finished pictures."""
        pictures = cls(drawings[0].sentence, len(drawings), speech)
        for drawing in drawings:
            pictures.finish(drawing)
        return pictures

    @classmethod
    def of_file(cls, sentence: str, image: Image.Image) -> PictureSet:
        """Take one picture from a file."""
        pictures = cls(sentence)
        pictures.stages[0].append(image)
        pictures.from_file = True
        return pictures

    def __len__(self) -> int:
        return len(self.stages)

    @property
    def under_way(self) -> int:
        """Which picture is being drawn; the last one when all are finished."""
        return min(len(self.drawings), len(self) - 1)

    def begins_with(self, drawings: Sequence[Drawing]) -> bool:
        """Tell whether the first finished pictures are these very ones."""
        own = self.drawings[: len(drawings)]
        return [id(drawing) for drawing in own] == [id(drawing) for drawing in drawings]

    def add_stage(self, index: int, image: Image.Image) -> None:
        """Take a stage of the picture under way; the first stage may come once more."""
        self.stages[self.under_way][index:] = [image]

    def finish(self, drawing: Drawing) -> None:
        """Take the picture under way as finished."""
        self.stages[len(self.drawings)] = list(drawing.stages)
        self.drawings.append(drawing)

    def drawing(self, picture: int) -> Drawing | None:
        """Return a finished picture; None while it is not."""
        return self.drawings[picture] if picture < len(self.drawings) else None

    def image(self, picture: int, stage: int | None) -> Image.Image | None:
        """Return a stage of a picture, None standing for the newest; None if there is none."""
        stages = self.stages[picture]
        if stage is None:
            return stages[-1] if stages else None
        return stages[stage] if stage < len(stages) else None

    def spans(self, picture: int) -> tuple[Span, ...]:
        """Return where the pieces lie in the sound; none where a text is drawn."""
        drawing = self.drawing(picture)
        return () if drawing is None else drawing.spans

    def attention(self, picture: int, stage: int | None, word: int | None) -> np.ndarray | None:
        """Return where a stage attended to a word, shape (S, S).

        None where nobody asks (`word` is None), and for the first stages, which see the sentence
        as a whole.
        """
        drawing = self.drawing(picture)
        if drawing is None or word is None:
            return None
        index = len(drawing.stages) - 1 if stage is None else stage
        index -= len(drawing.stages) - len(drawing.attention)
        return drawing.attention[index][word] if index >= 0 else None

    def words(self) -> list[Word]:
        """Return the words in order: those of the sentence, with what was not read, or drawn ones.

        The latter where other words were drawn: a bird's description in place of its name.
        """
        texts = tokenize(self.sentence)
        if not self.drawings:
            return [Word(text) for text in texts]
        read = self.drawings[0].words  # with pictures of both kinds, that of the text is first
        words: list[Word] = []
        position = 0
        for text in texts:
            if position < len(read) and text == read[position]:
                words.append(Word(text, index=position))
                position += 1
            else:
                words.append(Word(text, understood=False))
        if position == len(read):
            return words
        drawn = [Word(text, index=index) for index, text in enumerate(read)]
        unread = self.drawings[0].unread_words
        return drawn + [Word(text, understood=False) for text in unread]
