"""Weights files: what is saved comes back; what is damaged or foreign is refused with a reason."""

import json
import os
import pickle
import random
import re
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors import safe_open
from safetensors.torch import save_file

from models import Painter
from models.checkpoints.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from models.checkpoints.header import BUNDLED_WEIGHTS
from models.checkpoints.weights_file import checksum_of
from models.errors import CheckpointError
from models.networks.config import GeneratorConfig, ModelConfig, TextEncoderConfig
from models.networks.generator import Generator
from models.networks.text_encoder import TextEncoder
from models.words.vocabulary import Vocabulary

ADVICE = re.compile(r"\. (Fetch the file again, or choose|Choose|Use) [\w ,]+\.$")


def small_checkpoint() -> Checkpoint:
    torch.manual_seed(0)
    config = ModelConfig(
        TextEncoderConfig(vocabulary_size=4, embedding_size=6, feature_size=8),
        GeneratorConfig(8, 4, 4, seed_channels=16, stage_channels=(8, 6, 4, 2)),
        names=("cardinal", "northern cardinal"),
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
    with pytest.raises(CheckpointError, match=r"does not exist\. Check its name"):
        load_checkpoint(tmp_path / "nowhere.safetensors")


@pytest.mark.parametrize("share", [0.0, 0.001, 0.3, 0.999])
def test_a_truncated_file_is_refused(saved: Path, share: float) -> None:
    content = saved.read_bytes()
    saved.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(
        CheckpointError, match=r"cannot be read as weights: .*\. Fetch the file again"
    ):
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


def described(path: Path, **changes: str | None) -> None:
    """Describe a weights file otherwise, with the checksum that belongs to it; None leaves out."""
    with safe_open(path, framework="pt") as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        metadata = {**file.metadata(), **changes}
    texts = [metadata["config"] or "", metadata["vocabulary"] or ""]
    metadata["sha256"] = checksum_of(texts, tensors)
    kept = {name: value for name, value in metadata.items() if value is not None}
    save_file(tensors, path, kept)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"vocabulary": None}, "unreadable description"),
        ({"vocabulary": "{"}, "unreadable description"),
        ({"vocabulary": "[" * 100_000}, "unreadable description"),
        ({"vocabulary": '"red"'}, "no list of words"),
        ({"vocabulary": '["a", "red", 3]'}, "no list of words"),
        ({"vocabulary": '["a", "red", "red"]'}, "each word once"),
        ({"vocabulary": '["a", "red"]'}, "vocabulary does not fit"),
        ({"config": None}, "unreadable description"),
        ({"config": "no JSON"}, "unreadable description"),
        ({"config": "[]"}, "unreadable description"),
        ({"card": "3"}, "unreadable description"),
        ({"format": "somebody else's"}, "not a speech2bird weights file"),
        ({"format_version": "2"}, "another version of speech2bird"),
    ],
)
def test_a_wrong_description_is_refused(
    saved: Path, changes: dict[str, str | None], reason: str
) -> None:
    described(saved, **changes)
    with pytest.raises(CheckpointError, match=reason) as caught:
        load_checkpoint(saved)
    assert len(str(caught.value)) < 1000 and ADVICE.search(str(caught.value))


@pytest.mark.parametrize(
    ("part", "field", "value"),
    [
        ("generator", "seed_channels", 4096),  # would take gigabytes before its shape is looked at
        ("generator", "seed_channels", 10**12),
        ("generator", "seed_channels", 17),
        ("generator", "residual_blocks", 10**9),
        ("generator", "residual_blocks", 3),
        ("generator", "first_stage_blocks", 10**9),
        ("generator", "first_stage_blocks", 1),
        ("generator", "first_stage_blocks", None),
        ("generator", "stage_channels", [8, 6, 4, 0]),
        ("generator", "stage_channels", [8, 6, 4, "2"]),
        ("generator", "stage_channels", [8] * 5),
        ("generator", "stage_channels", []),
        ("generator", "image_skip", "yes"),
        ("generator", "of_the_future", 1),
        ("text_encoder", "embedding_size", "6"),
        ("text_encoder", "embedding_size", True),
        ("text_encoder", "feature_size", 16),
        ("text_encoder", "feature_size", -8),
        ("text_encoder", "dropout", 7),
        ("text_encoder", "dropout", True),
        ("text_encoder", "max_words", 0),
        (None, "name", "n" * 300),  # pictures could not say by whom they were drawn
        (None, "name", ["a list"]),
        (None, "generator", None),
    ],
)
def test_a_wrong_configuration_is_refused(
    saved: Path, part: str | None, field: str, value: object
) -> None:
    config = json.loads(small_checkpoint().config.to_json())
    (config if part is None else config[part])[field] = value
    described(saved, config=json.dumps(config))
    with pytest.raises(CheckpointError, match=r"fit|unreadable|does not hold") as caught:
        load_checkpoint(saved)
    assert len(str(caught.value)) < 1000 and ADVICE.search(str(caught.value))


def test_a_description_that_is_only_written_anew_is_accepted(saved: Path) -> None:
    described(saved)
    assert load_checkpoint(saved).checksum


class Mark:
    """Leaves a mark when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self._mark = mark

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self._mark),)


def as_zip(value: object, path: Path) -> None:
    torch.save(value, path)


def as_old_torch(value: object, path: Path) -> None:
    torch.save(value, path, _use_new_zipfile_serialization=False)


def as_pickle(value: object, path: Path) -> None:
    path.write_bytes(pickle.dumps(value))


@pytest.mark.parametrize("write", [as_zip, as_old_torch, as_pickle])
def test_a_pickle_is_never_unpickled(tmp_path: Path, write: Callable[[object, Path], None]) -> None:
    path, mark = tmp_path / "pickle.safetensors", tmp_path / "mark"
    write({"weight": Mark(mark)}, path)
    with pytest.raises(CheckpointError, match="cannot be read as weights"):
        Painter.load(path, device="cpu")
    assert not mark.exists()
    pickle.loads(pickle.dumps(Mark(mark)))
    assert mark.exists(), "unpickling would have left a mark"


@pytest.mark.parametrize("name", ["n" * 300, "new\nline", os.fsdecode(b"no text \xff")])
def test_a_missing_file_of_any_name_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(CheckpointError, match="does not exist"):
        load_checkpoint(tmp_path / name)


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
