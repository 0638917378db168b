"""Choosing what was said: the recogniser's guesses, weighed with what people say.

A noisy channel (Shannon; for speech: Jelinek, 1976): what was heard is likely what was said when
it sounds alike and when people say such things. The recogniser's own probability speaks for its
guesses, trigram models of birds and of everyday English for the whole sentence, distances between
sounds for exchanging a word. What was heard surely is never exchanged, and no guess is taken that
leaves out a part of what was heard.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import NamedTuple

from app.speech.recognition.language_model import BIRD_DICTIONARY, START, SpokenLanguage
from app.speech.recognition.pronunciations import (
    ADDED,
    Phones,
    Pronunciations,
    SoundAlikes,
    cmu_dictionary,
    guess_sounds,
    read_pronunciations,
)


@dataclass(frozen=True)
class Guess:
    """One way in which a recogniser understood what was said.

    Attributes
    ----------
    text : in the captions' style, see :func:`app.speech.recognition.tidy.tidy`.
    log_probability : natural logarithm of the recogniser's probability.
    certainties : how sure the recogniser was of each word, 0 .. 1; empty when it was of all.
    """

    text: str
    log_probability: float
    certainties: tuple[float, ...] = ()


@dataclass(frozen=True)
class Weights:
    """How much each voice counts; chosen on sentences that the benchmark does not use.

    Attributes
    ----------
    language : of the trigram models' logarithm.
    sound : of the distance in sound between a heard word and the one taken for it.
    word : reward of each word: without it, probabilities favour short sentences.
    sure : certainty from which a word stays as it was heard, if a dictionary knows it.
    strange : distance that a word counts which no dictionary knows, when it is kept: it was heard
        wrong.
    whole : share of the best guess's letters that a sentence must have: one with fewer ends early.
    ending : words that a guess counts besides when its probability is shared among its words to see
        which is best: by probability alone, one that ends early may be.
    """

    language: float = 0.35
    sound: float = 2.0
    word: float = 0.75
    sure: float = 0.8
    strange: float = 1.0
    whole: float = 0.85
    ending: int = 2


_EXCHANGE = 0.5
"""Distance of any exchange, of words that sound the same, too: "gray" need not become "grey"."""


class _Way(NamedTuple):
    """One reading of the words up to a place."""

    score: float
    words: tuple[str, ...]


class Corrector:
    """Weighs guesses and the words that sound like theirs."""

    _BEAM = 12
    _CANDIDATES = 12
    """How many words that sound like a heard one are considered."""

    def __init__(self, weights: Weights | None = None) -> None:
        self._weights = weights or Weights()
        self._pronunciations = Pronunciations((cmu_dictionary(), ADDED, BIRD_DICTIONARY))
        self._sound_alikes = SoundAlikes(read_pronunciations((BIRD_DICTIONARY,)))
        self._word_score = functools.lru_cache(maxsize=65536)(SpokenLanguage().word_score)
        self._candidates = functools.lru_cache(maxsize=4096)(self._find_candidates)

    def choose(self, guesses: Sequence[Guess]) -> str:
        """Return the likeliest sentence; empty when there are no guesses."""
        merged: dict[str, Guess] = {}
        for guess in guesses:  # the same words in other letters: their probabilities add up
            earlier = merged.get(guess.text, Guess(guess.text, -math.inf))
            merged[guess.text] = Guess(
                guess.text,
                _log_add(earlier.log_probability, guess.log_probability),
                earlier.certainties or guess.certainties,
            )
        if not merged:
            return ""
        best = max(merged.values(), key=self._mean_log_probability)
        least = self._weights.whole * len(best.text)
        ways = [self._read(guess, least) for guess in merged.values() if len(guess.text) >= least]
        return " ".join(max(ways).words)

    def is_english(self, text: str) -> bool:
        """Tell whether most words of a text are English: another language is written as it sounds.

        One word may always be strange, and a third of many: recognisers invent some.
        """
        words = [word for word in text.split() if not word.isdigit()]
        strange = sum(not self._pronunciations.of(word) for word in words)
        return strange < 2 or 3 * strange < len(words)

    def _mean_log_probability(self, guess: Guess) -> float:
        return guess.log_probability / (len(guess.text.split()) + self._weights.ending)

    def _read(self, guess: Guess, least: float) -> _Way:
        """Find the best reading of a guess: words kept, exchanged, or two taken for one."""
        heard = tuple(guess.text.split())
        sure = [certainty >= self._weights.sure for certainty in guess.certainties]
        sure = sure or [True] * len(heard)
        strange = [not self._is_word(word) for word in heard]
        sure = [known and not odd for known, odd in zip(sure, strange, strict=False)]
        ways: list[list[_Way]] = [[] for _ in range(len(heard) + 1)]
        ways[0] = [_Way(guess.log_probability, ())]
        for place in range(len(heard)):
            for way in sorted(ways[place], reverse=True)[: self._BEAM]:
                kept = self._weights.strange if strange[place] else 0.0
                ways[place + 1].append(self._longer(way, heard[place], kept))
                for end in range(place + 1, min(place + 2, len(heard)) + 1):
                    if all(sure[place:end]):
                        continue
                    for word, distance in self._candidates(heard[place:end]):
                        ways[end].append(self._longer(way, word, distance))
        whole = [way for way in ways[-1] if len(" ".join(way.words)) >= least]
        return max(whole, default=_Way(-math.inf, heard))

    def _is_word(self, word: str) -> bool:
        return word.isdigit() or bool(self._pronunciations.of(word))

    def _longer(self, way: _Way, word: str, distance: float) -> _Way:
        weights = self._weights
        history = (START, *way.words)[-SpokenLanguage.HISTORY :]
        score = weights.language * self._word_score(word, history)
        score += weights.word - weights.sound * distance
        return _Way(way.score + score, (*way.words, word))

    def _find_candidates(self, heard: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
        """Return what one or two heard words may have been, with distances of sound."""
        found: dict[str, float] = {}
        for phones in self._sounds(heard):
            for word, distance in self._sound_alikes.like(phones, _farthest(phones)).items():
                found[word] = min(_EXCHANGE + distance, found.get(word, math.inf))
        found.pop(" ".join(heard), None)  # to be kept, not exchanged
        return tuple(sorted(found.items(), key=itemgetter(1))[: self._CANDIDATES])

    def _sounds(self, heard: tuple[str, ...]) -> list[Phones]:
        """Return the ways to pronounce the words one after the other."""
        ways: list[Phones] = [()]
        for word in heard:
            spoken = self._pronunciations.of(word) or [guess_sounds(word)]
            ways = [(*way, *more) for way in ways for more in spoken]
        return ways


def _farthest(phones: Phones) -> float:
    """Return the distance of sound beyond which a word is another word."""
    return min(0.5 * len(phones), 1.0 + 0.1 * len(phones))


def _log_add(first: float, second: float) -> float:
    """Return log(exp(first) + exp(second))."""
    higher, lower = max(first, second), min(first, second)
    return higher if lower == -math.inf else higher + math.log1p(math.exp(lower - higher))
