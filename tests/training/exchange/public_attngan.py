"""The public AttnGAN a second time: state dicts with its names, and what it computes of them.

Written from the description of the networks alone, for one sentence at a time.
docs/import.md has the names.
"""

import math
from dataclasses import dataclass
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

State = dict[str, Tensor]

WORDS = ["<end>", "bird", "a", "red", "with", "wings", "black"]
EMBEDDING, TEXT = 7, 8


@dataclass(frozen=True)
class Shape:
    """Sizes of a public generator, by the names of its configuration."""

    stages: int = 3  # BRANCH_NUM
    width: int = 4  # GF_DIM
    blocks: int = 2  # R_NUM
    condition: int = 6  # CONDITION_DIM
    noise: int = 5  # Z_DIM


def random_state(shapes: dict[str, tuple[int, ...]]) -> State:
    """Random tensors that keep the size of what passes; half precision holds the larger ones."""
    torch.manual_seed(0)
    state = {}
    for name, shape in shapes.items():
        if name.endswith("running_var"):
            state[name] = 0.5 + torch.rand(shape)
        elif len(shape) == 1:
            state[name] = 0.3 * torch.randn(shape) + name.endswith("weight")
        else:
            fan_in = math.prod(shape[1:])
            state[name] = (torch.randn(shape) * (1 / fan_in) ** 0.5).half().float()
    return state


def norm_shapes(name: str, channels: int) -> dict[str, tuple[int, ...]]:
    parts = ("weight", "bias", "running_mean", "running_var")
    return {f"{name}.{part}": (channels,) for part in parts}


def generator_state(shape: Shape = Shape()) -> State:
    width, seed = shape.width, shape.width * 16
    shapes: dict[str, tuple[int, ...]] = {
        "ca_net.fc.weight": (4 * shape.condition, TEXT),
        "ca_net.fc.bias": (4 * shape.condition,),
        "h_net1.fc.0.weight": (seed * 32, shape.condition + shape.noise),
        **norm_shapes("h_net1.fc.1", seed * 32),
    }
    for step in range(1, 5):
        wide, narrow = seed >> (step - 1), seed >> step
        shapes[f"h_net1.upsample{step}.1.weight"] = (2 * narrow, wide, 3, 3)
        shapes |= norm_shapes(f"h_net1.upsample{step}.2", 2 * narrow)
    for stage in range(2, shape.stages + 1):
        shapes[f"h_net{stage}.att.conv_context.weight"] = (width, TEXT, 1, 1)
        for block in range(shape.blocks):
            name = f"h_net{stage}.residual.{block}.block"
            shapes[f"{name}.0.weight"] = (4 * width, 2 * width, 3, 3)
            shapes |= norm_shapes(f"{name}.1", 4 * width)
            shapes[f"{name}.3.weight"] = (2 * width, 2 * width, 3, 3)
            shapes |= norm_shapes(f"{name}.4", 2 * width)
        shapes[f"h_net{stage}.upsample.1.weight"] = (2 * width, 2 * width, 3, 3)
        shapes |= norm_shapes(f"h_net{stage}.upsample.2", 2 * width)
    for stage in range(1, shape.stages + 1):
        shapes[f"img_net{stage}.img.0.weight"] = (3, width, 3, 3)
    return random_state(shapes)


def text_encoder_state(gates: int = 4) -> State:
    hidden = TEXT // 2
    shapes: dict[str, tuple[int, ...]] = {"encoder.weight": (len(WORDS), EMBEDDING)}
    for direction in ("", "_reverse"):
        shapes[f"rnn.weight_ih_l0{direction}"] = (gates * hidden, EMBEDDING)
        shapes[f"rnn.weight_hh_l0{direction}"] = (gates * hidden, hidden)
        shapes[f"rnn.bias_ih_l0{direction}"] = (gates * hidden,)
        shapes[f"rnn.bias_hh_l0{direction}"] = (gates * hidden,)
    return random_state(shapes)


def captions(words: list[str] = WORDS) -> list[Any]:
    by_id = dict(enumerate(words))
    return [[[2, 3, 1]], [[2, 1]], by_id, {word: number for number, word in by_id.items()}]


