"""Where bfloat16 is worth multiplying in."""

from __future__ import annotations

import platform

import torch


def bfloat16_is_faster(device: torch.device) -> bool:
    """Whether a device multiplies bfloat16 faster than single precision.

    PyTorch's own question, `_is_mkldnn_bf16_supported`, is whether it *can*: with AVX-512 alone it
    does so in software, four times slower than in single precision. GPUs are taken to be fast.
    """
    if device.type != "cpu":
        return True
    if platform.machine() not in ("x86_64", "AMD64"):
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return torch.cpu._is_amx_tile_supported() or torch.cpu._is_avx512_bf16_supported()


def chosen_precision(name: str, device: torch.device) -> torch.dtype:
    """What "bfloat16", "float32" or "auto" (the faster one) means on a device."""
    if name == "bfloat16" or (name == "auto" and bfloat16_is_faster(device)):
        return torch.bfloat16
    return torch.float32
