"""The speech encoder's shapes, its words, and that neighbours in a batch do not disturb."""

import json
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from models.errors import CheckpointError
from models.networks.config import SpeechEncoderConfig
from models.sound.log_mel import MELS
from models.sound.speech_checkpoint import (
    SpeechCheckpoint,
    load_speech_encoder,
    save_speech_encoder,
)
from models.sound.speech_encoder import SpeechEncoder, integrate_and_fire

SMALL = SpeechEncoderConfig(
    embedding_size=12, feature_size=8, max_words=4, width=16, blocks=2, heads=2, kernel=5
)


@pytest.fixture
def encoder() -> SpeechEncoder:
    torch.manual_seed(0)
    return SpeechEncoder(SMALL).eval()


def test_each_word_takes_its_share_of_the_frames() -> None:
    firing = torch.tensor([[0.5, 0.5, 1.0, 0.25, 0.75]])
    shares = integrate_and_fire(firing, torch.tensor([3]))
    expected = [[0.5, 0.5, 0, 0, 0], [0, 0, 1, 0, 0], [0, 0, 0, 0.25, 0.75]]
    torch.testing.assert_close(shares[0], torch.tensor(expected))


def test_a_frame_between_two_words_is_shared() -> None:
    shares = integrate_and_fire(torch.tensor([[0.6, 0.8, 0.6]]), torch.tensor([2]))
    expected = [[0.6, 0.4, 0], [0, 0.4, 0.6]]
    torch.testing.assert_close(shares[0], torch.tensor(expected))


def test_every_word_is_whole_and_in_order() -> None:
    torch.manual_seed(1)
    firing, words = torch.rand(6, 90), torch.tensor([1, 5, 9, 17, 30, 2])
    shares = integrate_and_fire(firing, words)
    said = torch.arange(30) < words[:, None]
    torch.testing.assert_close(shares.sum(2), said.float(), atol=1e-5, rtol=0)
    middles = (shares * torch.arange(90)).sum(2)
    for row, count in zip(middles, words.tolist(), strict=True):
        assert (row[:count].diff() > 0).all()


def test_shapes(encoder: SpeechEncoder) -> None:
    heard = encoder(torch.randn(2, MELS, 101), torch.tensor([101, 60]), torch.tensor([6, 3]))
    assert heard.embeddings.shape == (2, 6, 12)
    assert heard.shares.shape == (2, 6, 26) and heard.lengths.tolist() == [26, 15]
    assert heard.text.words.shape == (2, 8, 4)  # no more than max_words are read
    assert heard.text.mask.sum(1).tolist() == [4, 3]
    assert heard.text.sentence.shape == (2, 8)


def test_a_longer_neighbour_changes_nothing(encoder: SpeechEncoder) -> None:
    short, long = torch.randn(1, MELS, 60), torch.randn(1, MELS, 110)
    alone = encoder(short, torch.tensor([60]))
    # What lies behind the end must not be heard, whatever it is.
    padded = torch.cat([short, torch.full((1, MELS, 50), 7.0)], dim=2)
    beside = encoder(torch.cat([padded, long]), torch.tensor([60, 110]))
    count = alone.text.mask.shape[1]
    torch.testing.assert_close(beside.text.sentence[:1], alone.text.sentence)
    torch.testing.assert_close(beside.text.words[:1, :, :count], alone.text.words)
    torch.testing.assert_close(beside.count[:1], alone.count)


def test_the_number_of_words_is_heard_when_nobody_tells_it(encoder: SpeechEncoder) -> None:
    heard = encoder(torch.randn(1, MELS, 101), torch.tensor([101]))
    assert heard.shares.shape[1] == max(1, round(heard.count.item()))


def test_silence_of_one_frame_is_a_word_at_least(encoder: SpeechEncoder) -> None:
    heard = encoder(torch.zeros(1, MELS, 1), torch.tensor([1]))
    assert heard.text.mask.sum() == 1 and heard.text.sentence.isfinite().all()


def test_gradients_reach_every_weight(encoder: SpeechEncoder) -> None:
    heard = encoder(torch.randn(2, MELS, 80), torch.tensor([80, 70]), torch.tensor([3, 2]))
    (heard.text.sentence.sum() + heard.text.words.square().sum() + heard.count.sum()).backward()
    without = [name for name, value in encoder.named_parameters() if value.grad is None]
    assert not without


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("dropout", 7),
        ("dropout", "x"),
        ("dropout", None),
        ("dropout", True),
        ("dropout", float("nan")),
        ("width", "16"),
        ("blocks", 10**9),
        ("heads", 3),
    ],
)
def test_a_wrong_configuration_is_refused(
    encoder: SpeechEncoder, tmp_path: Path, field: str, value: object
) -> None:
    path = tmp_path / "listener.safetensors"
    encoder.config = SpeechEncoderConfig(**{**asdict(SMALL), field: value})
    save_speech_encoder(SpeechCheckpoint(encoder, "teacher"), path)
    with pytest.raises(CheckpointError, match=r"unreadable description .*\. Fetch the file again"):
        load_speech_encoder(path)


def test_a_configuration_without_a_field_has_its_default(encoder: SpeechEncoder) -> None:
    config = asdict(SMALL)
    del config["dropout"], config["word_blocks"]
    read = SpeechEncoderConfig.from_json(json.dumps(config))
    assert read == replace(SMALL, dropout=0.1, word_blocks=1)
