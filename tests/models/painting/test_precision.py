"""Which numbers are multiplied in, by what the processor has."""

from __future__ import annotations

import platform

import pytest
import torch

from models.checkpoints.checkpoint import load_checkpoint
from models.checkpoints.header import BUNDLED_WEIGHTS
from models.painting.backend import Backend
from models.painting.precision import bfloat16_is_faster, chosen_precision

CPU = torch.device("cpu")


@pytest.mark.parametrize(
    ("amx", "avx512_bf16", "expected"),
    [
        (True, True, torch.bfloat16),
        (False, True, torch.bfloat16),
        (True, False, torch.bfloat16),
        # AVX-512 without bfloat16, or AVX2: PyTorch multiplies it there, in software.
        (False, False, torch.float32),
    ],
)
def test_a_processor_draws_and_trains_in_what_it_is_fast_in(
    monkeypatch: pytest.MonkeyPatch,
    amx: bool,
    avx512_bf16: bool,
    expected: torch.dtype,
) -> None:
    monkeypatch.setattr(platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(torch.cpu, "_is_amx_tile_supported", lambda: amx)
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: avx512_bf16)
    backend = Backend.on(CPU, load_checkpoint(BUNDLED_WEIGHTS).generator)
    assert backend.precision == expected
    assert {value.dtype for value in backend.generator.parameters()} == {expected}
    assert chosen_precision("auto", CPU) == expected


def test_what_a_person_asks_for_is_taken() -> None:
    assert chosen_precision("bfloat16", CPU) == torch.bfloat16
    assert chosen_precision("float32", CPU) == torch.float32


def test_gpus_are_taken_to_be_fast() -> None:
    assert bfloat16_is_faster(torch.device("cuda"))
