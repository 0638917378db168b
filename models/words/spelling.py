"""Misspelled caption words, and words spelled in two ways, brought to the one form.

It is used both when captions are read for training and when a person's sentence is read, so that
the model meets 'beek' and 'gray' in neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

from models.words.rewriting import Rewriting, read_table

TABLE = Path(__file__).with_name("spelling.tsv")


@cache
def spelling() -> Rewriting:
    """Return the table that comes along, read once."""
    return Rewriting(read_table(TABLE))


def mend(tokens: Sequence[str]) -> list[str]:
    """Return the words with their spelling mended; from the left, the longest entry first.

    Parameters
    ----------
    tokens:
        Words as :func:`models.words.vocabulary.tokenize` gives them.
    """
    return [word for _, meant in spelling().pieces(tokens) for word in meant]
