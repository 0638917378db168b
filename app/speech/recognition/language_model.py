"""How likely a sequence of words is in a description of a bird, and in English: trigram models.

Recognisers hear "a red bird with black wings" and "a red bird with black rings" as nearly alike.
The model of birds knows which of the two people write. It is small, reads in milliseconds, and was
built from captions by ``build_language_model.py``. A model of everyday English stands beside it,
since people also say what no caption does.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from app.errors import AppError
from app.installation import ROOT
from app.speech.recognition.pronunciations import sphinx_folder

_FOLDER = ROOT / "weights" / "speech"
BIRD_MODEL = _FOLDER / "bird.lm.bin"
BIRD_DICTIONARY = _FOLDER / "bird.dict"
"""How the model's words sound, in Sphinx's format."""

START = "<s>"
_UNKNOWN = -11.0
"""Natural logarithm of an unknown word's probability: as if it were one of sixty thousand."""


class LanguageModelError(AppError):
    """A language model cannot be read."""


class LanguageModel:
    """A trigram model with back-off, read by CMU Sphinx's library.

    Parameters
    ----------
    path : ARPA or binary file of Sphinx; ``None`` for the bundled model of bird descriptions.

    Raises
    ------
    LanguageModelError
        When the file is missing or is no language model, or pocketsphinx is not installed.
    """

    def __init__(self, path: Path | None = None) -> None:
        path = path or BIRD_MODEL
        try:
            from pocketsphinx import Config, LogMath, NGramModel, set_loglevel
        except ImportError as error:
            raise LanguageModelError(f"Language models need pocketsphinx: {error}.") from error
        if not path.is_file():
            raise LanguageModelError(f"There is no language model {path}.")
        set_loglevel("FATAL")  # or it tells on standard error what it reads
        self._log_math: Any = LogMath()
        try:
            self._model: Any = NGramModel(Config(lm=str(path)), self._log_math, str(path))
        except (RuntimeError, ValueError) as error:
            raise LanguageModelError(f"{path} is not a language model.") from error
        self._known: dict[str, bool] = {}

    def __contains__(self, word: str) -> bool:
        if word not in self._known:
            # An unknown word has the lowest probability that the library's numbers can hold.
            self._known[word] = self._model.prob([word]) > self._log_math.get_zero() / 2
        return self._known[word]

    def word_score(self, word: str, history: Sequence[str]) -> float:
        """Return the natural logarithm of a word's probability after the words before it.

        Parameters
        ----------
        history : the words before, the latest last; :data:`START` begins a sentence.
        """
        if word not in self:
            return _UNKNOWN
        known = []
        for earlier in reversed(history[-2:]):  # the library wants the latest first
            if earlier != START and earlier not in self:
                break
            known.append(earlier)
        return float(self._log_math.log_to_ln(self._model.prob([word, *known])))

    def score(self, words: Sequence[str]) -> float:
        """Return the natural logarithm of the probability of ``words`` from a sentence's start."""
        told = [START, *words]
        return sum(self.word_score(word, told[: i + 1]) for i, word in enumerate(words))


class SpokenLanguage:
    """What people say to this program: of birds, or in everyday English, at any word.

    The everyday model is the one that travels in SpeechRecognition, of 20,000 words.

    Raises
    ------
    LanguageModelError
        As for :class:`LanguageModel`.
    """

    HISTORY = 4
    """Words before that can matter: two of the everyday model, each with an ending."""

    def __init__(self) -> None:
        self._birds = LanguageModel()
        self._everyday = LanguageModel(sphinx_folder() / "language-model.lm.bin")

    def word_score(self, word: str, history: Sequence[str]) -> float:
        """Return the natural logarithm of a word's probability, as for :class:`LanguageModel`."""
        birds = self._birds.word_score(word, history)
        everyday = self._everyday_score(word, history)
        higher, lower = max(birds, everyday), min(birds, everyday)
        return higher + math.log1p(math.exp(lower - higher)) - math.log(2)

    def _everyday_score(self, word: str, history: Sequence[str]) -> float:
        before = self._joined(history)
        if before and (joined := f"{before[-1]}'{word}") in self._everyday:
            # Together, the two words are as likely as "it's": the score of "it" is taken back.
            score = self._everyday.word_score
            return score(joined, before[:-1]) - score(before[-1], before[:-1])
        return self._everyday.word_score(word, before)

    def _joined(self, words: Sequence[str]) -> list[str]:
        """Return words as everyday English writes them: "it's" instead of "it", "s"."""
        joined: list[str] = []
        for word in words:
            if joined and (whole := f"{joined[-1]}'{word}") in self._everyday:
                joined[-1] = whole
            else:
                joined.append(word)
        return joined
