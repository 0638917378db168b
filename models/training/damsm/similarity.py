"""DAMSM, the deep attentional multimodal similarity model (AttnGAN, section 3.2).

It pre-trains the text encoder: word and sentence features are pulled towards the features of the
picture they describe. Later it tells the generator how well a picture fits its sentence.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from models.networks.text_encoder import TextFeatures
from models.training.data.counterfactual import WrongText
from models.training.features.image_features import REGION_MAP, ImageFeatures
from models.training.features.part_features import PartFeatures


@dataclass(frozen=True)
class DamsmConfig:
    """Smoothing factors of the paper's equations 8 to 12 and the size of the common space.

    Attributes
    ----------
    scaled : whether similarities are divided by the root of `feature_size` before equation 8, as
        Vaswani et al. (2017) do; the paper's are not. Features are long: unscaled, the softmax
        gives nearly all to one word, and what rounding does to a picture turns the word loss's
        gradient by 45 degrees.
    gamma3_sentence : gamma3 of the sentence loss; the paper has one for both.
    exchanged_weight : of a loss that asks about nothing but a sentence and itself with its colours
        exchanged: among all the other sentences of a batch that one hardly counts.
    """

    feature_size: int = 256
    scaled: bool = True
    gamma1: float = 4.0
    gamma2: float = 5.0
    gamma3: float = 10.0
    gamma3_sentence: float = 10.0
    exchanged_weight: float = 0.0


@dataclass(frozen=True)
class DamsmLoss:
    """The two losses; each is the mean of both directions, text to picture and back.

    Equation 13 adds the directions: lambda is to be twice the paper's for the same pull.
    """

    words: Tensor
    sentence: Tensor


class ImageProjection(nn.Module):
    """Brings frozen picture features into the space of text: the trainable half of the encoder."""

    def __init__(self, features: ImageFeatures | PartFeatures, config: DamsmConfig) -> None:
        super().__init__()
        self.regions = nn.Conv2d(features.channels[REGION_MAP], config.feature_size, 1)
        self.whole = nn.Linear(features.pooled_size, config.feature_size)

    def forward(self, region_map: Tensor, pooled: Tensor) -> tuple[Tensor, Tensor]:
        """Project a map (B, C, H, W) and pooled features (B, P).

        Returns
        -------
        regions : (B, D, R) with R = H * W sub-regions v.
        whole : (B, D) global features v-bar.
        """
        return self.regions(region_map).flatten(2), self.of_whole(pooled)

    def of_whole(self, pooled: Tensor) -> Tensor:
        """Project pooled features (B, P) alone: global features v-bar (B, D)."""
        whole: Tensor = self.whole(F.layer_norm(pooled, pooled.shape[1:]))  # parts are seen weaker
        return whole


def word_scores(regions: Tensor, words: Tensor, mask: Tensor, config: DamsmConfig) -> Tensor:
    """Matching scores R(Q, D) of every picture with every sentence (equations 7 to 10).

    One batched computation over (picture, sentence, word, region); the paper's code loops over
    sentences.

    Parameters
    ----------
    regions : (I, D, R) region features of I pictures.
    words : (S, D, T) word features of S sentences.
    mask : (S, T), true where there is a word.

    Returns
    -------
    (I, S) scores, not yet multiplied by gamma3.
    """
    similarity = torch.einsum("idr,sdt->istr", regions, words)
    return _matching(similarity, regions, words.norm(dim=1)[None], mask[None], config)


def own_word_scores(regions: Tensor, words: Tensor, mask: Tensor, config: DamsmConfig) -> Tensor:
    """The same of every picture with one sentence, its own: (I, 1)."""
    similarity = torch.einsum("idr,idt->itr", regions, words)[:, None]
    return _matching(similarity, regions, words.norm(dim=1)[:, None], mask[:, None], config)


def _matching(
    similarity: Tensor, regions: Tensor, norms: Tensor, mask: Tensor, config: DamsmConfig
) -> Tensor:
    """Scores (I, S) from similarities (I, S, T, R) of words with regions.

    Parameters
    ----------
    norms, mask : (I or 1, S, T) lengths of word features, and where there is a word.
    """
    # Equation 8 normalises over the words of a sentence, then equation 9 attends over regions.
    scaled = similarity / math.sqrt(regions.shape[1]) if config.scaled else similarity
    masked = scaled.masked_fill(~mask[..., None], float("-inf"))
    attention = (config.gamma1 * masked.softmax(dim=2)).softmax(dim=3)
    # The cosine of the region context c = V a with a word e needs no c: e.c = a.(V'e), which is
    # known, and |c|^2 = a'(V'V)a, which is seven times cheaper for 36 regions of 256 features.
    gram = regions.transpose(1, 2) @ regions
    product = (attention * similarity).sum(dim=3)
    squared = (attention * (attention.flatten(1, 2) @ gram).view_as(attention)).sum(dim=3)
    relevance = product / (squared.clamp_min(1e-12).sqrt() * norms.clamp_min(1e-6))
    relevance = (config.gamma2 * relevance).masked_fill(~mask, float("-inf"))
    return relevance.logsumexp(dim=2) / config.gamma2


def sentence_scores(whole: Tensor, sentence: Tensor) -> Tensor:
    """Cosine of every picture (I, D) with every sentence (S, D): (I, S)."""
    return F.normalize(whole, dim=1) @ F.normalize(sentence, dim=1).T


def contrastive_loss(
    scores: Tensor, same_class: Tensor, gamma3: float, wrong: Tensor | None = None
) -> Tensor:
    """Negative log posterior of the true pairs, the diagonal, both ways (equations 11 and 12).

    Parameters
    ----------
    scores : (B, B) matching scores.
    same_class : (B, B), true for pairs of one species: no true pairs, but no wrong ones either.
    wrong : (B, W) scores of the pictures with sentences that are wrong for them; minus infinity
        for one that is not to be asked about.
    """
    batch = scores.shape[0]
    diagonal = torch.eye(batch, dtype=torch.bool, device=scores.device)
    logits = (gamma3 * scores).masked_fill(same_class & ~diagonal, float("-inf"))
    target = torch.arange(batch, device=scores.device)
    choices = logits if wrong is None else torch.cat([logits, gamma3 * wrong], dim=1)
    return (F.cross_entropy(choices, target) + F.cross_entropy(logits.T, target)) / 2


def damsm_loss(
    regions: Tensor,
    whole: Tensor,
    text: TextFeatures,
    species: Tensor,
    config: DamsmConfig,
    wrong: WrongText | None = None,
    words_of: int | None = None,
) -> DamsmLoss:
    """Both losses of a batch in which picture i belongs to sentence i (equation 13).

    Parameters
    ----------
    regions, whole : picture features from `ImageProjection`.
    species : (B,) class of each picture.
    wrong : sentence i with its colours exchanged; not one of the paper's terms.
    words_of : how many of the pictures the word loss is about; all by default.
    """
    same_class = species[:, None] == species[None, :]
    sentence = sentence_scores(whole.float(), text.sentence.float())
    part = slice(words_of)
    regions = regions[part].float()
    words = word_scores(regions, text.words[part].float(), text.mask[part], config)
    wrong_words = wrong_sentence = None
    exchanged: Tensor | float = 0.0
    if wrong is not None:
        # Each picture is asked about its own sentence exchanged; those of others are easy.
        unchanged = ~wrong.changed[:, None]
        of_words, mask = wrong.text.words[part].float(), wrong.text.mask[part]
        wrong_words = own_word_scores(regions, of_words, mask, config)
        wrong_words = wrong_words.masked_fill(unchanged[part], float("-inf"))
        wrong_sentence = F.cosine_similarity(whole.float(), wrong.text.sentence.float(), dim=1)
        lead = config.gamma3 * (sentence.diagonal() - wrong_sentence)[wrong.changed]
        exchanged = config.exchanged_weight * F.softplus(-lead).sum() / max(len(lead), 1)
        wrong_sentence = wrong_sentence[:, None].masked_fill(unchanged, float("-inf"))
    of_sentence = contrastive_loss(sentence, same_class, config.gamma3_sentence, wrong_sentence)
    return DamsmLoss(
        words=contrastive_loss(words, same_class[part, part], config.gamma3, wrong_words),
        sentence=of_sentence + exchanged,
    )
