"""Weights files: what is saved comes back; what is damaged or foreign is refused with a reason."""

import random
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from models.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from models.config import GeneratorConfig, ModelConfig, TextEncoderConfig
from models.errors import CheckpointError
from models.generator import Generator
from models.painter import BUNDLED_WEIGHTS
from models.text_encoder import TextEncoder
from models.vocabulary import Vocabulary


def small_checkpoint() -> Checkpoint:
    torch.manual_seed(0)
    config = ModelConfig(
        TextEncoderConfig(vocabulary_size=4, embedding_size=6, feature_size=8),
        GeneratorConfig(8, 4, 4, seed_channels=16, stage_channels=(8, 6, 4, 2)),
    )
    return Checkpoint(
        config,
        Vocabulary(["a", "red", "bird"]),
        TextEncoder(config.text_encoder).eval(),
        Generator(config.generator).eval(),
        {"data": "none"},
    )


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "small.safetensors"
    save_checkpoint(small_checkpoint(), path)
    return path


def test_everything_comes_back(saved: Path) -> None:
    before, after = small_checkpoint(), load_checkpoint(saved)
    assert after.config == before.config
    assert after.vocabulary.words == before.vocabulary.words
    assert after.card == before.card
    for name, value in before.generator.state_dict().items():
        torch.testing.assert_close(
            after.generator.state_dict()[name], value, rtol=1e-3, atol=1e-4, msg=name
        )


def test_the_checksum_names_the_model(saved: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.safetensors"
    checksum = save_checkpoint(small_checkpoint(), again)
    assert load_checkpoint(saved).checksum == load_checkpoint(again).checksum == checksum
    other = small_checkpoint()
    next(other.generator.parameters()).data.add_(1)
    assert save_checkpoint(other, again) != checksum


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="does not exist"):
        load_checkpoint(tmp_path / "nowhere.safetensors")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.999])
def test_a_truncated_file_is_refused(saved: Path, share: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(CheckpointError, match="cannot be read as weights"):
        load_checkpoint(saved)


def test_a_flipped_bit_is_noticed(saved: Path) -> None:
    content = bytearray(saved.read_bytes())
    content[-100] ^= 1
    saved.write_bytes(content)
    with pytest.raises(CheckpointError, match="checksum"):
        load_checkpoint(saved)


def test_any_flipped_bit_is_noticed_or_harmless(saved: Path) -> None:
    whole, content = load_checkpoint(saved), saved.read_bytes()
    chance = random.Random(0)
    refused = 0
    for _ in range(300):
        altered = bytearray(content)
        altered[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        saved.write_bytes(altered)
        try:
            loaded = load_checkpoint(saved)
        except CheckpointError:
            refused += 1
        else:  # in the card, which is for people, or in the padding
            assert loaded.checksum == whole.checksum
    assert refused > 250


def test_the_bundled_weights_cut_off_anywhere_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "cut.safetensors"
    path.write_bytes(BUNDLED_WEIGHTS.read_bytes())
    with path.open("r+b") as file:
        for length in reversed(range(0, BUNDLED_WEIGHTS.stat().st_size, 64 * 1024)):
            file.truncate(length)
            with pytest.raises(CheckpointError, match="cannot be read as weights"):
                load_checkpoint(path)


def test_a_foreign_safetensors_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "foreign.safetensors"
    save_file({"weight": torch.zeros(2)}, path)
    with pytest.raises(CheckpointError, match="not a speech2bird weights file"):
        load_checkpoint(path)


def test_a_pickle_is_never_unpickled(tmp_path: Path) -> None:
    path = tmp_path / "pickle.safetensors"
    torch.save({"weight": torch.zeros(2)}, path)
    with pytest.raises(CheckpointError):
        load_checkpoint(path)


def test_a_failed_save_leaves_the_earlier_file(
    saved: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = saved.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        save_checkpoint(small_checkpoint(), saved)
    assert saved.read_bytes() == content
    assert list(saved.parent.glob("*safetensors*")) == [saved], "a temporary file was left"
