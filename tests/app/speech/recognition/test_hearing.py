"""What was understood while somebody still spoke is not understood once more."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from app.speech.recognition.transcriber import ListeningCancelled
from app.speech.recognition.whisper import WhisperTranscriber
from app.speech.sound.recording import Recording
from tests.speech_fixtures import SpeakSentence

SENTENCE = "a small red bird with black wings and a white belly"
# One sentence again and again would pass for what Whisper makes up when it is lost.
SENTENCES = (
    SENTENCE,
    "it has a long yellow beak and orange feet",
    "the head of this bird is blue and its crown is green",
    "a large white bird with a long neck and gray feathers",
    "this is a brown bird with dark spots on its breast",
    "the wings are black with two white bars",
    "its throat is bright orange and its eyes are black",
    "a tiny bird with a short pointed bill and a green back",
    "the tail is long and has black and white stripes",
    "this bird swims on the water and has a purple head",
    "a gray bird with a red patch on each shoulder",
    "the back of this bird is covered with yellow and brown feathers",
)
RATE = 48_000  # a microphone's own: what is heard is resampled


class Counting:
    """A recogniser, and how often its encoder and its decoder were asked."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.transcriber = WhisperTranscriber()
        model = self.transcriber._recogniser.model._model
        self.encoded = self.decoded = 0
        encode, ask = model.encode, self.transcriber._recogniser.model._ask

        def count_encoded(*arguments: object) -> object:
            self.encoded += 1
            return encode(*arguments)

        def count_decoded(*arguments: object) -> object:
            self.decoded += 1
            return ask(*arguments)

        monkeypatch.setattr(model, "encode", count_encoded)
        monkeypatch.setattr(self.transcriber._recogniser.model, "_ask", count_decoded)

    def hear(
        self, sound: np.ndarray, seconds: float, cancelled: Callable[[], bool] = lambda: False
    ) -> str:
        """Understand the first seconds of a sound; the counts begin anew."""
        self.encoded = self.decoded = 0
        recording = Recording(sound[: int(seconds * RATE)], RATE)
        return self.transcriber.understand(recording, cancelled=cancelled).text


@pytest.fixture
def counting(monkeypatch: pytest.MonkeyPatch) -> Counting:
    return Counting(monkeypatch)


def said(spoken_sentence: SpeakSentence, sentence: str = SENTENCE) -> np.ndarray:
    """Return a sentence without the silence around it."""
    samples = Recording.from_file(spoken_sentence(sentence)).resampled(RATE).samples
    loud = np.flatnonzero(np.abs(samples) > 300)
    return samples[loud[0] : loud[-1]]


def room(seconds: float) -> np.ndarray:
    """Return how a quiet room sounds."""
    noise = np.random.default_rng(0).normal(scale=20, size=int(seconds * RATE))
    return noise.astype(np.int16)


def test_a_pause_is_not_understood_anew(counting: Counting, spoken_sentence: SpeakSentence) -> None:
    voice = said(spoken_sentence)
    sound = np.concatenate([room(0.5), voice, room(3)])
    end = 0.5 + len(voice) / RATE
    begun = counting.hear(sound, end - 1)
    assert SENTENCE.startswith(begun.rsplit(" ", 1)[0]) and counting.encoded == 1
    assert counting.hear(sound, end + 0.3) == SENTENCE and counting.encoded == 1
    for more in (0.4, 1, 3):
        assert counting.hear(sound, end + more) == SENTENCE
        assert counting.encoded == counting.decoded == 0


def test_words_after_a_pause_are_heard(counting: Counting, spoken_sentence: SpeakSentence) -> None:
    voice, more = said(spoken_sentence), said(spoken_sentence, "it has a yellow beak")
    sound = np.concatenate([room(0.5), voice, room(0.6), more, room(1)])
    assert counting.hear(sound, 0.5 + len(voice) / RATE + 0.4) == SENTENCE
    assert counting.hear(sound, 60) == f"{SENTENCE} it has a yellow beak"
    assert counting.encoded == 1


def test_what_was_cancelled_goes_on_where_it_was(
    counting: Counting, spoken_sentence: SpeakSentence
) -> None:
    sound = np.concatenate([room(0.5), said(spoken_sentence), room(2)])
    end = len(sound) / RATE
    with pytest.raises(ListeningCancelled):
        counting.hear(sound, end - 1.5, lambda: counting.decoded == 1)
    assert (counting.encoded, counting.decoded) == (1, 1)
    assert counting.hear(sound, end) == SENTENCE
    assert (counting.encoded, counting.decoded) == (0, 1)


def test_the_first_half_minute_of_a_long_recording_is_understood_once(
    counting: Counting, spoken_sentence: SpeakSentence
) -> None:
    voices = [said(spoken_sentence, sentence) for sentence in SENTENCES]
    sound = np.concatenate([room(0.5)] + [part for voice in voices for part in (voice, room(0.5))])
    whole = Recording(sound, RATE)
    assert whole.seconds > 35
    counting.hear(sound, 32)
    assert counting.encoded == 2
    before = counting.hear(sound, 34)
    assert counting.encoded == 1
    after = counting.hear(sound, 60)
    assert counting.encoded == 1 and after.startswith(before.rsplit(" ", 5)[0])
    assert after == WhisperTranscriber().transcribe(whole)
