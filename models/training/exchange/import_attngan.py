"""Checkpoints of the public AttnGAN (github.com/taoxugit/AttnGAN), read as a model of ours.

Both compute the same function; docs/import.md has the names and the small differences.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import torch
from torch import Tensor, nn

from models.checkpoints.checkpoint import Checkpoint
from models.networks.config import GeneratorConfig, ModelConfig, TextEncoderConfig
from models.networks.generator import SEED_SIZE, Generator
from models.networks.text_encoder import TextEncoder
from models.training.exchange.safe_pickle import load_pickle, load_tensors
from models.training.runs.publishing import check_weights, fingerprint, versions
from models.words.vocabulary import Vocabulary

MAX_WORDS = 25
"""Words the public code reads of a sentence (WORDS_NUM of its evaluation); no tensor tells it."""

END_TOKEN = "<end>"
"""What stands at id 0 of a public vocabulary: padding, as with us."""

_MAX_STAGES = 4
_COUNTER = "num_batches_tracked"  # counted from PyTorch 0.4 on; nothing is drawn with it
_GLU = 2  # channels that a gated linear unit needs for each one it gives

Prefixes = Sequence[tuple[str, str]]
"""Beginnings of tensor names, ours and theirs; the first that fits counts."""


def read_attngan(
    generator: Path, text_encoder: Path, captions: Path, name: str = "AttnGAN"
) -> Checkpoint:
    """Read the three files of a public AttnGAN.

    Parameters
    ----------
    generator : ``bird_AttnGAN2.pth`` or ``netG_epoch_*.pth``, of one to four stages.
    text_encoder : ``text_encoder*.pth``, the bi-directional LSTM it was trained with.
    captions : ``captions.pickle``, of which only the words' ids are used.
    name : name of the model.

    Raises
    ------
    ValueError
        A file is not what it should be, or the three do not belong together.
    """
    drawer = read_generator(generator)
    reader = read_text_encoder(text_encoder)
    vocabulary = read_vocabulary(captions)
    if drawer.config.text_feature_size != reader.config.feature_size:
        raise ValueError(
            f"{generator} and {text_encoder} do not belong together: the generator reads text "
            f"features of {drawer.config.text_feature_size} numbers, "
            f"the text encoder gives {reader.config.feature_size}."
        )
    if len(vocabulary) != reader.config.vocabulary_size:
        raise ValueError(
            f"{captions} and {text_encoder} do not belong together: {len(vocabulary)} words "
            f"(with {END_TOKEN}), where the text encoder knows {reader.config.vocabulary_size}."
        )
    card = {
        "source": "imported from checkpoints of the public AttnGAN (arXiv 1711.10485)",
        "files": ", ".join(map(fingerprint, (generator, text_encoder, captions))),
        "written_by": versions(),
    }
    config = ModelConfig(reader.config, drawer.config, name)
    return Checkpoint(config, vocabulary, reader, drawer, card)


def read_generator(path: Path) -> Generator:
    """Read a public generator; its configuration is read off the shapes of its tensors."""
    tensors = _read_tensors(path, "ca_net.fc.weight", "generator")
    stages = 0
    while f"img_net{stages + 1}.img.0.weight" in tensors and stages < _MAX_STAGES:
        stages += 1
    heads = [_size(tensors, f"img_net{stage + 1}.img.0.weight", 4, path) for stage in range(stages)]
    condition_rows, text_size = _size(tensors, "ca_net.fc.weight", 2, path)
    seed_rows, seed_columns = _size(tensors, "h_net1.fc.0.weight", 2, path)
    condition = condition_rows // (2 * _GLU)  # a mean and a log variance
    blocks = {name.split(".")[2] for name in tensors if name.startswith("h_net2.residual.")}
    config = GeneratorConfig(
        text_feature_size=text_size,
        condition_size=condition,
        noise_size=seed_columns - condition,
        seed_channels=seed_rows // (SEED_SIZE * SEED_SIZE * _GLU),
        stage_channels=tuple(head[1] for head in heads),
        residual_blocks=len(blocks),
        image_skip=False,
    )
    sizes = (condition, config.noise_size, config.seed_channels, text_size, *config.stage_channels)
    if not heads or min(sizes) < 1:
        raise ValueError(f"{path} is not a generator of the public AttnGAN: its sizes cannot be.")
    with torch.device("meta"):  # shapes only: nothing is allocated before they are known to fit
        generator = Generator(config)
    _fill(generator, _generator_prefixes(stages), tensors, path)
    return generator


def read_text_encoder(path: Path) -> TextEncoder:
    """Read a public text encoder, likewise."""
    tensors = _read_tensors(path, "encoder.weight", "text encoder")
    words, embedding_size = _size(tensors, "encoder.weight", 2, path)
    _, hidden_size = _size(tensors, "rnn.weight_hh_l0", 2, path)
    config = TextEncoderConfig(
        vocabulary_size=words,
        embedding_size=embedding_size,
        feature_size=2 * hidden_size,
        max_words=MAX_WORDS,
    )
    if min(words, embedding_size, hidden_size) < 1:
        raise ValueError(
            f"{path} is not a text encoder of the public AttnGAN: its sizes cannot be."
        )
    with torch.device("meta"):
        encoder = TextEncoder(config)
    _fill(encoder, [("embedding.", "encoder."), ("lstm.", "rnn.")], tensors, path)
    return encoder


def read_vocabulary(path: Path) -> Vocabulary:
    """Read the words out of a ``captions.pickle``: a list whose third is a dict of id to word,
    and whose fourth is a dict of word to id."""
    content = load_pickle(path)
    dicts = list(content[2:4]) if isinstance(content, list | tuple) else []
    if len(dicts) != 2 or not all(isinstance(part, dict) for part in dicts):
        raise ValueError(
            f"{path} is not AttnGAN's captions.pickle: it should be a list of training captions, "
            "test captions, words by id and ids by word."
        )
    words, ids = dicts
    ordered = [words.get(position) for position in range(len(words))]
    if not all(isinstance(word, str) for word in ordered) or ordered[:1] != [END_TOKEN]:
        raise ValueError(f"{path} does not number its words from 0 on, beginning with {END_TOKEN}.")
    if ids != {word: position for position, word in enumerate(ordered)}:
        raise ValueError(f"{path} contradicts itself: words by id and ids by word differ.")
    return Vocabulary(ordered[1:])


def _generator_prefixes(stages: int) -> Prefixes:
    later = range(stages - 1)
    return [
        ("conditioning.project.0.", "ca_net.fc."),
        ("initial.seed.", "h_net1.fc."),
        *((f"initial.upsample.{k}.", f"h_net1.upsample{k + 1}.") for k in range(4)),
        *(
            (f"refinements.{k}.attention.projection.", f"h_net{k + 2}.att.conv_context.")
            for k in later
        ),
        *((f"refinements.{k}.", f"h_net{k + 2}.") for k in later),
        *((f"to_image.{k}.weight", f"img_net{k + 1}.img.0.weight") for k in range(stages)),
    ]


def _read_tensors(path: Path, marker: str, kind: str) -> dict[str, Tensor]:
    """Read a state dict, be it the whole file or, beside other things, a part of it."""
    state = load_tensors(path)
    parts = [state, *state.values()] if isinstance(state, Mapping) else []
    for part in parts:
        if isinstance(part, Mapping):
            # What DataParallel saved has one more name in front.
            tensors = {str(key).removeprefix("module."): value for key, value in part.items()}
            if marker in tensors:
                break
    else:
        found = f"; it begins with {_some(state)}" if parts else ""
        raise ValueError(f"{path} is not a {kind} of the public AttnGAN: it lacks {marker}{found}.")
    odd = [key for key, value in tensors.items() if not isinstance(value, Tensor)]
    if odd:
        raise ValueError(f"{path} holds more than the tensors of a {kind}: {_some(odd)}.")
    return {key: value for key, value in tensors.items() if not key.endswith(_COUNTER)}


def _size(tensors: Mapping[str, Tensor], name: str, dimensions: int, path: Path) -> Sequence[int]:
    tensor = tensors.get(name)
    if tensor is None:
        raise ValueError(f"{path} is not a checkpoint of the public AttnGAN: it lacks {name}.")
    if tensor.dim() != dimensions:
        raise ValueError(f"{path}: {name} has {tensor.dim()} dimensions, not {dimensions}.")
    return tensor.shape


def _fill(module: nn.Module, prefixes: Prefixes, tensors: Mapping[str, Tensor], path: Path) -> None:
    """Give an empty module its weights, which in the file have other names.

    What we have in addition is zero: the bias of the image heads, and batch norm's counters.
    """
    state: dict[str, Tensor] = {}
    wanted: dict[str, tuple[int, ...]] = {}
    for name, empty in module.state_dict().items():
        theirs = _public_name(name, prefixes)
        if theirs is None:
            state[name] = torch.zeros(empty.shape, dtype=empty.dtype)
            continue
        # The words' projection is a 1 x 1 convolution there, in two dimensions.
        wanted[theirs] = (*empty.shape, 1) if ".conv_context." in theirs else tuple(empty.shape)
        if theirs in tensors and tensors[theirs].shape == wanted[theirs]:
            state[name] = tensors[theirs].float().reshape(empty.shape)
    _check_names(tensors, wanted, path)
    module.load_state_dict(state, assign=True)
    module.eval().requires_grad_(False)
    check_weights(module, path)


def _public_name(name: str, prefixes: Prefixes) -> str | None:
    """Translate a name of ours; None for a tensor that the public networks have not."""
    if not name.endswith(_COUNTER):
        for ours, theirs in prefixes:
            if name.startswith(ours):
                return theirs + name.removeprefix(ours)
    return None


def _check_names(
    tensors: Mapping[str, Tensor], wanted: Mapping[str, tuple[int, ...]], path: Path
) -> None:
    faults = []
    if missing := [name for name in wanted if name not in tensors]:
        faults.append(f"it lacks {_some(missing)}")
    if surplus := [name for name in tensors if name not in wanted]:
        faults.append(f"it has {_some(surplus)} too many")
    misshapen = [
        f"{name} is {_times(tensors[name].shape)}, not {_times(shape)}"
        for name, shape in wanted.items()
        if name in tensors and tensors[name].shape != shape
    ]
    if misshapen:
        faults.append(f"of its shapes {_some(misshapen)}")
    if faults:
        raise ValueError(
            f"{path} is not the public AttnGAN that its sizes tell of: {'; '.join(faults)}."
        )


def _some(names: Iterable[object]) -> str:
    """The first three names, and how many more there are."""
    listed = [str(name) for name in names]
    more = f" and {len(listed) - 3} more" if len(listed) > 3 else ""
    return ", ".join(listed[:3]) + more


def _times(shape: Iterable[int]) -> str:
    return " x ".join(map(str, shape))
