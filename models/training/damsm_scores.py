"""How well DAMSM knows pictures of species that it has not seen."""

from __future__ import annotations

import torch

from models.text_encoder import TextEncoder, pad_ids
from models.training.cached_features import CachedFeatures
from models.training.counterfactual import Counterfactual
from models.training.damsm import ImageProjection, sentence_scores
from models.training.damsm_model import read_captions
from models.training.data import Pictures
from models.training.retrieval import retrieval_chances
from models.vocabulary import Vocabulary


@torch.inference_mode()
def retrieval(
    encoder: TextEncoder,
    projection: ImageProjection,
    cache: CachedFeatures,
    pictures: Pictures,
    vocabulary: Vocabulary,
) -> float:
    """R@1 of 100: how often a picture's own sentence scores above 99 of other species' pictures.

    Every picture is asked about with each of its captions; chance is .01.
    """
    encoder.eval()
    _, whole = projection(cache.regions[0].float(), cache.pooled[0].float())
    captions = read_captions(pictures, vocabulary, encoder.config.max_words)
    owners = torch.tensor([row for row, ids in enumerate(captions) for _ in ids])
    sentences = torch.cat([encoder(*pad_ids(ids)).sentence for ids in captions])
    scores = sentence_scores(whole, sentences)
    asked = torch.arange(len(owners))
    return float(retrieval_chances(scores, owners, asked, pictures.species[owners]).mean())


@torch.inference_mode()
def swaps_told(
    encoder: TextEncoder,
    projection: ImageProjection,
    cache: CachedFeatures,
    pictures: Pictures,
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
        for row, captions in enumerate(
            read_captions(pictures, vocabulary, encoder.config.max_words)
        ):
            swaps = [(caption, counterfactual.swapped(caption)) for caption in captions]
            both = [ids for caption, swap in swaps if swap for ids in (caption, swap)]
            if both:
                scores = sentence_scores(whole[row : row + 1], encoder(*pad_ids(both)).sentence)[0]
                told += (scores[::2] > scores[1::2]).tolist()
    return sum(told) / len(told) if told else None
