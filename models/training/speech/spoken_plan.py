"""Which captions are spoken, by whom, and how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

import numpy as np

from models.training.data.captions import name_of
from models.training.data.examples import Example
from models.training.speech.hesitation import hesitating
from models.training.speech.synthesiser import Line, Voice
from models.words.names import name_sentences, with_name
from models.words.tokens import with_apostrophes

SPEEDS = (0.75, 1.35)
PITCHES = (0.85, 1.2)
NAMED_SHARE, NAME_ALONE_SHARE = 0.15, 0.1
"""Of captions with the bird's name for 'bird', and of sentences that say nothing but a name."""

HESITATING_SHARE = 0.15

_TURN, _CAPTION, _MANNER = range(3)
"""What randomness is drawn for; each has a stream of its own."""


@dataclass(frozen=True)
class Utterance:
    """One caption, and how it is to be spoken.

    Attributes
    ----------
    picture : file name in the data's ``metadata.jsonl``.
    text : the caption.
    line : what is said of it, with what people say besides, and how fast and high.
    voice : number of the voice.
    """

    number: int
    picture: str
    species: str
    text: str
    line: Line
    voice: int


@dataclass(frozen=True)
class Plan:
    """What every utterance is to be; utterance k follows from the seed and k alone.

    All pictures get their first utterance before any gets its second, which says another caption.

    Attributes
    ----------
    data : the folder of the examples.
    clean : whether captions are spoken as they are, at the voices' own speed and pitch.
    """

    data: Path
    examples: Sequence[Example]
    voices: Sequence[Voice]
    seed: int
    clean: bool = False

    def __getitem__(self, number: int) -> Utterance:
        turn, place = divmod(number, len(self.examples))
        row = _shuffled(len(self.examples), self.seed, _TURN, turn)[place]
        example = self.examples[row]
        order = _shuffled(len(example.captions), self.seed, _CAPTION, row)
        text = " ".join(example.captions[order[turn % len(order)]].split())
        picture = example.path.relative_to(self.data).as_posix()
        rng = np.random.default_rng((self.seed, _MANNER, number))
        shares = np.array([voice.share for voice in self.voices], float)
        voice = int(rng.choice(len(self.voices), p=shares / shares.sum()))
        speed = pitch = 1.0
        said = with_apostrophes(text)
        if not self.clean:
            text = _maybe_named(text, example.species, rng)
            said = with_apostrophes(text)
            if rng.random() < HESITATING_SHARE:
                said = hesitating(said, rng)
            speed, pitch = _ratio(rng, SPEEDS), _ratio(rng, PITCHES)
        line = Line(said, speed, pitch)
        return Utterance(number, picture, example.species, text, line, voice)


def _maybe_named(text: str, species: str, rng: np.random.Generator) -> str:
    """Return a sentence with the bird's name in place of some captions."""
    share, chance, name = rng.random(), Random(int(rng.integers(2**32))), name_of(species)
    if name and share < NAME_ALONE_SHARE:
        return name_sentences(name, chance)
    if name and share < NAME_ALONE_SHARE + NAMED_SHARE:
        return with_name(text, name, chance) or text
    return text


@lru_cache(maxsize=65_536)
def _shuffled(length: int, *seed: int) -> tuple[int, ...]:
    return tuple(np.random.default_rng(seed).permutation(length).tolist())


def _ratio(rng: np.random.Generator, limits: tuple[float, float]) -> float:
    """Draw a factor; half as much is as likely as twice as much."""
    return round(float(np.exp(rng.uniform(*np.log(limits)))), 3)
