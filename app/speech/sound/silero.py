"""Silero's voice detector (version 6, 16 kHz), the network itself: how surely somebody speaks when.

Its weights are those of https://github.com/snakers4/silero-vad (MIT licence), a third of a million
numbers. NumPy is enough to run it. The library that it is published for, onnxruntime, gives the
same numbers, but reports to its maker.
"""

from __future__ import annotations

import functools

import numpy as np
from numpy.typing import NDArray

from app.errors import AppError
from app.installation import ROOT

RATE = 16_000  # samples a second
WINDOW = 512  # samples that get one probability
_CONTEXT = 64  # samples before them that are looked at, too
_MIRRORED = 64  # samples that are mirrored at the end
_FRAME, _HOP = 256, 128  # of the Fourier transform
_STRIDES = (1, 2, 2, 1)  # of the four convolutions
_WEIGHTS = ROOT / "weights" / "speech" / "silero.safetensors"

_Numbers = NDArray[np.float32]


class VoiceDetectorError(AppError):
    """The detector's file is missing or damaged."""


def speech_probabilities(sound: _Numbers) -> _Numbers:
    """Return how likely somebody speaks in each 512 samples of a sound.

    Parameters
    ----------
    sound : shape ``(length,)``, 16 kHz, between -1 and 1.

    Returns
    -------
    Shape ``(length // 512 + 1,)``, between 0 and 1: the end is filled up with silence.

    Raises
    ------
    VoiceDetectorError
        The detector cannot be loaded.
    """
    weights = _weights()
    padded = np.pad(sound, (_CONTEXT, WINDOW - len(sound) % WINDOW))
    windows = np.lib.stride_tricks.sliding_window_view(padded, _CONTEXT + WINDOW)[::WINDOW]
    features = _magnitudes(windows, weights["fourier"])
    for number, stride in enumerate(_STRIDES):
        kernel, bias = (
            weights[f"convolution.{number}.weight"],
            weights[f"convolution.{number}.bias"],
        )
        features = np.maximum(_convolved(features, kernel, stride) + bias, 0)
    return _followed(features[:, 0], weights)


@functools.cache
def _weights() -> dict[str, _Numbers]:
    from safetensors import SafetensorError
    from safetensors.numpy import load_file

    try:
        return dict(load_file(_WEIGHTS))
    except (OSError, SafetensorError) as error:
        raise VoiceDetectorError(
            f"The voice detector cannot be loaded: {_WEIGHTS.name} is missing or damaged. Fetch "
            "the folder weights/speech again, or type the description."
        ) from error


def _magnitudes(windows: _Numbers, fourier: _Numbers) -> _Numbers:
    """Return the spectra of each window: shape ``(windows, frames, frequencies)``."""
    mirrored = np.pad(windows, ((0, 0), (0, _MIRRORED)), mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(mirrored, _FRAME, axis=1)[:, ::_HOP]
    real, imaginary = np.split(frames @ fourier, 2, axis=2)
    return np.hypot(real, imaginary)


def _convolved(features: _Numbers, kernel: _Numbers, stride: int) -> _Numbers:
    """Convolve over time, three steps wide; ``kernel`` is of shape ``(3 * channels, others)``."""
    padded = np.pad(features, ((0, 0), (1, 1), (0, 0)))
    steps = range(0, features.shape[1], stride)
    around = np.stack([padded[:, at : at + 3].reshape(len(padded), -1) for at in steps], axis=1)
    return around @ kernel


def _followed(features: _Numbers, weights: dict[str, _Numbers]) -> _Numbers:
    """Follow the sound through time with an LSTM, and return its probabilities."""
    inputs = features @ weights["lstm.input"] + weights["lstm.bias"]
    recurrent = weights["lstm.recurrent"]
    hidden = cell = np.zeros(recurrent.shape[0], np.float32)
    states = np.empty((len(inputs), len(hidden)), np.float32)
    for number, given in enumerate(inputs):
        entering, leaving, forgetting, new = np.split(given + hidden @ recurrent, 4)
        cell = _sigmoid(forgetting) * cell + _sigmoid(entering) * np.tanh(new)
        hidden = states[number] = _sigmoid(leaving) * np.tanh(cell)
    return _sigmoid(np.maximum(states, 0) @ weights["decision.weight"] + weights["decision.bias"])


def _sigmoid(x: _Numbers) -> _Numbers:
    return np.float32(0.5) + np.float32(0.5) * np.tanh(np.float32(0.5) * x)
