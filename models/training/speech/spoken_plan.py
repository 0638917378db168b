"""Which captions are spoken, by whom, and in what surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from models.training.data.examples import Example
from models.training.speech import effects
from models.training.speech.effects import Samples
from models.training.speech.synthesiser import Line, Voice

SPEEDS = (0.8, 1.25)
PITCHES = (0.85, 1.2)
NOISE_SHARE = 0.5
NOISE_DECIBELS = (5.0, 30.0)
ECHO_SHARE = 1 / 3
ECHO_SECONDS = (0.1, 0.6)
PAUSE_SECONDS = (0.0, 0.3)
LEVEL_DECIBELS = (-32.0, -16.0)
CLEAN_LEVEL_DECIBELS = -20.0

_TURN, _CAPTION, _MANNER, _SURROUNDINGS = range(4)
"""What randomness is drawn for; each has a stream of its own."""


@dataclass(frozen=True)
class Utterance:
    """One caption, and how it is to be spoken and heard.

    Attributes
    ----------
    picture : file name in the data's ``metadata.jsonl``.
    line : the caption, and how fast and high it is spoken.
    voice : number of the voice.
    noise : kind and signal-to-noise ratio in dB.
    echo : reverberation time (RT60) in seconds.
    pauses : silence before and after, in seconds.
    level : active level in dB relative to full scale.
    """

    number: int
    picture: str
    species: str
    line: Line
    voice: int
    noise: tuple[str, float] | None = None
    echo: float | None = None
    pauses: tuple[float, float] = (0.0, 0.0)
    level: float = CLEAN_LEVEL_DECIBELS


@dataclass(frozen=True)
class Plan:
    """What every utterance is to be; utterance k follows from the seed and k alone.

    All pictures get their first utterance before any gets its second, which says another caption.

    Attributes
    ----------
    data : the folder of the examples.
    clean : whether they are spoken at the voices' own speed and pitch, and nothing else is heard.
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
        rng = self._rng(number, _MANNER)
        shares = np.array([voice.share for voice in self.voices], float)
        voice = int(rng.choice(len(self.voices), p=shares / shares.sum()))
        if self.clean:
            return Utterance(number, picture, example.species, Line(text), voice)
        line = Line(text, _ratio(rng, SPEEDS), _ratio(rng, PITCHES))
        noise = str(rng.choice(list(effects.NOISES))), _uniform(rng, NOISE_DECIBELS)
        is_noisy = rng.random() < NOISE_SHARE
        echo = _uniform(rng, ECHO_SECONDS)
        has_echo = rng.random() < ECHO_SHARE
        return Utterance(
            number,
            picture,
            example.species,
            line,
            voice,
            noise if is_noisy else None,
            echo if has_echo else None,
            (_uniform(rng, PAUSE_SECONDS), _uniform(rng, PAUSE_SECONDS)),
            _uniform(rng, LEVEL_DECIBELS),
        )

    def hear(self, utterance: Utterance, spoken: Samples) -> Samples:
        """Put what was spoken into the utterance's surroundings."""
        rng = self._rng(utterance.number, _SURROUNDINGS)
        sound = effects.add_pauses(spoken, *utterance.pauses)
        if utterance.echo is not None:
            sound = effects.add_echo(sound, utterance.echo, rng)
        sound = effects.set_level(sound, utterance.level)
        if utterance.noise is not None:
            sound = effects.add_noise(sound, *utterance.noise, rng)
        return sound

    def _rng(self, number: int, purpose: int) -> np.random.Generator:
        return np.random.default_rng((self.seed, purpose, number))


@lru_cache(maxsize=65_536)
def _shuffled(length: int, *seed: int) -> tuple[int, ...]:
    return tuple(np.random.default_rng(seed).permutation(length).tolist())


def _uniform(rng: np.random.Generator, limits: tuple[float, float]) -> float:
    return round(float(rng.uniform(*limits)), 3)


def _ratio(rng: np.random.Generator, limits: tuple[float, float]) -> float:
    """Draw a factor; half as much is as likely as twice as much."""
    return round(float(np.exp(rng.uniform(*np.log(limits)))), 3)
