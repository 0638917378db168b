"""What is said to `benchmarks.direct`, in noise, and the ways to understand it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from app.speech.recognition.recognisers import load_transcriber
from app.speech.recognition.transcriber import NothingHeardError, Transcriber, speech_in
from app.speech.sound.recording import Recording
from models import Painter
from models.errors import SentenceError, SoundError
from models.networks.text_encoder import pad_ids
from models.sound.ears import LEAST_LIKENESS
from models.sound.heard import HeardSentence
from models.sound.listener import Listener
from models.sound.log_mel import SAMPLE_RATE
from models.training.damsm.model import load_damsm
from models.training.damsm.retrieval import retrieval_chances
from models.training.damsm.similarity import sentence_scores
from models.training.data.examples import Example
from models.training.data.photographs import Photographs, kept_side
from models.training.features.cached_features import cache_features
from models.training.speech.effects import Samples, add_noise
from models.training.speech.kokoro import ACCENTED_FOR_TESTS, NATIVE_FOR_TESTS

CONDITIONS: dict[str, float | None] = {"clean": None, "15 dB": 15.0, "5 dB": 5.0}
TRUE, RECOGNISED, STRAIGHT = "true text", "recognised text", "straight from sound"
NOTHING = "a bird"
"""What is drawn where nothing was heard."""

NEAREST_OF = 50

Description = str | HeardSentence


@dataclass(frozen=True)
class Spoken:
    """A sentence and what was said: sound for each condition."""

    text: str
    voice: str
    sounds: dict[str, Recording]

    @classmethod
    def in_noise(cls, text: str, voice: str, samples: Samples, seed: int) -> Spoken:
        """Hear it clean, and with babble below it."""

        def sound(decibels: float | None) -> Recording:
            noisy = samples
            if decibels is not None:
                noisy = add_noise(samples, "babble", decibels, np.random.default_rng(seed))
            return Recording((noisy * 32767).astype(np.int16), SAMPLE_RATE)

        return cls(text, voice, {name: sound(level) for name, level in CONDITIONS.items()})

    @property
    def accent(self) -> str:
        """Native, accented, or the voice itself where that is not known."""
        name = self.voice.removeprefix("kokoro:")
        if name in ACCENTED_FOR_TESTS:
            return "accented"
        return "native" if name in NATIVE_FOR_TESTS else self.voice


class Ears:
    """Both ways to understand speech.

    Parameters
    ----------
    painter : whoever draws; it refuses what is like no description.
    listener : file of what hears straight; the bundled one if there is none.
    known : file of what was recognised before, by voice, sentence and condition.
    """

    def __init__(self, painter: Painter, listener: Path | None, known: Path) -> None:
        self.listener, self._painter, self._known = Listener.load(listener), painter, known
        self._transcriber: Transcriber | None = None
        self._texts: dict[str, str] = json.loads(known.read_text()) if known.exists() else {}

    @property
    def transcriber(self) -> Transcriber:
        if self._transcriber is None:
            self._transcriber = load_transcriber("whisper")
        return self._transcriber

    def understand(self, way: str, spoken: Spoken, condition: str) -> Description:
        """Return what the painter is to draw."""
        if way == TRUE:
            return spoken.text
        sound = spoken.sounds[condition]
        if way == RECOGNISED:
            text = self._recognise(f"{spoken.voice}, {condition}: {spoken.text}", sound)
            try:
                self._painter.check(text)
            except SentenceError:  # heard so wrong that no bird is in it
                return NOTHING
            return text
        try:
            heard = self.listener.hear(speech_in(sound).voice())
        except (NothingHeardError, SoundError):
            return NOTHING
        return heard if self._painter.ears.likeness(heard) >= LEAST_LIKENESS else NOTHING

    def _recognise(self, key: str, sound: Recording) -> str:
        if key not in self._texts:
            try:
                self._texts[key] = self.transcriber.transcribe(sound)
            except NothingHeardError:
                self._texts[key] = NOTHING
            self._known.write_text(json.dumps(self._texts, indent=0))
        return self._texts[key]


class Finding:
    """Whether a sentence, as it was understood, finds its own photograph and its own text.

    Parameters
    ----------
    damsm : the ``damsm.pt`` that generator and listener were trained with.
    rows : places of the sentences' photographs among all `examples`.
    texts : the sentences as they were written.
    """

    def __init__(
        self, damsm: Path, examples: Sequence[Example], rows: Sequence[int], texts: Sequence[str]
    ) -> None:
        loaded = load_damsm(damsm)
        pictures = Photographs(examples, kept_side(loaded.picture_size))
        cache = cache_features(loaded.features, pictures, loaded.picture_size, mirrored=False)
        with torch.no_grad():
            _, self._whole = loaded.projection(cache.regions[0].float(), cache.pooled[0].float())
        self._rows, self._species = torch.tensor(rows), pictures.species
        self._encoder, self._vocabulary = loaded.text_encoder, loaded.vocabulary
        self._written = self.sentences(texts)
        self._texts = list(texts)

    @torch.inference_mode()
    def sentences(self, understood: Sequence[Description]) -> Tensor:
        """Sentence features (N, D)."""
        return torch.cat([self._sentence(what) for what in understood])

    def found(self, sentences: Tensor) -> Tensor:
        """Chance (N,) of each to find its photograph first of 100 of other species."""
        # Each sentence is asked for its photograph, not the other way round.
        scores = sentence_scores(self._whole, sentences).T
        asked = torch.arange(len(sentences))
        return retrieval_chances(scores, asked, self._rows, self._species)

    def nearest(self, sentences: Tensor) -> Tensor:
        """Whether (N,) its own text is nearer to each than 49 of the others' are."""
        alike = sentence_scores(sentences, self._written)
        chooser, flags = np.random.default_rng(0), []
        for row, text in enumerate(self._texts):
            others = [k for k, other in enumerate(self._texts) if other != text]
            wrong = chooser.permutation(others)[: NEAREST_OF - 1]
            flags.append(bool(alike[row, row] > alike[row, wrong].max()))
        return torch.tensor(flags)

    def _sentence(self, what: Description) -> Tensor:
        if isinstance(what, HeardSentence):
            return what.text.sentence
        ids = self._vocabulary.read(what, self._encoder.config.max_words).ids or [0]
        feature: Tensor = self._encoder(*pad_ids([ids])).sentence
        return feature
