"""How well DAMSM knows pictures of species that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

from models.networks.text_encoder import TextEncoder, pad_ids
from models.training.damsm.retrieval import retrieval_chances
from models.training.damsm.similarity import ImageProjection, sentence_scores
from models.training.data.counterfactual import Counterfactual
from models.training.features.cached_features import CachedFeatures
from models.words.vocabulary import Vocabulary


@torch.inference_mode()
def retrieval(
    encoder: TextEncoder,
    projection: ImageProjection,
    cache: CachedFeatures,
    captions: Sequence[Sequence[Sequence[int]]],
    species: Tensor,
) -> float:
    """R@1 of 100: how often a picture's own sentence scores above 99 sentences of other species.

    Every picture is asked about with each of its captions; chance is .01.

    Parameters
    ----------
    cache, captions, species : features, ids of the captions, and species of each picture.
    """
    encoder.eval()
    _, whole = projection(cache.regions[0].float(), cache.pooled[0].float())
    owners = torch.tensor([row for row, ids in enumerate(captions) for _ in ids])
    sentences = torch.cat([encoder(*pad_ids(ids)).sentence for ids in captions])
    scores = sentence_scores(whole, sentences)
    asked = torch.arange(len(owners))
    return float(retrieval_chances(scores, owners, asked, species[owners]).mean())


@torch.inference_mode()
def swaps_told(
    encoder: TextEncoder,
    projection: ImageProjection,
    cache: CachedFeatures,
    captions: Sequence[Sequence[Sequence[int]]],
    vocabulary: Vocabulary,
) -> float | None:
    """How often a picture's sentence scores above itself with the colours of two parts exchanged.

    Every picture is asked about with each of its captions that names two parts of different
    colours; chance is .5, and None means that no caption does.
    """
    encoder.eval()
    _, whole = projection(cache.regions[0].float(), cache.pooled[0].float())
    counterfactual = Counterfactual(vocabulary)
    told: list[bool] = []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # the same pair of each caption in every epoch
        for row, own in enumerate(captions):
            swaps = [(caption, counterfactual.swapped(caption)) for caption in own]
            both = [ids for caption, swap in swaps if swap for ids in (caption, swap)]
            if both:
                scores = sentence_scores(whole[row : row + 1], encoder(*pad_ids(both)).sentence)[0]
                told += (scores[::2] > scores[1::2]).tolist()
    return sum(told) / len(told) if told else None
