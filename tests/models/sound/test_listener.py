"""The bundled listener: birds straight from sound."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from app.speech.sound.recording import Recording
from models import Painter
from models.errors import SoundError
from models.networks.text_encoder import pad_ids
from models.request import DrawRequest
from models.sound.ears import LEAST_LIKENESS
from models.sound.listener import Listener
from models.sound.log_mel import SAMPLE_RATE
from models.training.evaluation.colours import COLOUR_SENTENCE, dominant_colour
from models.training.evaluation.features import BODY
from tests.melody import melody
from tests.speech_fixtures import SpeakSentence

SENTENCE = "a small red bird with black wings"


@pytest.fixture(scope="module")
def painter() -> Painter:
    return Painter.load(device="cpu")


@pytest.fixture(scope="module")
def listener() -> Listener:
    return Listener.load()


def samples_of(text: str, speak: SpeakSentence, language: str = "en") -> np.ndarray:
    return Recording.from_file(speak(text, language)).resampled(SAMPLE_RATE).as_float()


def sentence_feature(painter: Painter, text: str) -> torch.Tensor:
    ids, lengths = pad_ids([painter.check(text).text.ids])
    with torch.inference_mode():
        feature: torch.Tensor = painter._text_encoder(ids, lengths).sentence[0]
    return feature


def test_what_is_said_is_near_what_is_written(
    painter: Painter, listener: Listener, spoken_sentence: SpeakSentence
) -> None:
    heard = listener.hear(samples_of(SENTENCE, spoken_sentence))
    said = heard.text.sentence[0]

    def closeness(text: str) -> float:
        return float(torch.cosine_similarity(said, sentence_feature(painter, text), dim=0))

    others = ("a large white bird swimming in water", "this bird has a yellow head and a long beak")
    assert closeness(SENTENCE) > 0.7 > max(map(closeness, others))
    assert abs(len(heard.spans) - len(SENTENCE.split())) <= 1
    assert painter.ears.likeness(heard) > LEAST_LIKENESS


def test_colours_come_through(
    painter: Painter, listener: Listener, spoken_sentence: SpeakSentence
) -> None:
    def shows(colour: str) -> bool:
        sound = samples_of(COLOUR_SENTENCE.format(colour=colour), spoken_sentence)
        drawing = painter.draw(DrawRequest(seed=1, size=128, sound=listener.hear(sound)))
        body = [(part.across, part.down) for part in drawing.pose or () if part.part - 1 in BODY]
        return dominant_colour(drawing.image, body) == colour

    assert all(map(shows, ("red", "yellow", "blue", "black")))


def test_same_sound_and_seed_give_the_same_picture(
    painter: Painter, listener: Listener, spoken_sentence: SpeakSentence
) -> None:
    sound = samples_of(SENTENCE, spoken_sentence)
    request = DrawRequest(seed=5, size=64, sound=sound)
    heard = replace(request, sound=listener.hear(sound))
    first, again = painter.draw(request), painter.draw(heard)
    assert first.image.tobytes() == again.image.tobytes() and first.spans == again.spans
    other = painter.draw(replace(request, seed=6))
    assert other.image.tobytes() != first.image.tobytes()


def test_what_is_said_beyond_the_last_piece_is_told(
    painter: Painter, listener: Listener, spoken_sentence: SpeakSentence
) -> None:
    sound = samples_of(SENTENCE, spoken_sentence)
    heard = listener.hear(np.tile(sound, 5))
    assert heard.left_out > 5 and len(heard.spans) == painter.max_words
    notice = painter.draw(DrawRequest(seed=1, size=64, sound=heard)).notice
    assert notice is not None and f"{heard.left_out} more were left out" in notice
    assert listener.hear(sound).left_out == 0
    assert painter.draw(DrawRequest(seed=1, size=64, sound=sound)).notice is None


def test_a_melody_is_no_description(painter: Painter, listener: Listener) -> None:
    for seed in range(5):
        with pytest.raises(SoundError, match=r"no description|nothing like a description"):
            painter.draw(DrawRequest(sound=listener.hear(melody(seed=seed))))


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("pt-br", "este pássaro tem a cabeça azul e um bico muito comprido"),
        ("it", "un piccolo uccello rosso con le ali nere e la pancia bianca"),
        ("fr", "cet oiseau a une tête bleue et un bec très long"),
        ("de", "dieser Vogel hat einen blauen Kopf und einen sehr langen Schnabel"),
    ],
)
def test_another_language_is_no_description(
    painter: Painter,
    listener: Listener,
    spoken_sentence: SpeakSentence,
    language: str,
    sentence: str,
) -> None:
    heard = listener.hear(samples_of(sentence, spoken_sentence, language))
    with pytest.raises(SoundError, match="description of a bird in English"):
        painter.draw(DrawRequest(sound=heard))
