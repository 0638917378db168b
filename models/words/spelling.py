"""Misspelled caption words, and words spelled in two ways, brought to the one form.

It is used both when captions are read for training and when a person's sentence is read, so that
the model meets 'beek' and 'gray' in neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("spelling.tsv")

Words = tuple[str, ...]


def read_table(path: Path) -> dict[Words, Words]:
    """Read a table of words to mend: what is written, a tab, what is meant.

    Raises
    ------
    OSError
        When the file cannot be read.
    ValueError
        When a line is not two groups of words with a tab between, or mends the same words again.
    """
    table: dict[Words, Words] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line or line.startswith("#"):
            continue
        written, _, meant = (tuple(part.split()) for part in line.partition("\t"))
        if not (written and meant) or written in table:
            raise ValueError(f"{path.name}, line {number}: {line!r} is not a new word to mend")
        table[written] = meant
    return table


@cache
def _spelling() -> tuple[dict[Words, Words], int]:
    table = read_table(TABLE)
    return table, max(map(len, table))


def mend(tokens: Sequence[str]) -> list[str]:
    """Return the words with their spelling mended; from the left, the longest entry first.

    Parameters
    ----------
    tokens:
        Words as :func:`models.vocabulary.tokenize` gives them.
    """
    table, longest = _spelling()
    mended: list[str] = []
    at = 0
    while at < len(tokens):
        for length in range(min(longest, len(tokens) - at), 0, -1):
            meant = table.get(tuple(tokens[at : at + length]))
            if meant is not None:
                mended.extend(meant)
                break
        else:
            length = 1
            mended.append(tokens[at])
        at += length
    return mended