def normalise(name: str, x: Tensor, state: State) -> Tensor:
    shape = (1, -1) + (1,) * (x.dim() - 2)
    weight, bias, mean, variance = (
        state[f"{name}.{part}"].view(shape)
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    return (x - mean) / (variance + 1e-5).sqrt() * weight + bias


def gate(x: Tensor) -> Tensor:
    value, opening = x.chunk(2, dim=1)
    return value * torch.sigmoid(opening)


def upsample(name: str, x: Tensor, state: State) -> Tensor:
    larger = x.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    return gate(
        normalise(f"{name}.2", F.conv2d(larger, state[f"{name}.1.weight"], padding=1), state)
    )


def residual(name: str, x: Tensor, state: State) -> Tensor:
    inner = F.conv2d(x, state[f"{name}.0.weight"], padding=1)
    inner = gate(normalise(f"{name}.1", inner, state))
    inner = F.conv2d(inner, state[f"{name}.3.weight"], padding=1)
    return x + normalise(f"{name}.4", inner, state)


def attend(projection: Tensor, hidden: Tensor, words: Tensor) -> tuple[Tensor, Tensor]:
    """Features (1, C, S, S) look at words (D, T)."""
    projected = projection[:, :, 0, 0] @ words  # (C, T)
    places = hidden[0].flatten(1).T  # (S * S, C)
    attention = torch.softmax(places @ projected, dim=1)  # (S * S, T)
    context = (attention @ projected.T).T.reshape(hidden.shape)
    return context, attention.T.reshape(-1, *hidden.shape[2:])


def public_drawing(
    state: State, words: Tensor, sentence: Tensor, noise: Tensor, epsilon: Tensor
) -> tuple[list[Tensor], list[Tensor]]:
    """Pictures of all stages and attention from the second, for one sentence."""
    gated = gate((state["ca_net.fc.weight"] @ sentence + state["ca_net.fc.bias"])[None])
    mean, log_variance = gated.chunk(2, dim=1)
    condition = mean + torch.exp(log_variance / 2) * epsilon
    hidden = torch.cat([condition, noise[None]], dim=1) @ state["h_net1.fc.0.weight"].T
    hidden = gate(normalise("h_net1.fc.1", hidden, state)).reshape(1, -1, 4, 4)
    for step in range(1, 5):
        hidden = upsample(f"h_net1.upsample{step}", hidden, state)
    pictures: list[Tensor] = []
    attentions: list[Tensor] = []
    stage = 1
    while True:
        head = state[f"img_net{stage}.img.0.weight"]
        pictures.append(torch.tanh(F.conv2d(hidden, head, padding=1))[0])
        stage += 1
        if f"img_net{stage}.img.0.weight" not in state:
            return pictures, attentions
        name = f"h_net{stage}"
        context, attention = attend(state[f"{name}.att.conv_context.weight"], hidden, words)
        attentions.append(attention)
        hidden, block = torch.cat([hidden, context], dim=1), 0
        while f"{name}.residual.{block}.block.0.weight" in state:
            hidden, block = residual(f"{name}.residual.{block}.block", hidden, state), block + 1
        hidden = upsample(f"{name}.upsample", hidden, state)


def public_reading(state: State, ids: list[int]) -> tuple[Tensor, Tensor]:
    """Word features (D, T) and sentence feature (D,) of an LSTM that reads there and back."""
    embedded = state["encoder.weight"][ids]

    def read(suffix: str, inputs: Tensor) -> list[Tensor]:
        hidden = cell = torch.zeros(TEXT // 2)
        outputs = []
        for word in inputs:
            gates = state[f"rnn.weight_ih_l0{suffix}"] @ word + state[f"rnn.bias_ih_l0{suffix}"]
            gates += state[f"rnn.weight_hh_l0{suffix}"] @ hidden + state[f"rnn.bias_hh_l0{suffix}"]
            enter, forget, new, leave = gates.chunk(4)
            cell = torch.sigmoid(forget) * cell + torch.sigmoid(enter) * torch.tanh(new)
            hidden = torch.sigmoid(leave) * torch.tanh(cell)
            outputs.append(hidden)
        return outputs

    there, back = read("", embedded), read("_reverse", embedded.flip(0))
    words = torch.stack([torch.cat(pair) for pair in zip(there, back[::-1], strict=True)], dim=1)
    return words, torch.cat([there[-1], back[-1]])
