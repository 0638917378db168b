"""What is to be drawn: all that a person can choose of a picture, from a click to the painter.

This module is light: whoever only asks for a drawing never loads torch.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeVar

from models.sketches.pose_wish import ANY, PartPlace, PartPlaces, read_wish
from models.words.tokens import printable

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from models.sound.heard import HeardSentence

MAX_SEED = 2**31 - 1
MAX_CHARACTERS = 1000
"""Of a sentence; longer ones are refused."""

LARGEST_SIZE = 2**15
"""In pixels, that anybody may ask for; which sizes there are is told by the model."""
SKETCHES = 4
"""How many sketches are drawn for each picture unless somebody says otherwise: with the bundled
weights eight are no better (weights/README.md), and cost twice as much."""
MOST_SKETCHES = 64

_LONGEST_TEXT = 2_000  # characters; far above what is drawn
_Value = TypeVar("_Value")


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


def _text(value: object) -> str:
    text = str(value)
    if len(text) > _LONGEST_TEXT:
        raise ValueError("the text is too long")
    return printable(text)


def _whole(least: int, largest: int) -> Callable[[Any], int]:
    def read(value: Any) -> int:
        number = int(value)
        if not least <= number <= largest:
            raise ValueError("the number is out of range")
        return number

    return read


def _kept(default: Any, read: Callable[[Any], _Value]) -> _Value:
    """Declare a field that pictures keep, and how it is read back from what anybody may write."""
    declared: _Value = field(default=default, metadata={"read": read})
    return declared


@dataclass(frozen=True)
class DrawRequest:
    """A picture that is asked for: of a sentence, of a blend, or of what was said.

    Attributes
    ----------
    sentence : the description, as a person wrote or said it.
    seed : 0 to 2**31 - 1; the same one gives the same picture. Without it one is chosen.
    size : side of the picture in pixels, one of the model's, the largest by default; only the
        stages it needs are run.
    as_written : whether the words of the sentence are drawn as they are, and not as they are
        understood.
    drawn_as : words to draw in place of the sentence, which is kept beside them: those of an
        earlier picture, say.
    sketches : how many sketches of 64 px are drawn, the best of which is finished; as many as
        the painter usually draws by default.
    sketch : which of them is finished, 0 for the first; the best by default.
    pose : which way the bird faces or what it does, one of `pose_wish.POSES`, or the pose of
        another picture. It changes the pose, and keeps the noise that comes of the seed.
    beside : poses of pictures that it will be seen with: of sketches that are about as good, the
        one is finished that is least like them.
    blend : something between two birds, in place of sentence and seed.
    sound : a voice at 16 kHz, or what a `Listener` heard, in place of the sentence.
    """

    sentence: str = _kept("", _text)
    seed: int | None = _kept(None, _whole(0, MAX_SEED))
    size: int | None = _kept(None, _whole(1, LARGEST_SIZE))
    as_written: bool = _kept(False, bool)
    drawn_as: str | None = _kept(None, _text)
    sketches: int | None = _kept(None, _whole(1, MOST_SKETCHES))
    sketch: int | None = _kept(None, _whole(0, MOST_SKETCHES - 1))
    pose: str | tuple[PartPlace, ...] = _kept(ANY, read_wish)
    beside: tuple[PartPlaces, ...] = ()
    blend: Blend | None = None
    sound: NDArray[np.float32] | HeardSentence | None = field(default=None, compare=False)

    @property
    def words(self) -> str:
        """What is drawn, as far as the request says it."""
        return self.sentence if self.drawn_as is None else self.drawn_as

    def anew(self, seed: int | None) -> DrawRequest:
        """The same with a seed (the same one, or another), the sketch to be chosen anew."""
        return dataclasses.replace(self, seed=seed, sketch=None)

    def kept(self) -> dict[str, Any]:
        """What a picture keeps of it: all but blend, sound, and what it was seen with."""
        return {each.name: getattr(self, each.name) for each in _fields()}

    @classmethod
    def from_kept(cls, values: Mapping[str, Any]) -> DrawRequest:
        """Read what `kept` returned, or somebody wrote; what is missing has its default.

        Raises
        ------
        ValueError, TypeError, OverflowError
            A number is out of range, a text is too long, or something is of another kind.
        """
        given = {
            each.name: each.metadata["read"](values[each.name])
            for each in _fields()
            if values.get(each.name) is not None
        }
        return cls(**given)


def _fields() -> list[dataclasses.Field[Any]]:
    return [each for each in dataclasses.fields(DrawRequest) if "read" in each.metadata]
