"""Public AttnGAN checkpoints draw with our networks what the public architecture draws."""

import math
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import torch

from models import Painter
from models.checkpoints.checkpoint import Checkpoint, load_checkpoint, save_checkpoint
from models.networks.text_encoder import pad_ids
from models.training.__main__ import main
from models.training.exchange.import_attngan import read_attngan
from tests.training.exchange.public_attngan import (
    TEXT,
    WORDS,
    Shape,
    State,
    captions,
    generator_state,
    public_drawing,
    public_reading,
    text_encoder_state,
)

SENTENCES = ["a red bird", "a bird with black wings", "bird"]


class Files(NamedTuple):
    generator: Path
    text_encoder: Path
    captions: Path

    def read(self) -> Checkpoint:
        return read_attngan(self.generator, self.text_encoder, self.captions)


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Files]:
    """Write the three files, of the contents given or of sound ones."""

    def write(generator: Any = None, text_encoder: Any = None, words: Any = None) -> Files:
        names = ("netG_epoch_9.pth", "text_encoder9.pth", "captions.pickle")
        files = Files(*(tmp_path / name for name in names))
        torch.save(generator or generator_state(), files.generator)
        torch.save(text_encoder or text_encoder_state(), files.text_encoder)
        files.captions.write_bytes(pickle.dumps(words or captions(), 2))
        return files

    return write


@torch.inference_mode()
@pytest.mark.parametrize(
    "shape",
    [Shape(), Shape(2, 2, 1, condition=3, noise=9), Shape(3, 6, 3), Shape(4, 2, 2), Shape(1)],
    ids=["bird", "two stages", "three blocks", "four stages", "one stage"],
)
def test_the_imported_model_draws_what_the_public_one_draws(
    shape: Shape, write: Callable[..., Files], tmp_path: Path
) -> None:
    public, public_reader = generator_state(shape), text_encoder_state()
    path = tmp_path / "imported.safetensors"
    save_checkpoint(write(public).read(), path)
    imported = load_checkpoint(path)
    assert imported.generator.config.sizes == (64, 128, 256, 512)[: shape.stages]

    # Three sentences of different lengths at once, as the public code draws each alone.
    read = [imported.vocabulary.read(sentence, 25) for sentence in SENTENCES]
    text = imported.text_encoder(*pad_ids([sentence.ids for sentence in read]))
    noise, epsilon = torch.randn(3, shape.noise), torch.randn(3, shape.condition)
    condition, _, _ = imported.generator.conditioning(text.sentence, epsilon)
    canvases = list(imported.generator.stages(noise, condition, text))

    for row, sentence in enumerate(SENTENCES):
        ids = [WORDS.index(word) for word in sentence.split()]
        words, whole = public_reading(public_reader, ids)
        torch.testing.assert_close(text.words[row, :, : len(ids)], words, rtol=0, atol=1e-5)
        torch.testing.assert_close(text.sentence[row], whole, rtol=0, atol=1e-5)
        pictures, attentions = public_drawing(public, words, whole, noise[row], epsilon[row])
        assert len(canvases) == len(pictures) == shape.stages
        for canvas, picture in zip(canvases, pictures, strict=True):
            assert 0.05 < picture.std() < 0.9, "neither flat nor saturated: differences would show"
            torch.testing.assert_close(canvas.image[row], picture, rtol=0, atol=1e-4)
        for canvas, attention in zip(canvases[1:], attentions, strict=True):
            assert canvas.attention is not None
            torch.testing.assert_close(
                canvas.attention[row, : len(ids)], attention, rtol=0, atol=1e-4
            )


def with_counters(state: State) -> State:
    """As PyTorch saves batch norm from 0.4 on."""
    norms = [name.removesuffix("running_var") for name in state if name.endswith("running_var")]
    return state | {f"{name}num_batches_tracked": torch.tensor(7) for name in norms}


@pytest.mark.parametrize(
    "wrapped",
    [
        with_counters,
        lambda state: {f"module.{name}": value for name, value in state.items()},
        lambda state: {"epoch": 9, "netG": state, "optimizerG": {"lr": 2e-4}},
    ],
    ids=["batch counters", "module. in front", "netG inside"],
)
def test_the_ways_in_which_people_saved_it(
    wrapped: Callable[[State], Any], write: Callable[..., Files]
) -> None:
    plain = write().read().generator.state_dict()
    other = write(wrapped(generator_state())).read().generator.state_dict()
    assert all(torch.equal(other[name], value) for name, value in plain.items())


def test_the_file_format_of_old_pytorch(write: Callable[..., Files]) -> None:
    files = write()
    plain = files.read().generator.state_dict()
    torch.save(generator_state(), files.generator, _use_new_zipfile_serialization=False)
    old = files.read().generator.state_dict()
    assert all(torch.equal(old[name], value) for name, value in plain.items())


def arguments(files: Files, output: Path) -> list[str]:
    options = [("--" + name.replace("_", "-"), str(path)) for name, path in files._asdict().items()]
    return ["import-attngan", *(part for pair in options for part in pair), "-o", str(output)]


