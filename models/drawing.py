"""A finished drawing. This module is light: whoever only shows a drawing never loads torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

MAX_SEED = 2**31 - 1
MAX_CHARACTERS = 1000
"""Of a sentence; longer ones are refused."""

OnStage = Callable[[int, Image.Image], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Span:
    """Where in a recording a piece was heard, in seconds."""

    start: float
    end: float


@dataclass(frozen=True)
class Drawing:
    """A finished picture and all that is worth knowing of it.

    Attributes
    ----------
    image : the picture, RGB, as many pixels wide as was asked.
    stages : the picture of each stage, 64 px first; the last is `image`.
    attention : for each stage from the second, a float32 array (len(attended), S, S): how much
        each place of the stage's input looked at each word.
    words : the words that were understood, in order.
    unknown_words : words of the sentence that the model has never seen.
    unread_words : known words left out since the sentence has more than the model reads.
    seed : the number that, with the sentence and the model, repeats this picture.
    device : where it was drawn, "cpu" or "cuda".
    notice : what the person should know of how it was drawn, in sentences, if there is something.
    sketch, sketches : which of how many sketches of stage 1 was finished, 0 for the first.
    spans : for a picture drawn straight from sound, where each piece that attention went to lies in
        the recording; its sentence is empty then, and it has no words.
    """

    image: Image.Image
    stages: tuple[Image.Image, ...]
    attention: tuple[np.ndarray, ...]
    words: tuple[str, ...]
    unknown_words: tuple[str, ...]
    seed: int
    sentence: str
    model_name: str
    device: str = "cpu"
    notice: str | None = None
    spans: tuple[Span, ...] = ()
    unread_words: tuple[str, ...] = ()
    sketch: int = 0
    sketches: int = 1

    @property
    def attended(self) -> tuple[str, ...]:
        """What the attention maps belong to: words, or times in the recording."""
        if self.spans:
            return tuple(f"{span.start:.1f} to {span.end:.1f} s" for span in self.spans)
        return self.words


@dataclass(frozen=True)
class Blend:
    """Something between two sentences and between two seeds.

    Attributes
    ----------
    first, second : the sentences.
    share : 0 is the first sentence, 1 the second.
    first_seed, second_seed : the seeds, each 0 to 2**31 - 1.
    seed_share : 0 is the first seed, 1 the second.
    """

    first: str
    second: str
    share: float
    first_seed: int
    second_seed: int
    seed_share: float

    def __post_init__(self) -> None:
        if not (0 <= self.share <= 1 and 0 <= self.seed_share <= 1):
            raise ValueError("shares must be 0 to 1")

    @property
    def sentence(self) -> str:
        """Both sentences in one line, to be read by people."""
        return f"{self.first} → {self.second}"
