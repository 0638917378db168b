"""Word and sentence features have the right shapes and do not depend on padding."""

import torch

from models.networks.config import TextEncoderConfig
from models.networks.text_encoder import TextEncoder, pad_ids


def test_padding_changes_nothing() -> None:
    torch.manual_seed(0)
    encoder = TextEncoder(TextEncoderConfig(vocabulary_size=10, feature_size=8)).eval()
    alone = encoder(*pad_ids([[1, 2, 3]]))
    beside = encoder(*pad_ids([[1, 2, 3], [4, 5, 6, 7, 8]]))

    assert beside.words.shape == (2, 8, 5)
    assert beside.sentence.shape == (2, 8)
    assert beside.mask.tolist() == [[True] * 3 + [False] * 2, [True] * 5]
    torch.testing.assert_close(beside.sentence[0], alone.sentence[0])
    torch.testing.assert_close(beside.words[0, :, :3], alone.words[0])
    assert beside.words[0, :, 3:].abs().max() == 0


def test_the_sentence_feature_is_the_last_state_of_each_direction() -> None:
    encoder = TextEncoder(TextEncoderConfig(vocabulary_size=10, feature_size=8)).eval()
    features = encoder(*pad_ids([[1, 2, 3]]))
    torch.testing.assert_close(features.sentence[0, :4], features.words[0, :4, -1])
    torch.testing.assert_close(features.sentence[0, 4:], features.words[0, 4:, 0])
