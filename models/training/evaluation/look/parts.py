"""Whether drawings have the colours of a sentence on the parts it names, as the judge sees it.

Each sentence is drawn, and with the same seeds the sentence with two of its colours exchanged. The
judge may like one of the two sentences better whatever it sees; so it is asked about both drawings
at once, and has to give each its own (after Winoground: Thrush et al., CVPR 2022).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch

from models.networks.text_encoder import pad_ids
from models.painter import Painter
from models.training.damsm.model import Damsm
from models.training.damsm.similarity import sentence_scores
from models.training.data.counterfactual import Counterfactual
from models.training.evaluation.drawings import draw, stage_of
from models.training.evaluation.features import FeatureNetwork, pixels
from models.training.gan.samples import understood

SEEDS = range(8)


@dataclass(frozen=True)
class PartsTold:
    """A sentence and its counterpart.

    Attributes
    ----------
    share : of the seeds, those whose two drawings the judge gives each its own sentence; .5 is
        chance.
    """

    sentence: str
    exchanged: str
    share: float


def tell_parts(
    painter: Painter, judge: Damsm, network: FeatureNetwork, sentences: Sequence[str], size: int
) -> list[PartsTold]:
    """Ask the judge about the drawings of `size` px of all sentences that have a counterpart.

    It may have learned other words than the painter, who must know some of each.
    """
    known, limit = painter.vocabulary, painter.max_words
    return [
        PartsTold(sentence, exchanged, _share(painter, judge, network, (sentence, exchanged), size))
        for sentence, exchanged in _counterparts(judge, sentences)
        if len(understood([sentence, exchanged], known, limit)) == 2
    ]


def _counterparts(judge: Damsm, sentences: Sequence[str]) -> list[tuple[str, str]]:
    counterfactual, pairs = Counterfactual(judge.vocabulary), []
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)  # which two colours of three
        for sentence in sentences:
            words = judge.vocabulary.read(sentence, judge.text_encoder.config.max_words)
            exchanged = counterfactual.swapped(words.ids)
            if exchanged:
                text = " ".join(judge.vocabulary.words[word - 1] for word in exchanged)
                pairs.append((sentence, text))
    return pairs


@torch.inference_mode()
def _share(
    painter: Painter, judge: Damsm, network: FeatureNetwork, pair: tuple[str, str], size: int
) -> float:
    limit = judge.text_encoder.config.max_words
    ids = [judge.vocabulary.read(sentence, limit).ids for sentence in pair]
    texts = judge.text_encoder(*pad_ids(ids)).sentence
    scores = []
    for sentence in pair:
        drawings = draw(painter, [sentence] * len(SEEDS), SEEDS, size, sentence)
        seen = network.see(pixels([stage_of(drawing, size) for drawing in drawings]))
        scores.append(sentence_scores(judge.projection.of_whole(seen.judged), texts))
    first, second = scores
    told = first[:, 0] + second[:, 1] > first[:, 1] + second[:, 0]
    return float(told.float().mean())
