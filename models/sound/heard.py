"""What was heard of a sentence. This module is light: whoever only holds it never loads torch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from models.networks.text_encoder import TextFeatures


@dataclass(frozen=True)
class Span:
    """Where in a recording a piece was heard, in seconds."""

    start: float
    end: float


@dataclass(frozen=True)
class HeardSentence:
    """A recording as the painter understands it.

    Attributes
    ----------
    text : features of one sentence, in the spaces of the text encoder.
    embeddings : (N, E) each of its pieces as the text encoder would look a word up.
    spans : where each of its pieces, words as it were, lies in the recording.
    teacher : identity of the text encoder whose spaces these are.
    left_out : how many pieces came after the last that is drawn from.
    """

    text: TextFeatures
    embeddings: Tensor
    spans: tuple[Span, ...]
    teacher: str
    left_out: int = 0

    def coming_from(self, former: HeardSentence, share: float) -> HeardSentence:
        """Return this sentence while it takes the place of a former one.

        Only the sentence feature is on its way, from which sketches are drawn; the words are these.

        Parameters
        ----------
        share : of the way, 0 .. 1.
        """
        sentence = former.text.sentence.lerp(self.text.sentence, share)
        return replace(self, text=replace(self.text, sentence=sentence))
