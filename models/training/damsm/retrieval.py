"""R@1: how often a picture ranks its own sentence above 99 sentences of other species."""

from __future__ import annotations

import torch
from torch import Tensor

RETRIEVAL_CANDIDATES = 100
"""The right sentence and 99 wrong ones, as in the paper's R-precision; chance is .01."""


def retrieval_chances(
    scores: Tensor, pictures: Tensor, sentences: Tensor, species: Tensor
) -> Tensor:
    """Chance of each picture to rank its sentence first of 100, over all choices of wrong ones.

    A picture whose sentence is beaten by the share b of all sentences of other species ranks it
    first among 99 of them, chosen at random, with probability (1 - b)^99. Taking that instead of
    choosing says the same without the luck of the choice. A tie counts as beaten.

    Parameters
    ----------
    scores : (I, S) matching scores of all pictures with all sentences.
    pictures, sentences : (Q,) rows and columns of `scores`: which picture is asked about, and
        which sentence is the right answer.
    species : (S,) species of every sentence.

    Returns
    -------
    (Q,) chances in double precision; their mean is R@1.

    Raises
    ------
    ValueError
        All sentences are of one species, so that there is no wrong answer.
    """
    chances = torch.empty(len(sentences), dtype=torch.float64)
    asked_species = species[sentences]
    for kind in asked_species.unique():
        asked = (asked_species == kind).nonzero()[:, 0]
        wrong = (species != kind).nonzero()[:, 0]
        if not len(wrong):
            raise ValueError("retrieval needs sentences of at least two species.")
        right = scores[pictures[asked], sentences[asked]]
        rivals = scores[pictures[asked]][:, wrong]
        beaten = (rivals >= right[:, None]).double().mean(dim=1)
        chances[asked] = (1 - beaten) ** (RETRIEVAL_CANDIDATES - 1)
    return chances