def test_the_command_writes_a_file_that_the_painter_draws_with(
    write: Callable[..., Files], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "attngan.safetensors"
    assert main(arguments(write(), output)) == 0
    checkpoint = load_checkpoint(output)
    assert checkpoint.checksum in capsys.readouterr().out
    assert checkpoint.vocabulary.words == tuple(WORDS[1:])
    assert "netG_epoch_9.pth (sha256 " in checkpoint.card["files"]

    painter = Painter.load(output, device="cpu")
    assert painter.sizes == (64, 128, 256)
    drawing = painter.draw("A red BIRD, with purple wings!", seed=3, size=256)
    assert drawing.image.size == (256, 256)
    assert len(drawing.image.getcolors(256 * 256) or ()) > 100
    assert drawing.words == ("a", "red", "bird", "with", "wings")
    assert drawing.unknown_words == ("purple",)
    assert drawing.model_name.startswith("AttnGAN (")


def without(state: State, name: str) -> State:
    return {key: value for key, value in state.items() if key != name}


def with_nan(state: State) -> State:
    state["h_net2.upsample.1.weight"][0, 0, 0, 0] = math.nan
    return state


def one_image_head(state: State) -> State:
    """As the public code's G_DCGAN has it: a picture of the last stage only."""
    small = {name: value for name, value in state.items() if not name.startswith("img_net")}
    return small | {"img_net.img.0.weight": state["img_net3.img.0.weight"]}


GENERATOR, TEXT_ENCODER, CAPTIONS = "netG_epoch_9", "text_encoder9", "captions"


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (
            {"generator": without(generator_state(), "h_net3.upsample.2.bias")},
            f"{GENERATOR}.*lacks h_net3.upsample.2.bias",
        ),
        (
            {"generator": generator_state() | {"h_net2.extra.weight": torch.zeros(1)}},
            f"{GENERATOR}.*has h_net2.extra.weight too many",
        ),
        (
            {"generator": generator_state() | {"h_net2.upsample.1.weight": torch.zeros(8, 9, 3)}},
            f"{GENERATOR}.*h_net2.upsample.1.weight is 8 x 9 x 3, not 8 x 8 x 3 x 3",
        ),
        (
            {"generator": generator_state() | {"ca_net.fc.weight": torch.zeros(8)}},
            f"{GENERATOR}.*ca_net.fc.weight has 1 dimensions, not 2",
        ),
        (
            {"generator": generator_state() | {"ca_net.fc.weight": torch.zeros(0, TEXT)}},
            f"{GENERATOR}.*sizes cannot be",
        ),
        ({"generator": generator_state(Shape(5, 1, 1))}, f"{GENERATOR}.*has h_net5.*more too many"),
        ({"generator": one_image_head(generator_state())}, f"{GENERATOR}.*sizes cannot be"),
        (
            {"generator": without(generator_state(), "h_net1.fc.0.weight")},
            f"{GENERATOR}.*lacks h_net1.fc.0.weight",
        ),
        ({"generator": with_nan(generator_state())}, f"{GENERATOR}.*not finite"),
        (
            {"generator": text_encoder_state()},
            f"{GENERATOR}.*not a generator.*lacks ca_net.fc.weight; it begins with encoder.weight",
        ),
        ({"generator": {"ca_net.fc.weight": 3}}, f"{GENERATOR}.*more than the tensors"),
        ({"text_encoder": [1, 2]}, f"{TEXT_ENCODER}.*not a text encoder"),
        ({"text_encoder": text_encoder_state(gates=3)}, f"{TEXT_ENCODER}.*rnn.weight_ih_l0 is 12"),
        (
            {"text_encoder": without(text_encoder_state(), "rnn.bias_hh_l0_reverse")},
            f"{TEXT_ENCODER}.*lacks rnn.bias_hh_l0_reverse",
        ),
        ({"words": captions(WORDS[:-1])}, f"{CAPTIONS}.*{TEXT_ENCODER}.* 6 words.* knows 7"),
        ({"words": captions()[:3]}, f"{CAPTIONS}.*not AttnGAN's captions.pickle"),
        ({"words": captions(WORDS[1:])}, f"{CAPTIONS}.*beginning with <end>"),
        ({"words": [*captions()[:3], {"bird": 1}]}, f"{CAPTIONS}.*contradicts itself"),
    ],
)
def test_what_does_not_fit_is_one_sentence(
    broken: dict[str, Any],
    told: str,
    write: Callable[..., Files],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    output = tmp_path / "attngan.safetensors"
    files = write(**broken)
    with pytest.raises(ValueError, match=told):
        files.read()
    assert main(arguments(files, output)) == 1
    printed = capsys.readouterr().err
    assert printed.startswith("error: ") and printed.count("\n") == 1
    assert not output.exists()


def test_files_of_other_widths_do_not_go_together(write: Callable[..., Files]) -> None:
    state = generator_state(Shape(1))
    state["ca_net.fc.weight"] = torch.zeros(24, 10)
    with pytest.raises(ValueError, match=r"do not belong together: .* of 10 numbers, .* gives 8"):
        write(state).read()


class Foreign(torch.nn.Module):
    """A whole network in place of its tensors, as some people save them."""


@pytest.mark.parametrize("content", [b"", b"not a checkpoint", b"PK\x03\x04 truncated", None])
def test_a_file_that_is_no_checkpoint_is_named(
    content: bytes | None, write: Callable[..., Files]
) -> None:
    files = write()
    if content is None:
        torch.save(Foreign(), files.generator)
    else:
        files.generator.write_bytes(content)
    with pytest.raises(
        ValueError, match=r"^[^\n]*netG_epoch_9\.pth cannot be read as tensors[^\n]*$"
    ):
        files.read()


def test_a_file_that_is_not_there_is_named(
    write: Callable[..., Files], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = write()
    files.captions.unlink()
    assert main(arguments(files, tmp_path / "out.safetensors")) == 1
    assert "captions.pickle" in capsys.readouterr().err
