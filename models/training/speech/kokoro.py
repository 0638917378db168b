"""Kokoro-82M: natural voices of a network, and voices mixed from two of them.

Its folder holds ``model.onnx``, ``vocab.json`` and ``voices``; docs/training.md says where they are
had from. Neither it nor onnxruntime is needed by anything else here.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from models.training.speech.phonemes import phonemes
from models.training.speech.synthesiser import Line, Voice, VoiceError

RATE = 24_000
STYLE = 256
"""Values of a voice for each number of tokens."""

NATIVE_FOR_TESTS = ("af_heart", "af_nova", "am_michael", "bf_emma", "bm_george", "bm_lewis")
ACCENTED_FOR_TESTS = ("ff_siwis", "hm_omega", "jf_alpha", "pm_alex")
"""Voices that nothing learns from: American and British ones, and the accents of four languages, of
which French has no other voice."""

_FOR_TESTS = frozenset(NATIVE_FOR_TESTS + ACCENTED_FOR_TESTS)

ENGINE = "kokoro"

_MIXED_WITH = (1, 7, 19)
"""How many places behind it in the alphabet the voices are that each voice is mixed with."""


def is_for_tests(voice: str) -> bool:
    """Whether nothing may learn from a voice of this name, or from what it is mixed of."""
    engine, _, names = voice.partition(":")
    return engine == ENGINE and not _FOR_TESTS.isdisjoint(names.split("+"))


def kokoro_voices(folder: Path) -> list[Voice]:
    """Return the voices of a folder: those to learn from, mixtures of two of these, and those for
    tests alone.

    Raises
    ------
    FileNotFoundError
        A file, espeak-ng or onnxruntime is missing.
    ValueError
        A file is not what it should be.
    """
    network = _load(folder)
    names = sorted(path.stem for path in (folder / "voices").glob("*.bin"))
    if not names:
        raise FileNotFoundError(f"there are no voices in {folder / 'voices'}")
    taught = [name for name in names if name not in _FOR_TESTS]
    return [
        *(_voice(network, (name,)) for name in taught),
        *(_voice(network, pair) for pair in _pairs(taught)),
        *(_voice(network, (name,)) for name in names if name in _FOR_TESTS),
    ]


def _pairs(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Each name with some others, never with itself and no pair twice."""
    for step in _MIXED_WITH:
        if 2 * step < len(names):
            yield from (
                (name, names[(place + step) % len(names)]) for place, name in enumerate(names)
            )


def _voice(network: _Network, names: tuple[str, ...]) -> Voice:
    name = f"{ENGINE}:{'+'.join(names)}"
    speak = partial(_speak, network, names)
    return Voice(name, speak, own_pitch=False, for_tests=is_for_tests(name))


def _speak(network: _Network, names: tuple[str, ...], lines: Sequence[Line], folder: Path) -> None:
    british = names[0].startswith("b")
    for number, line in enumerate(lines):
        sound = network.speak(phonemes(line.text, british), names, line.speed / line.pitch)
        soundfile.write(folder / f"{number:06d}.wav", sound, RATE)


class _Network:
    """The model, loaded once; threads may share it."""

    def __init__(self, session: Any, tokens: Mapping[str, int], voices: Path) -> None:
        self._session, self._tokens, self._voices = session, tokens, voices
        self._styles: dict[str, NDArray[np.float32]] = {}

    def speak(self, sounds: str, names: tuple[str, ...], speed: float) -> NDArray[np.float32]:
        tokens = [self._tokens[sound] for sound in sounds if sound in self._tokens]
        style = np.stack([self._style(name) for name in names]).mean(axis=0, dtype=np.float32)
        if not 0 < len(tokens) < len(style):
            raise VoiceError(f"it cannot speak {len(tokens)} sounds at once")
        given = {
            "tokens": np.array([[0, *tokens, 0]], np.int64),
            "style": style[len(tokens)][None],
            "speed": np.array([speed], np.float32),
        }
        try:
            return np.asarray(self._session.run(None, given)[0], np.float32).ravel()
        except RuntimeError as error:
            raise VoiceError(str(error)) from error

    def _style(self, name: str) -> NDArray[np.float32]:
        if name not in self._styles:
            values = np.fromfile(self._voices / f"{name}.bin", "<f4")
            if not len(values) or len(values) % STYLE:
                raise VoiceError(f"{self._voices / name}.bin is not a voice of Kokoro")
            self._styles[name] = values.reshape(-1, STYLE)
        return self._styles[name]


@cache
def _load(folder: Path) -> _Network:
    model, vocabulary = folder / "model.onnx", folder / "vocab.json"
    for path in (model, vocabulary):
        if not path.is_file():
            raise FileNotFoundError(f"{folder} is no folder of Kokoro: it has no {path.name}")
    if not shutil.which("espeak-ng"):
        raise FileNotFoundError("--kokoro needs the program espeak-ng, which is not installed")
    try:
        import onnxruntime
    except ImportError:
        raise FileNotFoundError(
            "--kokoro needs onnxruntime, which is not installed: pip install onnxruntime"
        ) from None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # `--jobs` says how many speak at once
    try:
        tokens = json.loads(vocabulary.read_text(encoding="utf-8"))["vocab"]
        session = onnxruntime.InferenceSession(
            str(model), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # onnxruntime has many, without a common one
        raise ValueError(f"{folder} is no folder of Kokoro: {error}") from error
    return _Network(session, tokens, folder / "voices")
