"""Pickles of plain data and of tensors, read without letting them run code."""

from __future__ import annotations

import errno
import pickle
import zipfile
from collections import OrderedDict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch

_CONTAINERS: dict[str, type] = {"set": set, "frozenset": frozenset}
_NUMPY_MODULES = ("numpy", "numpy.core.multiarray", "numpy._core.multiarray")
_NUMPY: dict[str, Any] = {
    "dtype": np.dtype,
    "ndarray": np.ndarray,
    # NumPy has moved these two; an array and a number tell where they are now.
    "_reconstruct": np.empty(0).__reduce__()[0],
    "scalar": np.int64(0).__reduce__()[0],
}

_START = 1000


class _RefusedError(Exception):
    """The pickle names something that is not plain data."""


class _PlainUnpickler(pickle.Unpickler):
    """Builds what opcodes alone can build, and the few containers that need a name."""

    def find_class(self, module: str, name: str) -> Any:
        if module in ("builtins", "__builtin__") and name in _CONTAINERS:
            return _CONTAINERS[name]
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if module in _NUMPY_MODULES and name in _NUMPY:
            return _NUMPY[name]
        if (module, name) == ("_codecs", "encode"):
            return _latin1_encoder()
        raise _RefusedError(f"{module}.{name}")

    def persistent_load(self, pid: Any) -> Any:
        raise _RefusedError("an object outside the file")


def load_pickle(path: Path) -> Any:
    """Read a pickle of numbers, text, bytes, None, lists, tuples, dicts, sets and NumPy arrays.

    Strings that Python 2 wrote are taken as Latin-1, of which ASCII is a part.

    Raises
    ------
    ValueError
        The file is no pickle, is damaged, or asks for a class or function: it is never called.
    """
    with path.open("rb") as file:
        try:
            return _PlainUnpickler(file, encoding="latin1").load()
        except _RefusedError as error:
            raise ValueError(
                f"{path} was not read, since it is more than plain data: it asks for {error}, "
                "and a pickle that asks for code could do anything on this computer."
            ) from error
        except Exception as error:  # damaged pickles raise almost anything
            reason = _reason(path, error) or repr(error)
            raise ValueError(f"{path} cannot be read as a pickle: {reason}.") from error


def load_tensors(path: Path) -> Any:
    """Read on the CPU what ``torch.save`` wrote of tensors and plain data.

    Raises
    ------
    ValueError
        The file is no such file, is damaged, or holds more than tensors and plain data.
    """
    with path.open("rb") as file:
        try:
            return torch.load(file, map_location="cpu", weights_only=True)
        except Exception as error:  # torch's own text is long, and advises to run what is in it
            reason = _reason(path, error) or (
                "it is damaged, no file of PyTorch, or more than plain data and would run code"
            )
            raise ValueError(f"{path} cannot be read as tensors: {reason}.") from error


def _reason(path: Path, error: Exception) -> str:
    """Say what the disk does not do, or what people often have in place of a download; or nothing.

    `torch` seeks before the beginning of files that are cut off, which is no fault of the disk.
    """
    if isinstance(error, OSError) and error.errno != errno.EINVAL:
        return str(error.strerror or error)
    with path.open("rb") as file:
        start = file.read(_START)
    if not start:
        return "it is empty"
    text = start.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<!doctype html", b"<html", b"<head", b"<?xml", b"<!--")):
        return "it is a web page; open the address in a browser and save the file itself"
    if text.startswith(b"version https://git-lfs"):
        return "it only stands for the file (Git LFS); `git lfs pull` fetches it"
    if start.startswith(b"PK") and not zipfile.is_zipfile(path):
        return "it is cut off; fetch it again"
    return ""


def _latin1_encoder() -> Callable[[str, str], bytes]:
    """Stand in for ``_codecs.encode``, with which protocol 2 writes bytes.

    It is made afresh for each pickle, because a pickle may set attributes of what it is given.
    """

    def encode(text: str, encoding: str) -> bytes:
        if encoding != "latin1":
            raise _RefusedError(f"the encoding {encoding!r}")
        return text.encode("latin1")

    return encode
