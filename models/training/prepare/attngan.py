"""AttnGAN's captions: two lists of file names, and pickled word ids in the order of these."""

from __future__ import annotations

import operator
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from models.training.exchange.safe_pickle import load_pickle

CAPTIONS_PER_PICTURE = 10
"""AttnGAN writes ten captions for each file name, one after the other."""


def read_file_names(path: Path) -> list[str]:
    """Read a ``filenames.pickle``: picture names with their class folder and without ``.jpg``.

    Raises
    ------
    ValueError
        It is not a list of texts, or wants to run code.
    """
    names = load_pickle(path)
    names = names.tolist() if isinstance(names, np.ndarray) else names
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise ValueError(f"{path} is not a list of file names, as AttnGAN's filenames.pickle is.")
    return names


def read_captions(
    path: Path, train_names: Sequence[str], test_names: Sequence[str]
) -> dict[str, list[str]]:
    """Read AttnGAN's ``captions.pickle``: [train captions, test captions, ixtoword, wordtoix].

    Returns
    -------
    The captions of each file name, in words.

    Raises
    ------
    ValueError
        It is built otherwise, made for other lists of file names, or wants to run code.
    """
    content = load_pickle(path)
    if not _is_built_as_expected(content):
        raise ValueError(f"{path} is not built as AttnGAN's captions.pickle is.")
    words = {operator.index(key): str(word) for key, word in content[2].items()}
    captions: dict[str, list[str]] = {}
    for names, sentences in ((train_names, content[0]), (test_names, content[1])):
        if len(sentences) != CAPTIONS_PER_PICTURE * len(names):
            raise ValueError(
                f"{path} has {len(sentences)} captions for {len(names)} file names, and AttnGAN "
                f"writes {CAPTIONS_PER_PICTURE} for each. Take captions.pickle and "
                "filenames.pickle from the same download."
            )
        try:
            spelt = [" ".join(words[operator.index(id_)] for id_ in ids) for ids in sentences]
        except (KeyError, TypeError) as error:
            raise ValueError(f"{path} has a caption with an unknown word id ({error}).") from error
        for row, name in enumerate(names):
            start = row * CAPTIONS_PER_PICTURE
            captions[name] = spelt[start : start + CAPTIONS_PER_PICTURE]
    return captions


def _is_built_as_expected(content: object) -> bool:
    if not isinstance(content, list | tuple) or len(content) < 3:
        return False
    lists, table = content[:2], content[2]
    return (
        all(isinstance(part, list | np.ndarray) for part in lists)
        and isinstance(table, dict)
        and all(isinstance(key, int | np.integer) for key in table)
    )
