"""What people say of pictures, as targets: words, and colours with the part they belong to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

import torch
from torch import Tensor

from models.training.data.counterfactual import ALSO_WRITTEN, COLOURS
from models.training.data.examples import Example
from models.words.vocabulary import tokenize

RAREST, MOST_COMMON = 0.01, 0.9
"""Shares of pictures of which a term is said, to be learned."""

_COLOURS = {*COLOURS, *ALSO_WRITTEN}


def terms_of(caption: str) -> set[str]:
    """Words, and pairs of a colour and the word behind it: "red crown"."""
    words = tokenize(caption)
    pairs = {f"{first} {second}" for first, second in pairwise(words) if first in _COLOURS}
    return {*words, *pairs}


def described_terms(examples: Sequence[Example]) -> list[str]:
    """Terms that are said of some pictures and not of nearly all, in alphabetical order."""
    counts: Counter[str] = Counter()
    for example in examples:
        counts.update({term for caption in example.captions for term in terms_of(caption)})
    captioned = sum(bool(example.captions) for example in examples)
    return sorted(
        term
        for term, count in counts.items()
        if RAREST * captioned <= count <= MOST_COMMON * captioned
    )


def described(examples: Sequence[Example], terms: Sequence[str]) -> Tensor:
    """(N, T) shares of each picture's captions that say each term."""
    columns = {term: column for column, term in enumerate(terms)}
    shares = torch.zeros(len(examples), len(terms))
    for row, example in enumerate(examples):
        for caption in example.captions:
            for term in terms_of(caption):
                if term in columns:
                    shares[row, columns[term]] += 1 / len(example.captions)
    return shares
