"""A finished drawing. This module is light: whoever only shows a drawing never loads torch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from PIL import Image

from models.request import DrawRequest
from models.sketches.pose_wish import PartPlaces
from models.sound.heard import Span

OnStage = Callable[[int, Image.Image], None]
Cancelled = Callable[[], bool]


@dataclass(frozen=True)
class Drawing:
    """A finished picture and all that is worth knowing of it.

    Attributes
    ----------
    image : the picture, RGB, as many pixels wide as was asked.
    stages : the picture of each stage, 64 px first; the last is `image`.
    attention : for each stage from the second, a float32 array (len(attended), S, S): how much
        each place of the stage's input looked at each word.
    words : the words that were drawn, in order.
    unknown_words : words of the sentence that the model has never seen.
    request : what, with the model, repeats this picture: with its seed and size, without sound.
    unread_words : known words left out since the sentence has more than the model reads.
    device : where it was drawn, "cpu" or "cuda".
    notice : what the person should know of how it was drawn, in sentences, if there is something.
    described : the name of a bird, as it was written, whose description was drawn in its place.
    pose : where the parts of the bird were told to be, to ask for another in the same pose; None by
        weights that are told no pose.
    spans : for a picture drawn straight from sound, where each piece that attention went to lies in
        the recording; its sentence is empty then, and it has no words.
    """

    image: Image.Image
    stages: tuple[Image.Image, ...]
    attention: tuple[np.ndarray, ...]
    words: tuple[str, ...]
    unknown_words: tuple[str, ...]
    request: DrawRequest
    model_name: str
    device: str = "cpu"
    notice: str | None = None
    spans: tuple[Span, ...] = ()
    unread_words: tuple[str, ...] = ()
    pose: PartPlaces | None = None
    described: str = ""

    @property
    def sentence(self) -> str:
        """What the person wrote or said."""
        return self.request.sentence

    @property
    def drawn_as(self) -> str:
        """The words that were drawn: how the sentence was understood."""
        return self.request.words

    @property
    def seed(self) -> int:
        """The number that, with the sentence and the model, repeats this picture."""
        assert self.request.seed is not None
        return self.request.seed

    @property
    def sketches(self) -> int:
        """How many sketches the finished one was chosen among."""
        return self.request.sketches or 1

    @property
    def sketch(self) -> int:
        """Which of the `sketches` sketches of 64 px was finished, 0 for the first."""
        return self.request.sketch or 0

    @property
    def attended(self) -> tuple[str, ...]:
        """What the attention maps belong to: words, or times in the recording."""
        if self.spans:
            return tuple(f"{span.start:.1f} to {span.end:.1f} s" for span in self.spans)
        return self.words
